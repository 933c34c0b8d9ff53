import type { OrderEvent } from "../../../api/broker/orders.ts";
import type { Connection } from "../venue/connection.ts";
import { LineError } from "../venue/line.ts";
import { orderEvent } from "./translate.ts";

/** How long the stream is silent before the history is looked through, ms. */
const pollMs = 20_000;

/** The venue's events about one's own orders: from its stream, and from its history after every gap. */
export class OwnEvents {
  readonly #connection: Connection;
  readonly #isOwn: (clientOrderId: string) => boolean;
  /** Numbers of the venue's events that have been passed on. */
  readonly #passed = new Set<number>();

  constructor(connection: Connection, isOwn: (clientOrderId: string) => boolean) {
    this.#connection = connection;
    this.#isOwn = isOwn;
  }

  /** @throws Error when the stream has broken for good */
  async *watch(signal: AbortSignal): AsyncIterable<OrderEvent> {
    const connection = this.#connection;
    connection.isBehind = true;
    while (!signal.aborted) {
      if (connection.isStreamBroken) throw new Error("the stream of order events has broken");
      if (connection.isBehind && connection.isUp) yield* this.#catchUp();
      for (let event = connection.feed.take(); event !== null; event = connection.feed.take()) {
        this.#passed.add(event.number);
        if (this.#isOwn(event.order.clientOrderId)) yield orderEvent(event, connection.rules.symbol);
      }
      const silentSinceMs = connection.nowMs;
      await connection.feed.wait(pollMs, signal);
      connection.isBehind ||= connection.nowMs - silentSinceMs >= pollMs || connection.wasCut();
    }
  }

  /** What the stream has not told. A history that cannot be read is tried again. */
  async *#catchUp(): AsyncIterable<OrderEvent> {
    const connection = this.#connection;
    try {
      for (const event of await connection.history()) {
        if (this.#passed.has(event.number)) continue;
        this.#passed.add(event.number);
        if (this.#isOwn(event.order.clientOrderId)) yield orderEvent(event, connection.rules.symbol);
      }
      connection.isBehind = false;
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
    }
  }
}
