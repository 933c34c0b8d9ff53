import { isProviderError, isRetryableProviderError, TransientProviderError } from "../api/plugins/errors.ts";
import type { LiveProviderPlugin } from "../api/plugins/live.ts";
import { readPage } from "../data/download/page.ts";
import type { Bar, BarUpdate } from "../kernel/bar.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Logger } from "../kernel/log.ts";
import type { Connection } from "./connection.ts";
import { UpdateQueue } from "./update-queue.ts";

/** What a feed tells, one after the other. */
export type FeedEvent =
  | { readonly kind: "update"; readonly update: BarUpdate }
  /** The connection was lost and is there again. */
  | { readonly kind: "reconnected" }
  /** There is nothing more to come. */
  | { readonly kind: "ended"; readonly reason: string };

/** What a feed works with. */
export interface FeedOptions {
  readonly provider: LiveProviderPlugin;
  readonly connection: Connection;
  /** Nobody else needs the connection when this feed is closed. */
  readonly ownsConnection: boolean;
  /** The spelling of the stream. */
  readonly symbol: string;
  readonly timeframe: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Told of every update before it counts; waited for. */
  readonly observe?: ((update: BarUpdate) => Promise<void>) | undefined;
}

/**
 * The stream of one symbol: reads the plugin in a loop, connects again when the connection is lost, and keeps what has
 * not been looked at yet, closed bars without limit, updates of forming ones as `UpdateQueue` does.
 */
export class Feed {
  readonly #options: FeedOptions;
  readonly #queue = new UpdateQueue();
  readonly #stop = new AbortController();
  #wake: (() => void) | undefined;
  /** Somebody called while nobody waited. */
  #isWoken = false;
  #isReconnected = false;
  #end: { readonly reason: string } | { readonly error: unknown } | undefined;
  #reading: Promise<void> | undefined;
  /** Ends the current wait of the plugin, so that the connection is made anew. */
  #cycle = new AbortController();
  /** When something was heard last, epoch ms. */
  heardMs: number;
  /** The connection is lost and not there again. */
  isLost = false;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.heardMs = options.clock.nowMs();
  }

  /** Begins to read. */
  start(): void {
    this.heardMs = this.#options.clock.nowMs();
    this.#reading = this.#read().catch((error: unknown) => {
      if (!this.#stop.signal.aborted) this.#end = { error };
      this.wake();
    });
  }

  /** Throws the connection away and makes a new one: it is silent. */
  cycle(reason: string): void {
    this.heardMs = this.#options.clock.nowMs();
    this.#cycle.abort(new TransientProviderError(reason));
  }

  /**
   * The next event; `undefined` when none came in time.
   * @param wakeMs longest wait
   * @throws a permanent failure of the provider; the signal's reason
   */
  async next(wakeMs: number, signal: AbortSignal): Promise<FeedEvent | undefined> {
    signal.throwIfAborted();
    const waiting = this.#take();
    const isWoken = this.#isWoken;
    this.#isWoken = false;
    if (waiting !== undefined || isWoken) return waiting;
    const over = new AbortController();
    const woken = new Promise<void>((resolve) => (this.#wake = resolve));
    const timer = this.#options.clock.sleep(wakeMs, AbortSignal.any([signal, over.signal]));
    timer.catch(() => {});
    try {
      await Promise.race([woken, timer]);
    } finally {
      over.abort();
      this.#wake = undefined;
    }
    return this.#take();
  }

  /** Ends the current wait for an event, or the next one. */
  wake(): void {
    if (this.#wake === undefined) this.#isWoken = true;
    else this.#wake();
  }

  /** Nothing waits to be looked at. */
  get isEmpty(): boolean {
    return this.#queue.length === 0 && !this.#isReconnected;
  }

  /** Reads no more. */
  stop(): void {
    this.#stop.abort(new Error("the run has ended"));
  }

  /** Stops reading and, unless the connection is another feed's, disconnects. */
  async close(): Promise<void> {
    this.stop();
    if (this.#options.ownsConnection) await this.#options.connection.close();
    await this.#reading;
  }

  #take(): FeedEvent | undefined {
    // What came before the connection was lost comes first.
    const update = this.#queue.shift();
    if (update !== undefined) return { kind: "update", update };
    if (this.#isReconnected) {
      this.#isReconnected = false;
      return { kind: "reconnected" };
    }
    if (this.#end === undefined) return undefined;
    if ("error" in this.#end) throw this.#end.error;
    return { kind: "ended", reason: this.#end.reason };
  }

  async #read(): Promise<void> {
    const { provider, symbol, timeframe, clock, log, observe } = this.#options;
    const stop = this.#stop.signal;
    let refused = 0;
    while (!stop.aborted) {
      const { generation } = this.#options.connection;
      try {
        const wait = AbortSignal.any([stop, this.#cycle.signal]);
        const answer = await raced(provider.watchOhlcv(symbol, timeframe, wait), wait);
        this.heardMs = clock.nowMs();
        const update = updateOf(answer);
        if (typeof update !== "string") {
          if (observe !== undefined) await raced(observe(update), wait);
          this.#queue.push(update);
          this.wake();
        } else if (refused++ === 0) log.warn(`${provider.name} sent an update that is no bar: ${update}`);
      } catch (error) {
        if (stop.aborted) return;
        if ((error as { code?: unknown }).code === "FEED_ENDED") {
          this.#end = { reason: (error as Error).message };
          return this.wake();
        }
        if (isProviderError(error) && !isRetryableProviderError(error)) throw error;
        await this.#reconnect(error, generation);
      }
    }
  }

  async #reconnect(loss: unknown, generation: number): Promise<void> {
    this.isLost = true;
    await this.#options.connection.again(loss, generation, this.#stop.signal);
    this.isLost = false;
    this.#cycle = new AbortController();
    this.heardMs = this.#options.clock.nowMs();
    this.#isReconnected = true;
    this.wake();
  }
}

/** What a plugin promises, or the end of the wait for it, whatever the plugin makes of the signal. */
async function raced<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const over = new AbortController();
  const aborted = new Promise<never>((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true, signal: over.signal });
  });
  for (const each of [promise, aborted]) each.catch(() => {});
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    over.abort();
  }
}

/** An update of a plugin, or why it is none: nothing from outside is believed. */
function updateOf(answer: unknown): BarUpdate | string {
  const { bars, refused } = readPage([answer], false);
  const [bar] = bars as readonly (Bar | undefined)[];
  if (bar === undefined) return refused[0]?.reason ?? "it is none";
  if (Number.isNaN(bar.close)) return "it has no price";
  const isClosed = (answer as Partial<BarUpdate>).isClosed;
  if (typeof isClosed !== "boolean") return `its isClosed is ${JSON.stringify(isClosed)}`;
  return { ...bar, isClosed };
}
