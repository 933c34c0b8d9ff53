import { Exchange, type ExchangeRules } from "./exchange/exchange.ts";
import { PaperOrder } from "./exchange/order.ts";
import { type ExchangeEvent, newState } from "./exchange/state.ts";
import { type AccountIdentity, AccountStore, type MarketCursor, type SavedAccount } from "./store.ts";

/** A paper account: the exchange, its books, and what of its events was read. */
export class PaperAccount {
  readonly name: string;
  readonly exchange: Exchange;
  readonly cursor: MarketCursor;
  readonly #store: AccountStore;
  /** Events that were not read yet. */
  readonly #unread: ExchangeEvent[];
  #delivered = 0;
  /** Nobody has ordered anything in this life of the account: nothing of it is written yet. */
  #isUntouched: boolean;
  #hasNews: (() => void) | undefined;
  #isClosed = false;

  private constructor(
    name: string,
    store: AccountStore,
    rules: Omit<ExchangeRules, "fillPrefix">,
    { state, cursor }: Pick<SavedAccount, "state" | "cursor">,
    isUntouched: boolean,
  ) {
    this.name = nameOf(name, store.life);
    this.#store = store;
    this.cursor = cursor;
    this.#isUntouched = isUntouched;
    const live = isUntouched ? [] : store.liveOrders().map(orderFrom);
    this.exchange = new Exchange({ ...rules, fillPrefix: prefixOf(store.life) }, state, live);
    this.#unread = isUntouched ? [] : [...store.events()];
    this.#delivered = (this.#unread[0]?.number ?? state.events + 1) - 1;
  }

  /**
   * Opens an account, or begins one. Until the first order it is only remembered: a run that trades elsewhere, or only
   * says what it would send, leaves a file in which nothing is.
   *
   * @param path of its books; `null`: they are forgotten with the process
   * @param options.firstBar where a new account begins
   * @param options.check looks at what an account that is there is bound to; throws, or says what it is bound to now
   * @throws as `AccountStore`, and what `check` throws
   */
  static open(
    name: string,
    path: string | null,
    rules: Omit<ExchangeRules, "fillPrefix">,
    identity: AccountIdentity,
    options: {
      readonly balance: number;
      readonly firstBar: number;
      readonly isFresh: boolean;
      readonly check: (saved: AccountIdentity) => AccountIdentity;
    },
  ): PaperAccount {
    const store = new AccountStore(path ?? ":memory:");
    try {
      const saved = store.load();
      if (saved !== undefined && !options.isFresh) {
        store.bind(options.check(saved.identity), saved.life);
        return new PaperAccount(name, store, rules, saved, false);
      }
      store.bind(identity, (saved?.life ?? 0) + 1);
      const cursor = { bars: options.firstBar, parts: 0 };
      return new PaperAccount(name, store, rules, { state: newState(options.balance), cursor }, true);
    } catch (error) {
      store.close();
      throw error;
    }
  }

  /** Nobody has ordered anything yet. */
  get isUntouched(): boolean {
    return this.#isUntouched;
  }

  /** An order, alive or over; `undefined`: no order ever had this id. */
  find(clientOrderId: string): PaperOrder | undefined {
    const live = this.exchange.live.get(clientOrderId);
    if (live !== undefined) return live;
    const row = this.#isUntouched ? undefined : this.#store.orderBy(clientOrderId);
    return row === undefined ? undefined : orderFrom(row);
  }

  /** The id of the last entry of that name which has filled. */
  openedBy(entryId: string): string | undefined {
    return this.#store.openedBy(entryId);
  }

  /** Writes down what has changed; only then is anybody told. */
  commit(): void {
    const { orders, events } = this.exchange.takeChanges();
    const { state } = this.exchange;
    if (this.#isUntouched) {
      if (orders.length === 0) return;
      this.#store.clear();
      this.#isUntouched = false;
    }
    this.#store.save({ state, cursor: this.cursor, orders, events, delivered: this.#delivered });
    if (events.length === 0) return;
    this.#unread.push(...events);
    this.#hasNews?.();
  }

  /** The oldest event that was not read. */
  get nextEvent(): ExchangeEvent | undefined {
    return this.#unread[0];
  }

  /** The oldest event was read and acted on. It is told again only to a process that comes after a kill. */
  markRead(): void {
    const event = this.#unread.shift();
    if (event !== undefined) this.#delivered = event.number;
  }

  /** Resolves when there is an event to read, or the signal says not to wait. */
  async news(signal: AbortSignal): Promise<void> {
    if (this.#unread.length > 0 || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        signal.removeEventListener("abort", done);
        resolve();
      };
      signal.addEventListener("abort", done);
      this.#hasNews = done;
    });
    this.#hasNews = undefined;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.commit();
    this.#store.close();
  }
}

/** An account that began anew is another one: nothing of the old one's is mistaken for its. */
function nameOf(name: string, life: number): string {
  return life === 1 ? `paper-${name}` : `paper-${name}.${life}`;
}

function prefixOf(life: number): string {
  return life === 1 ? "" : `${life}.`;
}

/** An order as it was written: a number that is not there was written as `null`. */
function orderFrom(row: Readonly<Record<string, unknown>>): PaperOrder {
  const fields = Object.entries(row).map(([key, value]) => [key, value === null ? Number.NaN : value]);
  return Object.assign(Object.create(PaperOrder.prototype) as PaperOrder, Object.fromEntries(fields));
}
