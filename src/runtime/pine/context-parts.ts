import { AlertGate } from "../alert-gate.ts";
import { BarState } from "../bar-state.ts";
import type { RunParts } from "../parts.ts";
import { PlotTable } from "../plots.ts";
import { Room } from "../room.ts";
import type { StrategyRules } from "../strategy/rules.ts";
import { Simulator } from "../strategy/simulator.ts";
import { VisualTable } from "../visuals.ts";
import { Drawings, drawingLimits } from "./drawings/drawings.ts";
import type { MessageSink } from "./messages.ts";
import type { Feed } from "../security/feeds.ts";
import type { Inside } from "../security/request.ts";
import type { BarClock } from "../series.ts";

const silent: MessageSink = { log() {}, alert() {} };

/** Columns for the values of one bar: nobody looks at those before. */
const latest = Room.of(1);

/** Drawings of each kind that a context may have. */
const mostDrawings = {
  maxLinesCount: 500,
  maxLabelsCount: 500,
  maxBoxesCount: 500,
  maxPolylinesCount: 500,
};

/**
 * What the run of a context is made of: bars, clock and symbol of its own, the inputs of the script, and nothing that
 * anybody outside could notice. Its account is flat for ever.
 */
export function contextParts(parts: RunParts, inside: Inside): RunParts {
  const { feed, columns, clock } = inside.context;
  const { symInfo, timeframe } = feed;
  const barState = new BarState(clock);
  barState.lastHistory = columns.length - 1;
  barState.isLive = feed.live !== undefined;
  const plots = new PlotTable(latest);
  plots.begin(0);
  const rules = parts.settings as unknown as StrategyRules;
  return {
    ...parts,
    columns,
    clock,
    barState,
    room: feed.live?.room ?? Room.of(columns.length),
    symInfo,
    timeframe,
    inside,
    inputs: parts.inputs.again(),
    plots,
    visuals: new VisualTable(latest, false),
    drawings: new Drawings(drawingLimits(mostDrawings)),
    desk: parts.desk === undefined ? undefined : new Simulator(rules, symInfo),
    messages: contextMessages(parts, feed, clock),
    alerts: new AlertGate(),
    onAlert: undefined,
  };
}

/** What a context says; in a live run only of bars that are over. */
function contextMessages(
  { contextMessages: sinkOf, sources }: RunParts,
  feed: Feed,
  clock: BarClock,
): MessageSink {
  const sink = sinkOf?.(feed) ?? silent;
  if (sources.moment === undefined) return sink;
  return {
    log: (...said) => void (clock.isForming === true || sink.log(...said)),
    alert() {},
  };
}
