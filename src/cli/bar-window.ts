import { resolve } from "node:path";

import { parseDateOption } from "../data/date-option.ts";
import { UsageError } from "../kernel/errors.ts";
import { parseTimeframe, type Timeframe } from "../kernel/timeframe.ts";
import type { App } from "./app.ts";

/** What every command that runs a script over data asks for and sets up in the same way. */

/** Options that say which bars a script sees; they come after the positionals. */
export const windowArgs = {
  timeFrom: {
    type: "string",
    name: "from",
    alias: "f",
    valueHint: "DATE",
    description: "First bar: a date, or days back; of a provider also -N: the newest N bars",
  },
  timeTo: {
    type: "string",
    name: "to",
    alias: "t",
    valueHint: "DATE",
    description: "Last bar: a date, or days back",
  },
  timeframe: {
    type: "string",
    alias: "T",
    valueHint: "TF",
    description: "Timeframe of the chart; bars of finer data are merged",
  },
  syminfo: { type: "string", valueHint: "FILE", description: "Symbol file; default: beside the data" },
  security: {
    type: "string",
    alias: "s",
    multiple: true,
    valueHint: "KEY=DATA",
    description:
      "Data for request.security: KEY is a symbol, a timeframe or SYMBOL:TF; DATA a file, with --live also provider:SYMBOL",
  },
} as const;

/** Their values as typed. */
export interface WindowValues {
  readonly timeFrom: string | undefined;
  readonly timeTo: string | undefined;
  readonly timeframe: string | undefined;
  readonly syminfo: string | undefined;
  readonly security: readonly string[];
}

/** Their values as meant. */
export interface BarWindow {
  readonly fromMs: number | undefined;
  /** The newest so many bars instead, which only a provider can count. */
  readonly barsBack: number | undefined;
  readonly toMs: number | undefined;
  readonly timeframe: Timeframe | undefined;
  /** The symbol file that was named. */
  readonly symbolPath: string | undefined;
  /** The values of `--security`. */
  readonly security: readonly string[];
}

/** @throws UsageError for a date or timeframe that is none, and for a window that ends before it begins; nothing has been read yet */
export function barWindow(app: App, values: WindowValues): BarWindow {
  const timeframe = values.timeframe === undefined ? undefined : parseTimeframe(values.timeframe);
  const barsBack = /^-\d+$/.test(values.timeFrom ?? "") ? -Number(values.timeFrom) : undefined;
  if (barsBack === 0) throw new UsageError('--from: "-0" is no number of bars');
  const fromMs = barsBack === undefined ? windowBound("--from", values.timeFrom) : undefined;
  const toMs = windowBound("--to", values.timeTo);
  if (fromMs !== undefined && toMs !== undefined && fromMs > toMs) {
    throw new UsageError(
      `--from ${values.timeFrom} (${isoTime(fromMs)}) is after --to ${values.timeTo} (${isoTime(toMs)})`,
      {
        hint: "a number is days back: --from 30 --to 10",
      },
    );
  }
  return {
    fromMs,
    barsBack,
    toMs,
    timeframe,
    symbolPath: values.syminfo === undefined ? undefined : resolve(app.cwd, values.syminfo),
    security: values.security,
  };
}

const isoTime = (timeMs: number): string => `${new Date(timeMs).toISOString().slice(0, 16)}Z`;

function windowBound(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return parseDateOption(option, text, Date.now());
}
