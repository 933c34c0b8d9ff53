import { UsageError } from "./errors.ts";

/** Timeframes in TradingView's notation: digits are minutes; `S`, `D`, `W`, `M` are seconds, days, weeks, months. */

export type TimeframeUnit = "second" | "minute" | "day" | "week" | "month";

/** A timeframe, taken apart. */
export interface Timeframe {
  /** At least 1. */
  readonly value: number;
  readonly unit: TimeframeUnit;
}

const units: Readonly<Record<string, TimeframeUnit>> = {
  "": "minute",
  S: "second",
  D: "day",
  W: "week",
  M: "month",
};
const suffixes: Readonly<Record<TimeframeUnit, string>> = {
  minute: "",
  second: "S",
  day: "D",
  week: "W",
  month: "M",
};
const seconds: Readonly<Record<TimeframeUnit, number>> = {
  second: 1,
  minute: 60,
  day: 86_400,
  week: 604_800,
  // TradingView's month, used to compare timeframes only.
  month: 2_628_003,
};

/**
 * Reads a timeframe in any spelling: `60`, `d`, `1D`.
 * @throws UsageError naming the text
 */
export function parseTimeframe(text: string): Timeframe {
  const match = /^(\d*)([SDWM]?)$/.exec(text.trim().toUpperCase());
  const [, digits = "", suffix = ""] = match ?? [];
  const value = digits === "" ? 1 : Number(digits);
  const unit = units[suffix];
  if (
    match === null ||
    unit === undefined ||
    (digits === "" && suffix === "") ||
    value < 1 ||
    !Number.isSafeInteger(value)
  ) {
    throw new UsageError(`"${text}" is not a timeframe`, {
      hint: "minutes as digits (1, 60, 240), or with a letter: 30S, 1D, 1W, 1M",
    });
  }
  return { value, unit };
}

/** The one spelling of a timeframe, its multiplier explicit: `60`, `1D`. */
export function formatTimeframe({ value, unit }: Timeframe): string {
  return `${value}${suffixes[unit]}`;
}

/** The canonical spelling of a text. */
export function canonicalTimeframe(text: string): string {
  return formatTimeframe(parseTimeframe(text));
}

/** Nominal length in seconds, for comparing; a month is 2,628,003 seconds. */
export function timeframeSeconds({ value, unit }: Timeframe): number {
  return seconds[unit] * value;
}
