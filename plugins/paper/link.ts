import {
  type BrokerError,
  type Clock,
  ExchangeConnectionError,
  ManualInterventionError,
  type OrderEvent,
  TransientProviderError,
} from "pynecore/plugin";

import { Passage } from "./passage.ts";
import type { Session } from "./session.ts";
import { Traffic } from "./traffic.ts";
import { orderEventOf } from "./wire.ts";

/** What a link is made of. */
export interface LinkOptions {
  readonly clock: Clock;
  /** `Infinity`: as fast as the orders are worked off. */
  readonly speed: number;
  /** The host's word on when nothing is in flight, where it gives one. */
  readonly settled: () => (() => Promise<void>) | null;
  /** Opens the account. @param hasTraded something was ordered on it by this very plugin */
  readonly openSession: (hasTraded: boolean, signal: AbortSignal | undefined) => Promise<Session>;
  /** The books of the account are in a file: they are closed with the connection, and opened with the next. */
  readonly keepsBooks: () => boolean;
}

/** The connection to the exchange, such as it is: between `open` and `close` there is a session. */
export class Link {
  readonly traffic = new Traffic();
  readonly passage: Passage;
  readonly #options: LinkOptions;
  #session: Session | undefined;
  /** Outlives a connection: what the account is called, and that something was ordered on it. */
  #accountId = "default";
  #hasTraded = false;
  /** Books without a file live as long as the plugin. */
  #remembered: Session | undefined;
  #readers = 0;
  /** Readers of events who wait for a connection. */
  #waiting: (() => void)[] = [];

  constructor(options: LinkOptions) {
    this.#options = options;
    const { clock, speed, settled } = options;
    this.passage = new Passage({
      ...{ clock, speed, settled, traffic: this.traffic },
      hasUnread: () => this.hasUnread,
    });
  }

  get session(): Session | undefined {
    return this.#session;
  }

  /** Of the newest connection; `default` before the first. */
  get accountId(): string {
    return this.#accountId;
  }

  /** Somebody reads events, and has not read all. */
  get hasUnread(): boolean {
    return this.#readers > 0 && this.#session?.account.nextEvent !== undefined;
  }

  /** Connects, anew where there was a connection. @throws ProviderError for an account that is another's */
  async open(signal: AbortSignal | undefined): Promise<Session> {
    this.close();
    const session =
      this.#remembered === undefined
        ? await this.#options.openSession(this.#hasTraded, signal)
        : { ...this.#remembered, over: new AbortController() };
    this.#session = session;
    this.#accountId = session.account.name;
    this.passage.begin();
    for (const resolve of this.#waiting.splice(0)) resolve();
    return session;
  }

  close(): void {
    const session = this.#session;
    this.#session = undefined;
    if (session === undefined) return;
    session.over.abort(new Error("the connection was closed"));
    this.#hasTraded ||= !session.account.isUntouched;
    if (this.#options.keepsBooks()) session.account.close();
    else this.#remembered = session;
  }

  /** @throws TransientProviderError */
  get connected(): Session {
    if (this.#session === undefined) throw new TransientProviderError("not connected");
    return this.#session;
  }

  /** A request to the exchange. @throws ExchangeConnectionError, or what the exchange says */
  request<T>(work: (session: Session) => T): Promise<T> {
    return this.traffic.call(() => {
      const session = this.#session;
      if (session === undefined) throw new ExchangeConnectionError("the paper exchange is not connected");
      try {
        return work(session);
      } catch (error) {
        throw bookFailure(error) ?? error;
      }
    });
  }

  /** What the exchange tells, through all connections. */
  async *events(signal: AbortSignal): AsyncIterable<OrderEvent> {
    this.#readers++;
    try {
      while (!signal.aborted) {
        const account = this.#session?.account;
        const event = account?.nextEvent;
        if (account === undefined || event === undefined) {
          await (account?.news(AbortSignal.any([signal, this.#session!.over.signal])) ??
            this.#connection(signal));
          continue;
        }
        this.traffic.note();
        yield orderEventOf(event);
        // Asked for the next one: this one was acted on.
        if (account.nextEvent === event) account.markRead();
        this.traffic.note();
      }
    } finally {
      this.#readers--;
    }
  }

  /** Resolves when there is a connection, or the signal says not to wait. */
  #connection(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
  }
}

/** The books of the account cannot be written; `null`: it is something else. */
export function bookFailure(error: unknown): BrokerError | null {
  if ((error as { name?: unknown }).name !== "SQLiteError") return null;
  const reason = error instanceof Error ? error.message : String(error);
  return new ManualInterventionError(`the books of the paper account cannot be written: ${reason}`, {
    cause: error,
    hint: "is the disk full? The account goes on from what was written last",
  });
}
