import type { ScriptModule } from "../api/script/declaration.ts";
import type { Bar, BarColumns } from "../kernel/bar.ts";
import { BarRunner } from "./bar-runner.ts";
import { LiveColumns } from "./live-columns.ts";
import { MovingBar } from "./moving-bar.ts";
import type { RunOptions, RunResult } from "./run-options.ts";

/** What a live run is made of; its bars are given to it one by one. */
export interface LiveRunOptions extends Omit<RunOptions, "columns" | "finer"> {
  /** The bars that there are at the start. */
  readonly history: BarColumns;
}

/** Historical bars between two looks at the event loop. */
const stretch = 4096;

/**
 * A script on bars as they come about. First the history: orders are not taken, `barstate` says history. Then live
 * bars: `tick` executes a bar that still forms, again and again from the state at its start; `close` executes it for
 * the last time.
 *
 * An indicator runs on every update, a strategy on the close alone unless its declaration asks for more. Orders fill
 * when the price comes by: along the updates of the bar, or, of a bar that came as a whole, along the path that is
 * assumed for history.
 */
export class LiveRun {
  readonly runner: BarRunner;
  readonly columns: LiveColumns;
  readonly #runsOnTicks: boolean;
  readonly #runsOnFills: boolean;
  /** A bar that came as a whole is walked as if it had formed. */
  readonly #walksWholes: boolean;
  readonly #moving = new MovingBar();
  /** Historical bars that were executed; the index of the next one. */
  #done: number;
  #isLive = false;
  #isForming = false;
  /** The script has seen the forming bar. */
  #isExecuted = false;
  /** Orders may have been placed since the last update. */
  #hasOrders = false;

  constructor(module: ScriptModule, options: LiveRunOptions) {
    this.columns = new LiveColumns(options.history);
    this.runner = new BarRunner(module, { ...options, columns: this.columns }, this.columns.room);
    const { declaration, desk, barState, clock } = this.runner;
    barState.isLive = true;
    barState.lastHistory = -1;
    if (desk !== undefined) desk.takesOrders = false;
    const { calcOnEveryTick, calcOnOrderFills } = declaration.settings;
    this.#runsOnTicks = desk === undefined || calcOnEveryTick === true;
    this.#runsOnFills = desk !== undefined && calcOnOrderFills === true;
    this.#walksWholes = desk?.assumesPaths === true && (this.#runsOnFills || this.#runsOnTicks);
    this.#done = clock.first;
  }

  /** Tells those who watch that the first bar is about to come. */
  start(): Promise<void> {
    return this.runner.start();
  }

  /** Bars that are over and were executed. */
  get bars(): number {
    return this.#done;
  }

