import type { TradingCalendar } from "../../kernel/calendar/calendar.ts";
import { type Timeframe, timeframeSeconds } from "../../kernel/timeframe.ts";
import { type Hole, holesOf } from "../holes.ts";
import { defaultBars } from "./plan.ts";

/** Why a run has fewer bars than it asked for. Pure. */

/** A stretch without bars, from inclusive, to exclusive, and how many there would be. */
export type Stretch = Hole;

/** What came, and what is missing between it. */
export interface Shortfall {
  readonly requested: number;
  readonly received: number;
  /** Open of the oldest bar the venue has. */
  readonly horizonMs: number;
  /** Bars of trading hours that are not there. */
  readonly holes: readonly Stretch[];
  /** Steps of the timeframe on which the market was closed. */
  readonly closed: readonly Stretch[];
}

/** @param openTimeMs what there is, ascending, not empty */
export function shortfallOf(
  requested: number,
  openTimeMs: Float64Array,
  calendar: TradingCalendar,
  timeframe: Timeframe,
): Shortfall {
  const holes = holesOf(openTimeMs, calendar, timeframe);
  return {
    requested,
    received: openTimeMs.length,
    horizonMs: openTimeMs[0]!,
    holes,
    closed: closedStretches(openTimeMs, holes, calendar, timeframe),
  };
}

/** What lies between bars and is no hole, in stretches that do not touch. */
function closedStretches(
  openTimeMs: Float64Array,
  holes: readonly Hole[],
  calendar: TradingCalendar,
  timeframe: Timeframe,
): Stretch[] {
  const stepMs = timeframeSeconds(timeframe) * 1000;
  const stretches: Stretch[] = [];
  let nextHole = 0;
  const add = (fromMs: number, toMs: number): void => {
    const bars = Math.floor((toMs - fromMs) / stepMs);
    if (bars > 0) stretches.push({ fromMs, toMs, bars });
  };
  for (let index = 1; index < openTimeMs.length; index++) {
    const [before, after] = [openTimeMs[index - 1]!, openTimeMs[index]!];
    let fromMs = calendar.periodEndMs(before, timeframe);
    for (let hole = holes[nextHole]; hole !== undefined && hole.fromMs < after; hole = holes[++nextHole]) {
      add(fromMs, hole.fromMs);
      fromMs = hole.toMs;
    }
    add(fromMs, after);
  }
  return stretches;
}

/** Stretches that are named one by one. */
const named = 5;

/** The report: what was asked for and came, where the venue's history begins, what is missing and why. */
export function shortfallLines(shortfall: Shortfall): string[] {
  const { requested, received, horizonMs, holes, closed } = shortfall;
  const asked = `${count(requested)} bars were asked for${requested === defaultBars ? " (the default)" : ""}`;
  return [
    `${asked}, ${count(received)} came: the venue has none before ${minute(horizonMs)} UTC`,
    ...stretchesLine("missing in trading hours", holes),
    ...stretchesLine("market closed", closed),
  ];
}

function stretchesLine(what: string, stretches: readonly Stretch[]): string[] {
  if (stretches.length === 0) return [];
  const bars = stretches.reduce((sum, stretch) => sum + stretch.bars, 0);
  // The newest say most about a run that begins now.
  const shown = stretches.slice(-named).map(({ fromMs, toMs }) => `${minute(fromMs)} to ${minute(toMs)}`);
  const rest = stretches.length - shown.length;
  const more = rest > 0 ? [`${count(rest)} earlier`] : [];
  return [`${what}: ${count(bars)} ${bars === 1 ? "bar" : "bars"}: ${[...shown, ...more].join(", ")}`];
}

function minute(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 16).replace("T", " ");
}

function count(value: number): string {
  return value.toLocaleString("en");
}
