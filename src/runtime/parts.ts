import type { LibraryFunctions } from "../api/plugins/extension-library.ts";
import type { BarColumns } from "../kernel/bar.ts";
import type { SymInfo } from "../kernel/syminfo.ts";
import type { InputRegistry } from "./inputs.ts";
import type { AlertGate } from "./alert-gate.ts";
import type { AlertFrequency } from "./observer.ts";
import type { MessageSink } from "./pine/messages.ts";
import type { Inside } from "./security/request.ts";
import type { Drawings } from "./pine/drawings/drawings.ts";
import type { BarState } from "./bar-state.ts";
import type { PlotTable } from "./plots.ts";
import type { Room } from "./room.ts";
import type { Feed } from "./security/feeds.ts";
import type { Sources } from "./security/sources.ts";
import type { BarClock } from "./series.ts";
import type { StrategyDesk } from "./strategy/strategy-desk.ts";
import type { VisualTable } from "./visuals.ts";

/** What a run is made of, as its script sees it. */
export interface RunParts {
  readonly columns: BarColumns;
  readonly clock: BarClock;
  readonly barState: BarState;
  /** The prices of a bar change while the script runs on it. */
  readonly barsMove: boolean;
  /** Where further columns come from. */
  readonly room: Room;
  readonly symInfo: SymInfo;
  readonly timeframe: string;
  /** Settings of the declaration, the user's included. */
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  /** The machine's clock, for what asks for the time of day. */
  readonly nowMs: () => number;
  readonly inputs: InputRegistry;
  readonly plots: PlotTable;
  /** How plots are to be shown. */
  readonly visuals: VisualTable;
  readonly drawings: Drawings;
  /** Absent for an indicator. */
  readonly desk: StrategyDesk | undefined;
  readonly libraries: ReadonlyMap<string, LibraryFunctions>;
  /** Which alerts are heard now. */
  readonly alerts: AlertGate;
  readonly onAlert: ((message: string, frequency: AlertFrequency) => void) | undefined;
  /** Told what the user should know although the run goes on. */
  readonly onWarning: ((message: string) => void) | undefined;
  /** Where a script's messages go. */
  readonly messages: MessageSink;
  /** Passes that all loops of one bar may take together. */
  readonly loopLimit: number;
  /** What other symbols and timeframes there are to ask for. */
  readonly sources: Sources;
  /** Where a script's messages go when it runs on the bars of a request; absent: nowhere. */
  readonly contextMessages: ((feed: Feed) => MessageSink) | undefined;
  /** The request that this run is made for; absent: the run of the chart. */
  readonly inside: Inside | undefined;
}

const known = new WeakMap<object, RunParts>();

/** Makes the parts of a run known by the context its script is given. */
export function rememberParts(context: object, parts: RunParts): void {
  known.set(context, parts);
}

/** The parts behind a context: compiled scripts work on the columns themselves. */
export function partsOf(context: object): RunParts {
  const parts = known.get(context);
  if (parts === undefined) throw new Error("this context belongs to no run");
  return parts;
}
