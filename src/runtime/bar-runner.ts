import type { BarColumns } from "../kernel/bar.ts";
import { isIntraday, tradingCalendar, type TradingCalendar } from "../kernel/calendar/calendar.ts";
import type { SymInfo } from "../kernel/syminfo.ts";
import { parseTimeframe } from "../kernel/timeframe.ts";
import type { ScriptDeclaration, ScriptModule } from "../api/script/declaration.ts";
import { withSetupPort } from "../api/script/setup.ts";
import { AlertGate } from "./alert-gate.ts";
import { BarState } from "./bar-state.ts";
import { createInstance, type ScriptInstance } from "./context.ts";
import { InputRegistry } from "./inputs.ts";
import { changeableColumns, FinerBars, showPart, showWhole } from "./inside-bar.ts";
import { MessageGate, type MessageSink } from "./pine/messages.ts";
import { defaultLoopLimit } from "./pine/state.ts";
import { Drawings, drawingLimits } from "./pine/drawings/drawings.ts";
import { PlotTable } from "./plots.ts";
import { Room } from "./room.ts";
import { OrderAlerts } from "./order-alerts.ts";
import type { RunOptions, RunResult } from "./run-options.ts";
import { noFeeds } from "./security/feeds.ts";
import { LiveMoment } from "./security/live-moment.ts";
import { Sources } from "./security/sources.ts";
import type { BarClock } from "./series.ts";
import { withSettings } from "./settings.ts";
import type { SimulatedBar } from "./strategy/desk.ts";
import type { RateLookup } from "./strategy/rate.ts";
import type { StrategyRules } from "./strategy/rules.ts";
import { Simulator } from "./strategy/simulator.ts";
import type { BarWalk, DeskMaker, DeskOptions, MidBar, StrategyDesk } from "./strategy/strategy-desk.ts";
import { barView, positionView, tradeView } from "./views.ts";
import { VisualTable } from "./visuals.ts";

const silentMessages: MessageSink = { log() {}, alert() {} };
const simulated: DeskMaker = (rules, symbol, options) => new Simulator(rules, symbol, options);

/**
 * A script on its way over bars: everything a run is made of, and one step for one bar. Who has bars calls `start`
 * once and then `step` for each of them, oldest first.
 */
export class BarRunner {
  readonly declaration: ScriptDeclaration;
  readonly clock: BarClock;
  /** The bars as the script sees them. */
  readonly columns: BarColumns;
  readonly plots: PlotTable;
  readonly visuals: VisualTable;
  readonly drawings: Drawings;
  readonly desk: StrategyDesk | undefined;
  readonly barState: BarState;
  readonly messages: MessageGate;
  readonly alerts = new AlertGate();
  /** Where a live run stands. */
  readonly moment = new LiveMoment();
  readonly #sources: Sources;
  /** Equity at the end of each bar; empty for an indicator. */
  readonly equity: Float64Array;
  readonly #options: RunOptions;
  readonly #inputs: InputRegistry;
  readonly #instance: ScriptInstance;
  readonly #body: () => void;
  readonly #saved: { save(): void; restore(): void } | undefined;
  readonly #finer: FinerBars | undefined;
  readonly #plainWalk: BarWalk;
  readonly #bar = { index: 0, timeMs: 0, open: 0, high: 0, low: 0, close: 0 };
  readonly #commitsColors: boolean;
  readonly #addPlot = (title: string, value: number): void => this.plots.add(title, value);

