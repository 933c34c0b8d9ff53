import type { BarStateView, PositionView, TradeView } from "../api/plugins/extension-hooks.ts";
import type { LibraryFunctions } from "../api/plugins/extension-library.ts";
import type { ScriptDeclaration, ScriptModule } from "../api/script/declaration.ts";
import { withSetupPort } from "../api/script/setup.ts";
import type { Bar, BarColumns } from "../kernel/bar.ts";
import { isIntraday, tradingCalendar, type TradingCalendar } from "../kernel/calendar/calendar.ts";
import type { SymInfo } from "../kernel/syminfo.ts";
import { parseTimeframe } from "../kernel/timeframe.ts";
import { createInstance } from "./context.ts";
import { InputRegistry, type InputValues, type ResolvedInput } from "./inputs.ts";
import type { RunObserver } from "./observer.ts";
import { MessageGate, type MessageSink } from "./pine/messages.ts";
import { defaultLoopLimit } from "./pine/state.ts";
import { Drawings, drawingLimits } from "./pine/drawings/drawings.ts";
import { type PlotColumn, PlotTable } from "./plots.ts";
import type { BarClock } from "./series.ts";
import { type SettingValues, withSettings } from "./settings.ts";
import { changeableColumns, FinerBars, showPart, showWhole } from "./inside-bar.ts";
import type { SimulatedBar } from "./strategy/desk.ts";
import type { RateLookup } from "./strategy/rate.ts";
import type { StrategyRules } from "./strategy/rules.ts";
import { type BarWalk, type MidBar, Simulator, type SimulatorOptions } from "./strategy/simulator.ts";
import type { Trade } from "./strategy/trade.ts";
import { statisticsOf } from "./strategy/statistics.ts";
import type { VisualFollower } from "./visual-follower.ts";
import { type Visual, VisualTable } from "./visuals.ts";

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
  /** Bars of a finer timeframe, sorted: with the bar magnifier on, orders of a strategy fill along them. */
  readonly finer?: BarColumns;
  /** Symbol currency to account currency, for a strategy whose account is in another; default: the chart's own pair. */
  readonly rate?: RateLookup;
  /** Told what the user should know although the run goes on. */
  readonly onWarning?: (message: string) => void;
  /** Ends the run after the current stretch of bars; the result is whole up to there. */
  readonly signal?: AbortSignal;
  /** The clock that a script sees; default: the machine's. */
  readonly nowMs?: () => number;
  /** Called now and then with the number of bars done. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** What a run left behind. */
export interface RunResult {
  readonly declaration: ScriptDeclaration;
  readonly inputs: readonly ResolvedInput[];
  /** Bars that were executed; fewer than the columns hold when the run was interrupted. */
  readonly bars: number;
  readonly reason: "completed" | "interrupted";
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
    readonly simulator: Simulator;
  };
}

const silentMessages: MessageSink = { log() {}, alert() {} };

/** Bars between two looks at the clock, the signal and the event loop. */
const stretch = 8192;

/**
 * Runs a script over bars, oldest to newest.
 *
 * @throws ConfigError for a setting or input out of bounds, whatever the script itself throws, and whatever an
 *   observer throws
 */
export async function runScript(module: ScriptModule, options: RunOptions): Promise<RunResult> {
  const { observer } = options;
  try {
    const result = await execute(module, options);
    await observer?.onEnd?.({ reason: result.reason, ...endOf(result) });
    return result;
  } catch (error) {
    observer?.onError?.(error);
    await observer?.onEnd?.({ reason: "failed" });
    throw error;
  }
}

function endOf(result: RunResult): {
  position?: PositionView;
  statistics?: Readonly<Record<string, number>>;
} {
  if (result.strategy === undefined) return {};
  const { simulator, equity } = result.strategy;
  return {
    position: positionView(simulator),
    statistics: Object.freeze({ ...statisticsOf(simulator, equity) }),
  };
}

