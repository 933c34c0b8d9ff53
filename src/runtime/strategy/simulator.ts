import type { SymInfo } from "../../kernel/syminfo.ts";
import { stepBar } from "./bar.ts";
import { closeBar } from "./close-phase.ts";
import type { SimulatedBar } from "./desk.ts";
import { LiveBar } from "./live-bar.ts";
import type { StrategyRules } from "./rules.ts";
import { type BarWalk, type DeskOptions, type MidBar, StrategyDesk } from "./strategy-desk.ts";

/**
 * The order simulator: TradingView's broker emulator, order by order. A pure state machine: it is told of bars and of
 * the script's commands, and tells a listener what happened.
 */
export class Simulator extends StrategyDesk {
  override readonly live: LiveBar;
  /** When the script runs inside bars; `undefined`: never. */
  readonly #reruns: "fills" | "ticks" | undefined;

  constructor(rules: StrategyRules, symbol: SymInfo, options: DeskOptions = {}) {
    super(rules, symbol, options);
    this.live = new LiveBar(this.desk, this.tradingDay);
    if (rules.calcOnEveryHistoryTick) this.#reruns = "ticks";
    else if (rules.calcOnOrderFills && !rules.processOrdersOnClose) this.#reruns = "fills";
  }

  override get runsInsideBars(): boolean {
    return this.#reruns !== undefined;
  }

  override get assumesPaths(): boolean {
    return true;
  }

  /** Takes a bar: fills what waits along the path of its prices, then marks the position at its close. */
  override step(bar: SimulatedBar, walk: BarWalk = {}): void {
    const { desk } = this;
    this.takeRate(bar);
    const { finer, runBody } = walk;
    if (this.#reruns === undefined || runBody === undefined) {
      stepBar(desk, bar, finer, this.tradingDay);
      return;
    }
    const isMagnified = finer !== undefined && finer.length > 0;
    const pause = (at: MidBar, high: number, low: number, price: number): void => {
      if (this.#reruns === "fills" && desk.fills === 0) return;
      desk.fills = 0;
      desk.standAt(high, low, price, () => runBody(at));
    };
    stepBar(
      desk,
      bar,
      finer,
      this.tradingDay,
      isMagnified ? undefined : (point, risesFirst, ...prices) => pause({ point, risesFirst }, ...prices),
      isMagnified ? (finerBars, ...prices) => pause({ finerBars }, ...prices) : undefined,
    );
  }

  override beginLive(bar: SimulatedBar): void {
    this.takeRate(bar);
    this.live.begin(bar);
  }

  /** Ends a bar, after the script: what fills at its close, and its last margin call. */
  override finish(): void {
    closeBar(this.desk);
  }
}
