import type { SymInfo } from "../../kernel/syminfo.ts";
import type { SimulatedBar } from "../../runtime/strategy/desk.ts";
import { beginDay, checkRisk } from "../../runtime/strategy/risk.ts";
import type { StrategyRules } from "../../runtime/strategy/rules.ts";
import { type DeskOptions, type FormingBar, StrategyDesk } from "../../runtime/strategy/strategy-desk.ts";
import type { Wanted } from "../engine/desired.ts";
import type { Notice } from "../engine/effects.ts";
import type { Fill } from "../engine/fill.ts";
import type { KeptExits } from "../engine/kept-exits.ts";
import type { PositionBook } from "../engine/state.ts";
import { FeeRate } from "./fee-rate.ts";
import { History, type LeftBehind } from "./history.ts";
import { MutedListener } from "./muted-listener.ts";
import { OrderTracker } from "./tracker.ts";
import { type AccountRules, VenueBook } from "./venue-book.ts";
import { WishList } from "./wish-list.ts";

/** Where the script has come to. */
export interface Evaluation {
  /** Open of the bar, ms. */
  readonly barTimeMs: number;
  /** Its close, or the price so far. */
  readonly price: number;
  /** The bar is over. */
  readonly isClosed: boolean;
  /** The script has not run on a live bar yet: so an earlier process has left its book. */
  readonly isInherited: boolean;
  readonly wanted: readonly Wanted[];
  /** The exits of the book, those included that are not wanted yet. */
  readonly exits: KeptExits;
}

/** What a venue desk begins with. */
export interface VenueDeskStart extends AccountRules {
  /** As orders name it. */
  readonly symbol: string;
  /** Length of a bar, ms. */
  readonly periodMs: number;
  /** Every fill of the logical run so far, oldest first. */
  readonly fills: readonly Fill[];
  /** The highest number that an order of it ever had. */
  readonly lastGeneration: number;
  /** Told after every execution of the script on a live bar, and when a fill has changed what is wanted. */
  readonly onEvaluated: (evaluation: Evaluation) => void;
}

/**
 * The desk of a strategy whose orders fill at a venue: the same commands, book and figures as in a backtest, but no
 * price of a bar fills anything. What the script wants at the venue is `wanted`; what becomes of it is told with
 * `take`.
 *
 * An earlier process's fills are booked at the bars of the warm-up on which they happened, so that a script comes out
 * of it with the trades, the equity and the variables that it would have without the restart.
 */
export class VenueDesk extends StrategyDesk {
  override readonly live: FormingBar;
  /** What the script wants is not told for the time being: its bar is not of now. */
  isHeld = false;
  readonly #start: VenueDeskStart;
  readonly #history: History;
  readonly #book: VenueBook;
  readonly #wishes: WishList;
  readonly #listener: MutedListener | undefined;
  #closedBefore = 0;
  /** Of the forming bar so far. */
  #high = -Infinity;
  #low = Infinity;
  #fills = 0;
  /** Fills that the script knows of. */
  #fillsSeen = 0;
  /** The script's last bar is over and the next has not begun. */
  #isBetween = false;
  /** The script has run on a live bar. */
  #hasRun = false;
  /** Something has filled since the script's wishes were told. */
  #isChanged = false;

  constructor(rules: StrategyRules, symbol: SymInfo, options: DeskOptions, start: VenueDeskStart) {
    const listener = options.listener === undefined ? undefined : new MutedListener(options.listener);
    super(rules, symbol, { ...options, listener });
    const { desk } = this;
    const tracker = new OrderTracker(start.lastGeneration);
    this.#listener = listener;
    this.#start = start;
    this.#history = new History(desk, start.fills);
    const fees = new FeeRate(symbol, this.accountCurrency, options.onWarning);
    this.#book = new VenueBook(desk, tracker, this.#history, fees, start);
    this.#wishes = new WishList(desk, start.symbol, tracker, (leg) => this.#book.filledOf(leg));
    desk.source = "broker";
    desk.orderRiskClose = (order) => {
      order.isMarket = true;
      desk.place(order);
      this.#isChanged = true;
    };
    this.live = this.#formingBar();
  }

  /** What happens inside a bar is for the venue to say. */
  override get runsInsideBars(): boolean {
    return false;
  }

  override get assumesPaths(): boolean {
    return false;
  }

  override step(bar: SimulatedBar): void {
    this.#begin(bar);
    if (!this.takesOrders) this.#replay(bar.timeMs + this.#start.periodMs);
    this.desk.account.finishBar(this.desk.high, this.desk.low, this.desk.close);
  }