async function execute(module: ScriptModule, options: RunOptions): Promise<RunResult> {
  const { observer, symInfo } = options;
  const declaration = withSettings(module.declaration, options.settings ?? {});
  const total = options.columns.length;
  const wanted = Number(declaration.settings["calcBarsCount"] ?? 0);
  const first = wanted > 0 ? Math.max(0, total - wanted) : 0;
  const clock: BarClock = { index: first - 1, first };
  const plots = new PlotTable(total);
  const visuals = new VisualTable(total, options.keepsColors === true);
  const drawings = new Drawings(drawingLimits(declaration.settings));
  const messages = new MessageGate(options.messages ?? silentMessages);
  const follower = options.follower;
  const inputs = new InputRegistry(options.inputs ?? {});
  const simulator =
    declaration.kind === "strategy"
      ? new Simulator(rulesOf(declaration), symInfo, {
          listener: listener(),
          tradingDay: tradingDays(symInfo, options.timeframe),
          rate: options.rate ?? ownRate(declaration, symInfo, options.columns, clock),
          onWarning: options.onWarning,
        })
      : undefined;
  // A script that runs inside bars must not see their end.
  const columns = simulator?.runsInsideBars === true ? changeableColumns(options.columns) : options.columns;
  const finer =
    options.finer !== undefined && simulator?.rules.useBarMagnifier === true
      ? new FinerBars(options.finer, options.columns)
      : undefined;
  const equity = new Float64Array(simulator === undefined ? 0 : total);

  function listener(): SimulatorOptions["listener"] {
    if (observer?.onOrderEvent === undefined && observer?.onTrade === undefined) return undefined;
    return {
      onOrderEvent: (event) => observer.onOrderEvent?.(Object.freeze(event), clock.index),
      onTrade: (kind, trade) => {
        if (simulator !== undefined)
          observer.onTrade?.(kind, tradeView(trade), positionView(simulator), clock.index);
      },
    };
  }

  const instance = createInstance({
    columns,
    clock,
    symInfo,
    timeframe: options.timeframe,
    settings: declaration.settings,
    nowMs: options.nowMs ?? Date.now,
    inputs,
    plots,
    visuals,
    drawings,
    simulator,
    libraries: options.libraries ?? new Map(),
    messages,
    onWarning: options.onWarning,
    loopLimit: options.loopLimit ?? defaultLoopLimit,
    onAlert:
      observer?.onAlert === undefined
        ? undefined
        : (message, frequency) => {
            if (!messages.isMuted) observer.onAlert?.(message, frequency, clock.index);
          },
  });
  const made = withSetupPort(instance.port, () => module.instantiate(instance.context));
  const body = typeof made === "function" ? made : made.bar;
  const saved = typeof made === "function" ? undefined : made;
  const save = (): void => {
    instance.state.save();
    saved?.save();
  };
  const restore = (): void => {
    instance.state.restore();
    saved?.restore();
    plots.rewind();
  };
  const runInside = (at: MidBar): void => {
    showPart(columns, options.columns, clock.index, at, finer);
    restore();
    instance.advance();
    messages.isMuted = true;
    body();
    messages.isMuted = false;
  };
  const runBody = simulator?.runsInsideBars === true ? runInside : undefined;
  await observer?.onScriptStart?.({
    script: Object.freeze({
      kind: declaration.kind,
      title: declaration.title,
      overlay: declaration.settings["overlay"] === true,
      settings: Object.freeze({ ...declaration.settings }),
    }),
    inputs: Object.freeze(Object.fromEntries(inputs.inputs.map(({ key, value }) => [key, value]))),
    symInfo,
  });

  follower?.onStart({
    declaration,
    symInfo,
    timeframe: options.timeframe,
    columns,
    plots,
    visuals,
    drawings,
  });
  const commitsColors = follower !== undefined || options.keepsColors === true;

  const bar = { index: 0, timeMs: 0, open: 0, high: 0, low: 0, close: 0 };
  const { open, high, low, close, openTimeMs } = options.columns;
  const watchesStart = observer?.onBarStart !== undefined;
  const watchesBar = observer?.onBar !== undefined;
  const plain: BarWalk = { runBody };
  const walkOf = (index: number): BarWalk =>
    finer === undefined ? plain : { runBody, finer: simulatedBars(finer, index) };
  const addPlot = (title: string, value: number): void => plots.add(title, value);
  let done = first;
  for (; done < total; done++) {
    if ((done - first) % stretch === stretch - 1) {
      options.onProgress?.(done, total);
      // A macrotask: timers, signals and the observers' own work get their turn.
      await new Promise((resolve) => setImmediate(resolve));
      if (options.signal?.aborted === true) break;
    }
    clock.index = done;
    plots.begin(done);
    if (watchesStart) observer.onBarStart?.(barView(columns, done), done, barState(done, first, total));
    if (simulator !== undefined) {
      bar.index = done;
      bar.timeMs = openTimeMs[done] ?? 0;
      bar.open = open[done] ?? Number.NaN;
      bar.high = high[done] ?? Number.NaN;
      bar.low = low[done] ?? Number.NaN;
      bar.close = close[done] ?? Number.NaN;
      if (runBody !== undefined) save();
      simulator.step(bar, walkOf(done));
      if (runBody !== undefined) {
        showWhole(columns, options.columns, done);
        restore();
      }
    }
    instance.advance();
    body();
    simulator?.finish();
    if (watchesBar) observer.onBar?.(barView(columns, done), done, plots.row(), addPlot);
    if (commitsColors) visuals.commit(done);
    follower?.onBar(done);
    if (simulator !== undefined) equity[done] = simulator.equity;
  }
  options.onProgress?.(done, total);
  return {
    declaration,
    inputs: inputs.inputs,
    bars: done,
    reason: done < total ? "interrupted" : "completed",
    columns,
    plots: plots.columns,
    plotted: plots.plotted,
    visuals: visuals.visuals,
    drawings,
    ...(simulator === undefined
      ? {}
      : {
          strategy: {
            rules: simulator.rules,
            closedTrades: simulator.closedTrades,
            openTrades: simulator.openTrades,
            equity: equity.subarray(first, done),
            simulator,
          },
        }),
  };
}

