import type { ScriptDeclaration } from "../api/script/declaration.ts";
import type { BarColumns } from "../kernel/bar.ts";
import type { SymInfo } from "../kernel/syminfo.ts";
import type { Drawings } from "./pine/drawings/drawings.ts";
import type { PlotTable } from "./plots.ts";
import type { VisualTable } from "./visuals.ts";

/** A run as somebody sees it who follows what it shows. */
export interface VisualRun {
  readonly declaration: ScriptDeclaration;
  readonly symInfo: SymInfo;
  /** TradingView's notation. */
  readonly timeframe: string;
  readonly columns: BarColumns;
  readonly plots: PlotTable;
  readonly visuals: VisualTable;
  readonly drawings: Drawings;
}

/** Follows what a run shows: the values and colours of every bar, once they are final. */
export interface VisualFollower {
  /** Before the first bar. */
  onStart(run: VisualRun): void;
  /** After a bar that will not be executed again. */
  onBar(bar: number): void;
}