  /**
   * Executes the history but for its last bar: only `goLive` knows that nothing follows it.
   * @param most bars that may be executed now
   * @throws the signal's reason
   */
  async warmUp(signal?: AbortSignal, most = Infinity): Promise<void> {
    for (; this.#done < Math.min(most, this.columns.length - 1); this.#done++) {
      if (this.#done % stretch === stretch - 1) {
        await new Promise((resolve) => setImmediate(resolve));
        signal?.throwIfAborted();
      }
      this.runner.step(this.#done);
    }
  }

  /** Adds bars to the history. */
  extend(bars: readonly Bar[]): void {
    for (const bar of bars) this.columns.append(bar);
  }

  /** Executes the rest of the history; from here on orders are taken. */
  goLive(): void {
    const { runner } = this;
    runner.barState.lastHistory = this.columns.length - 1;
    for (; this.#done < this.columns.length; this.#done++) runner.step(this.#done);
    this.#isLive = true;
    runner.moment.isLive = true;
    if (runner.desk !== undefined) runner.desk.takesOrders = true;
  }

  /**
   * The forming bar stands like this now.
   * @param bar prices since its open
   * @returns whether the script was executed
   */
  tick(bar: Bar): boolean {
    const { runner } = this;
    const isFirst = this.#enter(bar);
    runner.barState.phase = this.#isExecuted ? "update" : "first";
    if (isFirst) this.#begin();
    const filled = this.#walk(bar, isFirst);
    if (!this.#runsOnTicks && !(filled && this.#runsOnFills)) return false;
    this.#execute();
    return true;
  }

  /** The bar is over. */
  close(bar: Bar): void {
    const { runner, columns } = this;
    const { desk } = runner;
    const isWhole = !this.#isForming;
    this.#enter(bar);
    if (isWhole) {
      runner.barState.phase = "only";
      this.#begin();
    }
    if (desk !== undefined) {
      if (!isWhole) this.#walk(bar, false);
      else if (this.#walksWholes) this.#walkAssumed(bar);
      else desk.step(this.#moving.whole(bar, this.#done));
      if (!isWhole || this.#walksWholes) desk.live.end(this.#moving.whole(bar, this.#done));
      columns.put(bar);
    }
    runner.barState.phase = this.#isExecuted ? "close" : "only";
    if (this.#isExecuted) runner.restore();
    runner.alerts.phase = "close";
    runner.settle();
    runner.execute();
    runner.end();
    this.#done++;
    this.#isForming = false;
    this.#isExecuted = false;
    this.#hasOrders = true;
  }

  /** Of the bars that are over. */
  result(reason: RunResult["reason"]): RunResult {
    const result = this.runner.result(this.#done, reason);
    const upToHere = (column: Float64Array): Float64Array => column.subarray(0, this.#done);
    const { openTimeMs, open, high, low, close, volume, extra } = this.columns;
    return {
      ...result,
      columns: {
        length: this.#done,
        openTimeMs: upToHere(openTimeMs),
        open: upToHere(open),
        high: upToHere(high),
        low: upToHere(low),
        close: upToHere(close),
        volume: upToHere(volume),
        extra,
      },
      plots: result.plots.map((plot) => ({ ...plot, values: upToHere(plot.values) })),
      plotted: result.plotted.subarray(0, this.#done),
    };
  }

  /** @returns whether the bar is a new one */
  #enter(bar: Bar): boolean {
    if (!this.#isLive) throw new Error("the history is not over yet");
    if (this.#isForming) {
      this.columns.put(bar);
      return false;
    }
    this.columns.append(bar);
    this.#isForming = true;
    return true;
  }

  #begin(): void {
    this.runner.alerts.begin();
    this.runner.begin(this.#done);
    this.runner.save();
    this.#moving.begin();
  }

  /** Fills orders on the way from the last update to this one. */
  #walk(bar: Bar, isFirst: boolean): boolean {
    const { desk } = this.runner;
    if (desk === undefined) return false;
    const part = this.#moving.part(bar, this.#done);
    if (isFirst) desk.beginLive(part);
    const filled = desk.live.take(part, this.#hasOrders);
    this.#hasOrders = false;
    return filled;
  }

  /** A bar that came as a whole, for a script that wants to run inside it. */
  #walkAssumed(bar: Bar): void {
    for (const [index, update] of this.#moving.assumed(bar).entries()) {
      this.columns.put(update);
      const filled = this.#walk(update, index === 0);
      const isLast = index === 3;
      if (!isLast && (this.#runsOnTicks || filled)) {
        this.runner.barState.phase = this.#isExecuted ? "update" : "first";
        this.#execute();
      }
    }
  }

  /** Runs the script in the middle of the bar. */
  #execute(): void {
    const { runner } = this;
    const { desk } = runner;
    if (this.#isExecuted) runner.restore();
    this.#isExecuted = true;
    runner.alerts.phase = "tick";
    runner.messages.isMuted = true;
    runner.clock.isForming = true;
    runner.moment.form();
    if (desk === undefined) runner.execute();
    else desk.live.run(() => runner.execute());
    runner.clock.isForming = false;
    runner.messages.isMuted = false;
    this.#hasOrders = true;
  }
}