/** The finer bars of a chart bar, for the simulator. */
function simulatedBars(finer: FinerBars, index: number): SimulatedBar[] {
  const { start, count } = finer.of(index);
  const { openTimeMs, open, high, low, close } = finer.columns;
  return Array.from({ length: count }, (_, offset) => {
    const at = start + offset;
    return {
      index,
      timeMs: openTimeMs[at]!,
      open: open[at]!,
      high: high[at]!,
      low: low[at]!,
      close: close[at]!,
    };
  });
}

/** Trading date of a bar by the open of it; the calendar is made when the first rule asks. */
function tradingDays(symInfo: SymInfo, timeframe: string): (timeMs: number) => number {
  let calendar: TradingCalendar | undefined;
  const intraday = isIntraday(parseTimeframe(timeframe));
  return (timeMs) => {
    calendar ??= tradingCalendar(symInfo);
    return (intraday ? calendar.tradingDay(timeMs) : calendar.tradingDayOfBar(timeMs)).date;
  };
}

/** The chart's own price is the rate when the account is in its base currency. */
function ownRate(
  declaration: ScriptDeclaration,
  symInfo: SymInfo,
  columns: BarColumns,
  clock: BarClock,
): RateLookup | undefined {
  if (symInfo.basecurrency === undefined || declaration.settings["currency"] !== symInfo.basecurrency)
    return undefined;
  return () => 1 / (columns.close[clock.index] ?? Number.NaN);
}

function rulesOf(declaration: ScriptDeclaration): StrategyRules {
  return declaration.settings as unknown as StrategyRules;
}

function barView(columns: BarColumns, index: number): Bar {
  const at = (column: Float64Array): number => column[index] ?? Number.NaN;
  return Object.freeze({
    openTimeMs: at(columns.openTimeMs),
    open: at(columns.open),
    high: at(columns.high),
    low: at(columns.low),
    close: at(columns.close),
    volume: at(columns.volume),
    ...(columns.extra.size === 0
      ? {}
      : {
          extra: Object.freeze(
            Object.fromEntries([...columns.extra].map(([name, column]) => [name, column[index] ?? ""])),
          ),
        }),
  });
}

function barState(index: number, first: number, total: number): BarStateView {
  const islast = index === total - 1;
  return Object.freeze({
    isfirst: index === first,
    islast,
    ishistory: true,
    isrealtime: false,
    isnew: true,
    isconfirmed: true,
    islastconfirmedhistory: islast,
  });
}

function positionView(simulator: Simulator): PositionView {
  return Object.freeze({
    size: simulator.positionSize,
    averagePrice: simulator.positionAveragePrice,
    openProfit: simulator.openProfit,
    equity: simulator.equity,
  });
}

function tradeView(trade: Trade): TradeView {
  return Object.freeze({
    entryId: trade.entryId,
    position: trade.size > 0 ? "long" : "short",
    quantity: Math.abs(trade.size),
    entryPrice: trade.entryPrice,
    entryTimeMs: trade.entryTimeMs,
    entryBarIndex: trade.entryBar,
    ...(trade.exitId === undefined ? {} : { exitId: trade.exitId }),
    ...(trade.exitPrice === undefined ? {} : { exitPrice: trade.exitPrice }),
    ...(trade.exitTimeMs === undefined ? {} : { exitTimeMs: trade.exitTimeMs }),
    ...(trade.exitBar === undefined ? {} : { exitBarIndex: trade.exitBar }),
    ...(trade.profit === undefined ? {} : { profit: trade.profit }),
  });
}
