/** Bybit and Binance on loopback, as far as market data goes: recorded markets, bars made up by rule, faults on demand. */
import type { Server, ServerWebSocket } from "bun";

import binanceReplies from "./binance-replies.json";
import bybitReplies from "./bybit-replies.json";

export const minute = 60_000;
const lengths: Readonly<Record<string, number>> = {
  "1": minute,
  "1m": minute,
  "60": 60 * minute,
  "1h": 60 * minute,
  D: 1440 * minute,
  "1d": 1440 * minute,
};

/** Open time, open, high, low, close, volume. */
export type Row = [number, number, number, number, number, number];

/** The bar of the rule at a time; every one is different. */
export function rowAt(openTimeMs: number): Row {
  const open = 100 + ((openTimeMs / minute) % 1000) / 10;
  return [openTimeMs, open, open + 2, open - 1, open + 0.5, 1 + ((openTimeMs / minute) % 7)];
}

/** Answers a request in the venue's place; `undefined` leaves it to the venue. */
export type Fault = (url: URL, request: Request) => Response | undefined | Promise<Response | undefined>;

/** A venue. `using` stops it. */
export class VenueServer implements Disposable {
  readonly #server: Server<undefined>;
  readonly #sockets = new Set<ServerWebSocket<undefined>>();
  #waiting: (() => void)[] = [];
  /** Path and query of every request, in order. */
  readonly requests: string[] = [];
  /** Texts that arrived on sockets. */
  readonly frames: string[] = [];
  /** Paths that sockets were opened on. */
  readonly streams: string[] = [];
  fault: Fault = () => undefined;
  /** When bars exist, epoch ms, half-open ranges. */
  history: readonly (readonly [number, number])[] = [];
  /** Where the market's own time stands, epoch ms; moves while candles stream. */
  nowMs = 0;
  /** Streams candles of Bybit to whoever subscribes, a bar in two messages, from `nowMs` on. */
  streaming = false;
  /** Bars that are not by the rule. */
  readonly special = new Map<number, Row>();

  constructor(readonly venue: "bybit" | "binance") {
    this.#server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      idleTimeout: 0,
      fetch: async (request, server) => {
        const url = new URL(request.url);
        if (request.headers.get("upgrade") === "websocket") {
          this.streams.push(url.pathname);
          return server.upgrade(request) ? undefined : new Response("no", { status: 400 });
        }
        this.requests.push(url.pathname + url.search);
        return (await this.fault(url, request)) ?? this.#answer(url);
      },
      websocket: {
        open: (socket) => void this.#sockets.add(socket),
        close: (socket) => void this.#sockets.delete(socket),
        message: (socket, text) => {
          this.frames.push(String(text));
          socket.send(JSON.stringify({ success: true, ret_msg: "", result: null, id: 1, op: "subscribe" }));
          for (const wake of this.#waiting.splice(0)) wake();
          const topic = /"(kline\.[^"]+)"/.exec(String(text))?.[1];
          if (this.streaming && topic !== undefined) this.#stream(socket, topic);
        },
      },
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.port}`;
  }

  /** Resolves when so many messages have arrived on sockets. */
  async subscribed(count = 1): Promise<void> {
    while (this.frames.length < count) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  push(frame: object): void {
    for (const socket of this.#sockets) socket.send(JSON.stringify(frame));
  }

  /** Drops every socket without a goodbye. */
  dropSockets(): void {
    for (const socket of this.#sockets) socket.terminate();
  }

  #stream(socket: ServerWebSocket<undefined>, topic: string): void {
    let half = false;
    const timer = setInterval(() => {
      if (!this.#sockets.has(socket)) return clearInterval(timer);
      const start = Math.floor(this.nowMs / minute) * minute;
      const [, open, high, low, close, volume] = rowAt(start);
      const data = { start, open, high, low, close, volume: half ? volume : volume / 2, confirm: half };
      socket.send(JSON.stringify({ topic, type: "snapshot", ts: this.nowMs, data: [data] }));
      if (half) {
        const [from = start] = this.history.at(-1) ?? [];
        this.nowMs = start + minute;
        this.history = [...this.history.slice(0, -1), [from, this.nowMs]];
      }
      half = !half;
    }, 1);
  }

  get openSockets(): number {
    return this.#sockets.size;
  }

  #rows(length: number, since: number | undefined, limit: number): Row[] {
    const rows: Row[] = [];
    const [, last = 0] = this.history.at(-1) ?? [];
    const first = since ?? last - limit * length;
    for (const [from, to] of this.history) {
      let time = Math.ceil(Math.max(first, from) / length) * length;
      // A coarse bar exists when one fine bar does.
      if (length > minute && first <= from) time = Math.floor(from / length) * length;
      for (; time < to && rows.length < limit; time += length) {
        if (time >= first && rows.at(-1)?.[0] !== time) rows.push(this.special.get(time) ?? rowAt(time));
      }
    }
    return rows;
  }

  #answer(url: URL): Response {
    const { pathname, searchParams: query } = url;
    const number = (name: string): number | undefined =>
      query.has(name) ? Number(query.get(name)) : undefined;
    if (pathname === "/v5/market/kline") {
      const length = lengths[query.get("interval") ?? ""] ?? minute;
      const rows = this.#rows(length, number("start"), number("limit") ?? 200).toReversed();
      const list = rows.map((row) => [...row.map(String), "0"]);
      return Response.json({ retCode: 0, retMsg: "OK", result: { list }, retExtInfo: {}, time: 0 });
    }
    if (pathname.endsWith("/klines")) {
      const length = lengths[query.get("interval") ?? ""] ?? minute;
      const rows = this.#rows(length, number("startTime"), number("limit") ?? 500);
      return Response.json(
        rows.map(([time, ...values]) => [
          time,
          ...values.map(String),
          time + length - 1,
          "0",
          1,
          "0",
          "0",
          "0",
        ]),
      );
    }
    const replies = this.venue === "bybit" ? bybitReplies : binanceReplies;
    const reply = replies.find(
      (known) =>
        known.path === pathname &&
        [...new URLSearchParams(known.query)].every(([key, value]) => query.get(key) === value),
    );
    if (reply !== undefined) return Response.json(reply.response);
    if (pathname === "/v5/market/instruments-info")
      return Response.json({ retCode: 0, retMsg: "OK", result: { list: [], nextPageCursor: "" } });
    if (pathname.endsWith("/exchangeInfo")) return Response.json({ symbols: [] });
    return Response.json({ retCode: 10001, retMsg: `nothing at ${pathname}` }, { status: 404 });
  }

  [Symbol.dispose](): void {
    void this.#server.stop(true);
  }
}
