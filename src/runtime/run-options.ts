import type { LibraryFunctions } from "../api/plugins/extension-library.ts";
import type { ScriptDeclaration } from "../api/script/declaration.ts";
import type { BarColumns } from "../kernel/bar.ts";
import type { SymInfo } from "../kernel/syminfo.ts";
import type { InputValues, ResolvedInput } from "./inputs.ts";
import type { RunObserver } from "./observer.ts";
import type { Drawings } from "./pine/drawings/drawings.ts";
import type { MessageSink } from "./pine/messages.ts";
import type { PlotColumn } from "./plots.ts";
import type { Feed, Feeds } from "./security/feeds.ts";
import type { SettingValues } from "./settings.ts";
import type { RateLookup } from "./strategy/rate.ts";
import type { StrategyRules } from "./strategy/rules.ts";
import type { DeskMaker, StrategyDesk } from "./strategy/strategy-desk.ts";
import type { Trade } from "./strategy/trade.ts";
import type { VisualFollower } from "./visual-follower.ts";
import type { Visual } from "./visuals.ts";

/** What a script is run over and with. */
export interface RunOptions {
  readonly columns: BarColumns;
  readonly symInfo: SymInfo;
  /** TradingView notation. */
  readonly timeframe: string;
  /** Values for inputs by key; what is missing takes the script's default. */
  readonly inputs?: InputValues;
  /** Values for declaration settings; they override the source. */
  readonly settings?: SettingValues;
  readonly observer?: RunObserver;
  /** Follows what the script shows, bar by bar. */
  readonly follower?: VisualFollower;
  /** Keeps the colours of every bar in the result. */
  readonly keepsColors?: boolean;
  /** Library functions of extensions by plugin name. */
  readonly libraries?: ReadonlyMap<string, LibraryFunctions>;
  /** Where the messages of a script go; default: nowhere. */
  readonly messages?: MessageSink;
  /** Passes that all loops of one bar may take together. */
  readonly loopLimit?: number;
  /** Bars of other symbols and timeframes; default: what can be made of the chart's. */
  readonly feeds?: Feeds;
  /** Where a script's messages go when it runs on the bars of a request; default: nowhere. */
  readonly contextMessages?: (feed: Feed) => MessageSink;
  /** Bars of a finer timeframe, sorted: with the bar magnifier on, orders of a strategy fill along them. */
  readonly finer?: BarColumns;
  /** Symbol currency to account currency, for a strategy whose account is in another; default: the chart's own pair, or `feeds`. */
  readonly rate?: RateLookup;
  /** What a strategy trades at; default: the simulator. */
  readonly desk?: DeskMaker;
  /** Told what the user should know although the run goes on. */
  readonly onWarning?: (message: string) => void;
  /** Ends the run after the current stretch of bars; the result is whole up to there. */
  readonly signal?: AbortSignal;
  /** The clock that a script sees; default: the machine's. */
  readonly nowMs?: () => number;
  /**
   * Called when the run fails on a bar and at least one is done: with the rows of the bars before it, and the trades
   * and drawings as they stood when it failed. Then the failure is thrown.
   */
  readonly onFailure?: (result: RunResult) => void | Promise<void>;
  /** Called now and then with the number of bars done. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** What a run left behind. */
export interface RunResult {
  readonly declaration: ScriptDeclaration;
  readonly inputs: readonly ResolvedInput[];
  /** Bars that were executed to their end; fewer than the columns hold when the run was interrupted or failed. */
  readonly bars: number;
  readonly reason: "completed" | "interrupted" | "failed";
  readonly columns: BarColumns;
  readonly plots: readonly PlotColumn[];
  /** 1 for bars with at least one plot. */
  readonly plotted: Uint8Array;
  /** How plots are to be shown, with their colours; `keepsColors` keeps those of every bar. */
  readonly visuals: readonly Visual[];
  /** What was drawn and is still there. */
  readonly drawings: Drawings;
  /** Absent for an indicator. */
  readonly strategy?: {
    readonly rules: StrategyRules;
    readonly closedTrades: readonly Trade[];
    readonly openTrades: readonly Trade[];
    /** Equity at the end of each executed bar. */
    readonly equity: Float64Array;
    readonly desk: StrategyDesk;
  };
}
