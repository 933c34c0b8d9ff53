/**
 * What is sent is on the disk first: the system calls of the executable while it trades. For every kind of write the
 * log of the books holds it, and a flush of that log has come back, before its bytes go to the venue's socket.
 */
import { describe, expect, test } from "bun:test";
import { join } from "node:path";

import { binary, Sandbox } from "./pyne.ts";
import { type SystemCall, systemCalls } from "./system-calls.ts";

/** A venue behind a socket. What it is told is `KIND id price...`; it answers `ok`. */
const venue = (port: number): string => `
import { connect } from "node:net";
import { BrokerPlugin, exchangeCapabilities, FeedEndedError } from "pynecore/plugin";

const start = Date.UTC(2024, 0, 1);
const bar = (index) => ({ openTimeMs: start + index * 60000, open: 100, high: 101, low: 99, close: 100, volume: 1 });

export default class Socket extends BrokerPlugin {
  static timeframes = { "1": "1m" };
  static feedTimeoutBars = null;
  static warmsUpOnEverything = true;
  static fetchAllByDefault = true;
  next = 20;
  events = [];
  wake = () => {};
  waiting = [];

  get accountId() { return "socket-1"; }
  getAvailableSymbols() { return Promise.resolve([]); }
  getSymbolInfo() {
    return Promise.resolve({
      prefix: "SOCKET", ticker: this.symbol, description: "", currency: "USD", type: "crypto", period: "1",
      mintick: 0.01, minmove: 1, pricescale: 100, mincontract: 1, pointvalue: 1, timezone: "UTC",
      openingHours: [0, 1, 2, 3, 4, 5, 6].map((day) => ({ day, start: "00:00:00", end: "24:00:00" })),
      sessionStarts: [], sessionEnds: [],
    });
  }
  async *download({ from, to }) {
    yield Array.from({ length: 20 }, (_, index) => bar(index)).filter(({ openTimeMs }) => openTimeMs >= from && openTimeMs < to);
  }
  connect() {
    this.socket = connect(${port}, "127.0.0.1");
    this.socket.on("data", (bytes) => {
      for (const _ of String(bytes).trim().split("\\n")) this.waiting.shift()?.();
    });
    return new Promise((resolve, reject) => this.socket.on("connect", resolve).on("error", reject));
  }
  async disconnect() { this.socket.end(); }
  get isConnected() { return true; }
  async watchOhlcv() {
    await this.settled?.();
    if (this.next === 34) throw new FeedEndedError("no more bars");
    return { ...bar(this.next++), isClosed: true };
  }
  getCapabilities() {
    return exchangeCapabilities({
      stopOrder: "native", tpSlBracket: "software", reduceOnly: "native", watchOrders: "native", idempotency: "native",
      shortSelling: "native", amendOrder: "native", partialQtyBracketExit: "native",
    });
  }
  async getBalance() { return { USD: 1 }; }
  async getOpenOrders() { return []; }
  async getPosition() { return null; }
  say(text) {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      this.socket.write(text + "\\n");
    });
  }
  order(envelope, kind, filledQty = 0) {
    const { side, qty, symbol } = envelope.intent;
    return {
      id: "v " + envelope.clientOrderId(kind), symbol, side, orderType: "limit", qty, filledQty, remainingQty: qty - filledQty,
      status: filledQty > 0 ? "filled" : "open", timestamp: Date.now() / 1000, fee: 0, feeCurrency: "USD",
      reduceOnly: kind !== "e", clientOrderId: envelope.clientOrderId(kind),
    };
  }
  filled(envelope, kind) {
    const order = this.order(envelope, kind, envelope.intent.qty);
    this.events.push({
      order, timestamp: order.timestamp, eventType: "filled", fillPrice: 100, fillQty: order.qty,
      fillId: order.id, fee: 0, feeCurrency: "USD", fromDisappearanceTracker: false,
    });
    this.wake();
    return order;
  }
  async executeEntry(envelope) {
    await this.say("ENTRY " + envelope.clientOrderId("e"));
    return [envelope.intent.limit === undefined ? this.filled(envelope, "e") : this.order(envelope, "e")];
  }
  async executeExit(envelope) {
    await this.say("BRACKET " + envelope.clientOrderId("s"));
    return [this.order(envelope, "t"), this.order(envelope, "s")];
  }
  async modifyExit(previous, envelope) {
    await this.say("AMEND " + envelope.intent.slPrice);
    return [this.order(envelope, "t"), this.order(envelope, "s")];
  }
  async modifyEntry(previous, envelope) {
    await this.say("AMEND " + envelope.intent.limit);
    return [this.order(envelope, "e")];
  }
  async executeClose(envelope) {
    await this.say("CLOSE " + envelope.clientOrderId("c"));
    return this.filled(envelope, "c");
  }
  async executeCancel(envelope) { return (await this.executeCancelWithOutcome(envelope)) !== "unknown"; }
  async executeCancelWithOutcome(envelope) {
    await this.say("CANCEL " + envelope.intent.pineId);
    return "cancel_confirmed";
  }
  async *watchOrders(signal) {
    signal.addEventListener("abort", () => this.wake());
    while (!signal.aborted) {
      const event = this.events.shift();
      if (event !== undefined) yield event;
      else await new Promise((resolve) => (this.wake = resolve));
    }
  }
}
`;

