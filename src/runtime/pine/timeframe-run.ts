import type { RunParts } from "../parts.ts";
import type { RequestProgram } from "../security/request.ts";
import type { PineRun } from "./run.ts";

/** A place that no request of a script has. */
const ownPlace = -1;

/**
 * `indicator(timeframe = ...)`: the whole script runs on bars of another timeframe, and what it plots there is merged
 * with the chart's bars as `request.security` would merge it; with `timeframe_gaps` it is na but on the bars on which
 * one of that timeframe ends. It is set up once more for the chart, where what it shows is announced and never computed.
 *
 * @returns what runs on every bar of the chart
 */
export function onTimeframe(
  run: PineRun,
  factory: (rt: PineRun) => () => void,
  timeframe: string,
  { settings, symInfo }: RunParts,
): () => void {
  factory(run);
  const program: RequestProgram = (there: PineRun) => {
    const bar = factory(there);
    return () => {
      bar();
      return there.shown();
    };
  };
  const options = { gaps: settings["timeframeGaps"] === false ? "gaps_off" : "gaps_on" };
  const merged = run.request.security(options, program, null, ownPlace);
  const symbol = `${symInfo.prefix}:${symInfo.ticker}`;
  return () => run.show(merged.next(symbol, timeframe) as readonly number[] | null);
}