  override beginLive(bar: SimulatedBar): void {
    this.#begin(bar);
    this.#high = -Infinity;
    this.#low = Infinity;
  }

  /** Ends a bar, after the script: the risk rules, then what is wanted is told. */
  override finish(): void {
    const { account } = this.desk;
    checkRisk(this.desk, account.closedTrades.length > this.#closedBefore);
    this.#isBetween = true;
    this.#evaluate(true);
    account.settle();
  }

  /** What the script wants at the venue, as its book stands. */
  wanted(): readonly Wanted[] {
    return this.#wishes.read();
  }

  /** What the engine has to say of the script's orders. Fills of the past wait for their bar of the warm-up. */
  take(notice: Notice): void {
    switch (notice.kind) {
      case "fill":
        if (this.#history.isOver) this.#fill(notice.fill);
        else this.#history.add(notice.fill);
        break;
      case "order_over":
        this.#book.orderOver(notice.key, notice.generation, notice.end);
        break;
      case "order_resized":
        if (this.#book.orderResized(notice.key, notice.generation, notice.qty)) this.#isChanged = true;
        break;
      case "flattened_outside":
        this.#book.closeOutside(Math.abs(this.positionSize));
        this.#isChanged = true;
        break;
    }
  }

  /** The engine's books have changed: the position is what they say, in whatever order fills came. */
  agreeWith(book: PositionBook): void {
    if (this.#history.isOver && this.#book.agreeWith(book)) this.#isChanged = true;
  }

  /** Tells what is wanted, if a fill has changed it since it was told last. */
  refresh(): void {
    if (this.#isChanged) this.#evaluate(false);
  }

  /**
   * Takes over what an earlier process left behind, when the warm-up is over: fills that no bar of it has, orders that
   * the script placed, and the position as the engine's books have it.
   */
  takeOver(left: LeftBehind, book: PositionBook): void {
    this.#replay(Infinity);
    this.#history.close();
    // The engine hears what the script still wants: what never left the house goes now, not a bar later.
    this.#muted(() => (this.#isChanged = this.#book.takeOver(left, book)));
  }

  /** @param isRun the script has run, and not only its book has changed */
  #evaluate(isRun: boolean): void {
    if (!this.takesOrders || this.isHeld) return;
    this.#isChanged = false;
    this.#hasRun ||= isRun;
    const { desk } = this;
    const wanted = this.wanted();
    const exits = this.#wishes.exits();
    const [isClosed, isInherited] = [this.#isBetween, !this.#hasRun];
    const { timeMs: barTimeMs, close: price } = desk;
    this.#start.onEvaluated({ barTimeMs, price, isClosed, isInherited, wanted, exits });
  }

  #begin(bar: SimulatedBar): void {
    const { desk } = this;
    this.takeRate(bar);
    desk.begin(bar);
    desk.snap();
    this.#isBetween = false;
    if (desk.risk.needsDays) beginDay(desk, this.tradingDay(bar.timeMs));
    desk.account.beginBar();
    desk.startEquity = desk.account.equity;
    this.#closedBefore = desk.account.closedTrades.length;
  }

  #formingBar(): FormingBar {
    const { desk } = this;
    return {
      take: (part) => {
        desk.setPrices(part.open, part.high, part.low, part.close);
        this.#high = Math.max(this.#high, desk.high);
        this.#low = Math.min(this.#low, desk.low);
        if (desk.account.size !== 0) desk.account.mark(desk.close);
        const hasFilled = this.#fills !== this.#fillsSeen;
        this.#fillsSeen = this.#fills;
        return hasFilled;
      },
      run: (body) =>
        desk.standAt(this.#high, this.#low, desk.close, () => {
          body();
          this.#evaluate(true);
        }),
      end: (bar) => {
        if (!this.takesOrders) this.#replay(bar.timeMs + this.#start.periodMs);
        desk.setPrices(bar.open, bar.high, bar.low, bar.close);
        desk.account.finishBar(desk.high, desk.low, desk.close);
      },
    };
  }

  #replay(untilMs: number): void {
    this.#muted(() => {
      for (let fill = this.#history.next(untilMs); fill !== undefined; fill = this.#history.next(untilMs))
        this.#fill(fill);
    });
  }

  #fill(fill: Fill): void {
    this.#book.fill(fill, this.desk.barIndex + (this.#isBetween ? 1 : 0));
    this.#fills++;
    this.#isChanged = true;
  }

  #muted(action: () => void): void {
    if (this.#listener !== undefined) this.#listener.isMuted = true;
    action();
    if (this.#listener !== undefined) this.#listener.isMuted = false;
  }
}