/** Every bar it does one of the things that a strategy can do at a venue. */
const script = `//@version=6
strategy("Writes", default_qty_value=1, pyramiding=2)
n = bar_index - 20
if n == 0
    strategy.entry("Long", strategy.long)
if n >= 0 and n < 6
    strategy.exit("Guard", "Long", stop=90.25 + n, limit=120.5)
if n == 2 or n == 3
    strategy.entry("Low", strategy.long, limit=70.5 + n)
if n == 5
    strategy.cancel("Low")
if n == 7
    strategy.close("Long")
`;

const isFlush = ({ name, target, result }: SystemCall): boolean =>
  (name === "fsync" || name === "fdatasync") && target.endsWith("broker.sqlite-wal") && result === 0;
const isLogged = ({ name, target, result }: SystemCall): boolean =>
  name.startsWith("pwrite") && target.endsWith("broker.sqlite-wal") && result > 0;

/** What went to the venue, and whether it was on the disk then. */
interface Sent {
  readonly what: string;
  /** The log of the books had been written with it. */
  readonly isLogged: boolean;
  /** And was flushed to the disk after that. */
  readonly isFlushed: boolean;
}

/** Every word to the venue has something that was in no page before it was committed. @param port of the venue */
function sentIn(calls: readonly SystemCall[], port: number): Sent[] {
  const sent: Sent[] = [];
  for (const call of calls) {
    const said = /"((?:ENTRY|BRACKET|AMEND|CLOSE|CANCEL) (\S+?))\\n"/.exec(call.args);
    if (said === null || !call.target.includes(String(port))) continue;
    const [, what = "", name = ""] = said;
    // A cancel has no id of its own: its line in the log of events says what is cancelled.
    const marks = what.startsWith("CANCEL") ? ["effect_cancel", name] : [name];
    const before = calls.filter(({ ended }) => ended < call.began);
    const written = before.find((one) => isLogged(one) && marks.every((mark) => one.args.includes(mark)));
    const flush = before.find((one) => isFlush(one) && one.began > (written?.ended ?? Infinity));
    sent.push({ what, isLogged: written !== undefined, isFlushed: flush !== undefined });
  }
  return sent;
}

const strace = Bun.which("strace");
const isTraceable = strace !== null && Bun.spawnSync([strace, "/bin/true"]).success;

describe.skipIf(!isTraceable)("strace shows (skipped where it is not installed)", () => {
  test("every kind of write on the disk before its bytes are on the way", async () => {
    using server = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: {
        data(socket, bytes) {
          socket.write("ok\n".repeat(String(bytes).trim().split("\n").length));
        },
      },
    });
    using box = await Sandbox.withWorkdir();
    box.plugin("socket", venue(server.port));
    box.write(join(box.workdir, "scripts/writes.pine"), script);
    const trace = join(box.root, "trace.txt");
    const traced = "trace=pwrite64,pwritev,fsync,fdatasync,write,writev,sendto,sendmsg,sendmmsg";
    const { exitCode, stderr } = await box.pyneWith(
      { program: strace! },
      ...["-f", "-yy", "-s", "8192", "-e", traced, "-o", trace],
      ...[binary, "run", "writes", "socket:ANY@1", "--broker"],
    );
    expect(stderr).toContain("no more bars");
    expect(exitCode).toBe(0);
    const calls = systemCalls(box.read(trace));
    const sent = sentIn(calls, server.port);
    expect(sent.filter((one) => !one.isLogged || !one.isFlushed)).toEqual([]);
    const kinds = sent.map(({ what }) => what.split(" ")[0]);
    expect(new Set(kinds)).toEqual(new Set(["ENTRY", "BRACKET", "AMEND", "CANCEL", "CLOSE"]));

    // The same trace without its flushes, or with the flushes before what they are for, proves nothing.
    const unflushed = calls.filter((call) => !isFlush(call));
    expect(sentIn(unflushed, server.port).some(({ isFlushed }) => isFlushed)).toBe(false);
    const early = calls.map((call) =>
      isFlush(call) ? { ...call, began: call.began - 1e6, ended: call.ended - 1e6 } : call,
    );
    expect(sentIn(early, server.port).some(({ isFlushed }) => isFlushed)).toBe(false);
  });
});
