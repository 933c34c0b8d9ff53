/** A venue that does what its symbol says; its bars are a minute long and come as fast as they are asked for. */
export const venue = `
import {
  AuthenticationError, BrokerPlugin, ExchangeConnectionError, ManualInterventionError, FeedEndedError,
  ExchangeOrderRejectedError, exchangeCapabilities,
} from "pynecore/plugin";

const start = Date.UTC(2024, 0, 1);
const bar = (index) => ({ openTimeMs: start + index * 60000, open: 100, high: 101, low: 99, close: 100 + (index % 2), volume: 1 });

export default class Venue extends BrokerPlugin {
  static timeframes = { "1": "1m" };
  static feedTimeoutBars = null;
  static warmsUpOnEverything = true;
  static fetchAllByDefault = true;
  static initialConnectTimeout = 1;
  next = 20;
  events = [];
  wake = () => {};
  orders = 0;

  get accountId() { return this.symbol === "NAMELESS" ? "default" : "venue-1"; }
  getAvailableSymbols() { return Promise.resolve([]); }
  getSymbolInfo() {
    return Promise.resolve({
      prefix: "VENUE", ticker: this.symbol, description: "", currency: "USD", type: "crypto", period: "1",
      mintick: 0.01, minmove: 1, pricescale: 100, mincontract: 1, pointvalue: 1, timezone: "UTC",
      openingHours: [0, 1, 2, 3, 4, 5, 6].map((day) => ({ day, start: "00:00:00", end: "24:00:00" })),
      sessionStarts: [], sessionEnds: [],
    });
  }
  async *download({ from, to }) {
    yield Array.from({ length: 20 }, (_, index) => bar(index)).filter(({ openTimeMs }) => openTimeMs >= from && openTimeMs < to);
  }
  async connect() {
    if (this.symbol === "AWAY") throw new ExchangeConnectionError("no route to the venue");
  }
  async disconnect() {}
  get isConnected() { return true; }
  async watchOhlcv() {
    await this.settled?.();
    if (this.symbol === "SLOW") await new Promise(() => {});
    if (this.next === 40) throw new FeedEndedError("no more bars");
    return { ...bar(this.next++), isClosed: true };
  }
  getCapabilities() {
    if (this.symbol === "NOCAPS") return undefined;
    return exchangeCapabilities({
      stopOrder: "native", tpSlBracket: "software", reduceOnly: "native", watchOrders: "native", idempotency: "native",
      shortSelling: this.symbol === "LONGONLY" ? "unsupported" : "native",
    });
  }
  async getBalance() {
    if (this.symbol === "WRONGKEY") throw new AuthenticationError("the key sk-123 is not known");
    return { USD: 1 };
  }
  async getOpenOrders() { return this.symbol === "NOLIST" ? undefined : []; }
  async getPosition() { return null; }
  #order(envelope, kind) {
    const { side, qty, symbol } = envelope.intent;
    return {
      id: "v" + ++this.orders, symbol, side, orderType: "market", qty, filledQty: qty, remainingQty: 0, status: "filled",
      timestamp: Date.now() / 1000, fee: 0, feeCurrency: "USD", reduceOnly: kind !== "e",
      clientOrderId: envelope.clientOrderId(kind),
    };
  }
  #fill(order) {
    this.events.push({
      order, timestamp: order.timestamp, eventType: "filled", fillPrice: this.symbol === "TEXTPRICE" ? "100" : 100, fillQty: order.qty,
      fillId: order.id, fee: 0, feeCurrency: "USD", fromDisappearanceTracker: false,
    });
    this.wake();
  }
  async executeEntry(envelope) {
    if (this.symbol === "UNSAFE") throw new ManualInterventionError("two positions where one should be");
    if (this.symbol === "REFUSES") throw new ExchangeOrderRejectedError("not today");
    const order = this.#order(envelope, "e");
    this.#fill(order);
    return this.symbol === "NOANSWER" ? undefined : [order];
  }
  executeExit() { throw new Error("no exits"); }
  async executeClose(envelope) {
    const order = this.#order(envelope, "c");
    this.#fill(order);
    return order;
  }
  async executeCancel() { return true; }
  async executeCancelWithOutcome() { return "cancel_confirmed"; }
  async *watchOrders(signal) {
    signal.addEventListener("abort", () => this.wake());
    while (!signal.aborted) {
      if (this.symbol === "DEAF" && this.next > 25) throw new Error("the socket closed");
      const event = this.events.shift();
      if (event !== undefined) yield event;
      else await Promise.race([new Promise((resolve) => (this.wake = resolve)), this.symbol === "DEAF" ? new Promise((resolve) => setImmediate(resolve)) : new Promise(() => {})]);
    }
  }
}
`;