  /**
   * Sets the script up.
   * @param live where the columns of a live run come from: its bars form in place, and whoever has them runs the script
   *   inside bars
   * @throws ConfigError for a setting or input out of bounds, whatever the script throws
   */
  constructor(module: ScriptModule, options: RunOptions, live?: Room) {
    const room = live ?? Room.of(options.columns.length);
    this.#options = options;
    const { observer, symInfo } = options;
    const declaration = withSettings(module.declaration, options.settings ?? {});
    this.declaration = declaration;
    const total = options.columns.length;
    const wanted = Number(declaration.settings["calcBarsCount"] ?? 0);
    const first = wanted > 0 ? Math.max(0, total - wanted) : 0;
    const clock: BarClock = { index: first - 1, first };
    this.clock = clock;
    this.barState = new BarState(clock);
    this.barState.lastHistory = total - 1;
    this.plots = new PlotTable(room);
    this.visuals = new VisualTable(room, options.keepsColors === true);
    this.drawings = new Drawings(drawingLimits(declaration.settings));
    const messages = new MessageGate(options.messages ?? silentMessages);
    this.messages = messages;
    this.#inputs = new InputRegistry(options.inputs ?? {});
    const desk =
      declaration.kind === "strategy"
        ? (options.desk ?? simulated)(rulesOf(declaration), symInfo, {
            listener: this.#listener(live !== undefined),
            tradingDay: tradingDays(symInfo, options.timeframe),
            rate:
              options.rate ??
              ownRate(declaration, symInfo, options.columns, clock) ??
              ((timeMs) =>
                sources.rateAt(symInfo.currency, String(declaration.settings["currency"]), timeMs)),
            onWarning: options.onWarning,
          })
        : undefined;
    this.desk = desk;
    // A script that runs inside bars must not see their end.
    const runsInside = desk?.runsInsideBars === true && live === undefined;
    this.columns = runsInside ? changeableColumns(options.columns) : options.columns;
    this.#finer =
      options.finer !== undefined && desk?.rules.useBarMagnifier === true
        ? new FinerBars(options.finer, options.columns)
        : undefined;
    const sources = new Sources(
      { columns: this.columns, symInfo, timeframe: options.timeframe },
      options.columns,
      options.feeds ?? noFeeds,
      live === undefined ? undefined : { moment: this.moment, room: live },
    );
    this.#sources = sources;
    this.equity = desk === undefined ? new Float64Array(0) : room.numbers();
    this.#instance = createInstance({
      columns: this.columns,
      clock,
      barState: this.barState,
      room,
      symInfo,
      timeframe: options.timeframe,
      settings: declaration.settings,
      nowMs: options.nowMs ?? Date.now,
      inputs: this.#inputs,
      plots: this.plots,
      visuals: this.visuals,
      drawings: this.drawings,
      desk,
      libraries: options.libraries ?? new Map(),
      messages,
      alerts: this.alerts,
      barsMove: live !== undefined || desk?.runsInsideBars === true,
      onWarning: options.onWarning,
      loopLimit: options.loopLimit ?? defaultLoopLimit,
      sources,
      contextMessages: options.contextMessages,
      inside: undefined,
      onAlert:
        observer?.onAlert === undefined
          ? undefined
          : (message, frequency) => observer.onAlert?.(message, frequency, clock.index),
    });
    const made = withSetupPort(this.#instance.port, () => module.instantiate(this.#instance.context));
    this.#body = typeof made === "function" ? made : made.bar;
    this.#saved = typeof made === "function" ? undefined : made;
    this.#plainWalk = runsInside ? { runBody: (at) => this.#runAt(at) } : {};
    this.#commitsColors = options.follower !== undefined || options.keepsColors === true;
  }

  /** Tells those who watch that the first bar is about to come. An observer may refuse the run. */
  async start(): Promise<void> {
    const { observer, follower, symInfo, timeframe } = this.#options;
    const { declaration, columns, plots, visuals, drawings } = this;
    await observer?.onScriptStart?.({
      script: Object.freeze({
        kind: declaration.kind,
        title: declaration.title,
        overlay: declaration.settings["overlay"] === true,
        settings: Object.freeze({ ...declaration.settings }),
      }),
      inputs: Object.freeze(Object.fromEntries(this.#inputs.inputs.map(({ key, value }) => [key, value]))),
      symInfo,
    });
    follower?.onStart({ declaration, symInfo, timeframe, columns, plots, visuals, drawings });
  }

  /** Runs whole bars, from one on up to another. */
  steps(from: number, to: number): void {
    const { observer, follower } = this.#options;
    if (this.desk !== undefined || observer !== undefined || follower !== undefined || this.#commitsColors) {
      for (let index = from; index < to; index++) this.step(index);
      return;
    }
    // The same for a script that has no orders and that nobody watches, without asking on every bar.
    const { clock, plots } = this;
    for (let index = from; index < to; index++) {
      clock.index = index;
      plots.begin(index);
      this.execute();
    }
  }

  /** Runs a whole bar: its orders, the script, its outputs. */
  step(index: number): void {
    const { desk } = this;
    this.begin(index);
    this.settle();
    if (desk !== undefined) {
      const bar = this.#take(index);
      const walk =
        this.#finer === undefined
          ? this.#plainWalk
          : { ...this.#plainWalk, finer: simulatedBars(this.#finer, index) };
      if (walk.runBody === undefined) desk.step(bar, walk);
      else {
        this.save();
        desk.step(bar, walk);
        showWhole(this.columns, this.#options.columns, index);
        this.restore();
      }
    }
    this.execute();
    this.end();
  }

  /** Goes to a bar. */
  begin(index: number): void {
    this.clock.index = index;
    this.plots.begin(index);
    this.#options.observer?.onBarStart?.(barView(this.columns, index), index, this.barState.snapshot());
  }

  /** Of a live run: the bar is over, and its requests may know everything up to its end. */
  settle(): void {
    const { chart, moment } = this.#sources;
    moment?.settle(this.#sources.endsOf(chart).scheduled(this.clock.index));
  }

  /** Runs the script on the bar. */
  execute(): void {
    this.#instance.advance();
    this.#body();
  }

  /** Ends a bar that will not run again: what fills at its close, outputs, equity. */
  end(): void {
    const { desk } = this;
    const { observer, follower } = this.#options;
    const { index } = this.clock;
    desk?.finish();
    if (observer?.onBar !== undefined)
      observer.onBar(barView(this.columns, index), index, this.plots.row(), this.#addPlot);
    if (this.#commitsColors) this.visuals.commit(index);
    follower?.onBar(index);
    if (desk !== undefined) this.equity[index] = desk.equity;
  }

  /** Remembers the script's state at the start of a bar. */
  save(): void {
    this.#instance.state.save();
    this.#saved?.save();
  }

  /** Goes back to it: the bar is executed again. */
  restore(): void {
    this.#instance.state.restore();
    this.#saved?.restore();
    this.plots.rewind();
  }

  /** @param done index of the first bar that was not executed */
  result(done: number, reason: RunResult["reason"]): RunResult {
    const { desk, equity } = this;
    return {
      declaration: this.declaration,
      inputs: this.#inputs.inputs,
      bars: done,
      reason,
      columns: this.columns,
      plots: this.plots.columns,
      plotted: this.plots.plotted,
      visuals: this.visuals.visuals,
      drawings: this.drawings,
      ...(desk === undefined
        ? {}
        : {
            strategy: {
              rules: desk.rules,
              closedTrades: desk.closedTrades,
              openTrades: desk.openTrades,
              equity: equity.subarray(this.clock.first, done),
              desk,
            },
          }),
    };
  }

  /** Runs the script in the middle of a bar, which knows the prices up to there. */
  #runAt(at: MidBar): void {
    showPart(this.columns, this.#options.columns, this.clock.index, at, this.#finer);
    this.restore();
    this.messages.isMuted = true;
    this.alerts.phase = "inside";
    this.clock.isInside = true;
    this.execute();
    this.clock.isInside = false;
    this.alerts.phase = "history";
    this.messages.isMuted = false;
  }

  /** The bar's prices for the desk. */
  #take(index: number): SimulatedBar {
    const bar = this.#bar;
    const { open, high, low, close, openTimeMs } = this.#options.columns;
    bar.index = index;
    bar.timeMs = openTimeMs[index]!;
    bar.open = open[index]!;
    bar.high = high[index]!;
    bar.low = low[index]!;
    bar.close = close[index]!;
    return bar;
  }

  /** @param isLive orders that fill may raise alerts */
  #listener(isLive: boolean): DeskOptions["listener"] {
    const { observer } = this.#options;
    if (!isLive && observer?.onOrderEvent === undefined && observer?.onTrade === undefined) return undefined;
    const alerts = isLive ? this.#orderAlerts() : undefined;
    return {
      onOrderEvent: (event, order) => {
        observer?.onOrderEvent?.(Object.freeze(event), this.clock.index);
        alerts?.take(event, order);
      },
      onTrade: (kind, trade) => {
        if (this.desk === undefined) return;
        observer?.onTrade?.(kind, tradeView(trade), positionView(this.desk), this.clock.index);
      },
    };
  }

  #orderAlerts(): OrderAlerts {
    const { symInfo, timeframe, columns, observer, nowMs = Date.now } = this.#options;
    return new OrderAlerts({
      template: String(this.declaration.settings["alertMessage"] ?? ""),
      ...{ symInfo, timeframe, columns, nowMs, plots: this.plots },
      barIndex: () => this.clock.index,
      positionSize: () => this.desk?.positionSize ?? 0,
      raise: (message) => {
        this.messages.alert(message, this.clock.index);
        observer?.onAlert?.(message, "all", this.clock.index);
      },
    });
  }
}

/** The finer bars of a chart bar, for the desk. */
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
