/** An exchange in a notation: bars, orders and what filled as text. */
import { Exchange, type ExchangeRules } from "../../../plugins/paper/exchange/exchange.ts";
import type { OrderTicket } from "../../../plugins/paper/exchange/order.ts";
import { type MarketPart, newState } from "../../../plugins/paper/exchange/state.ts";
import { beginPart, walkOn } from "../../../plugins/paper/exchange/walk.ts";
import { symInfo } from "../fixtures.ts";

export const minute = 60_000;
const none = Number.NaN;

export const plainRules: ExchangeRules = {
  symbol: "X",
  symInfo: { ...symInfo("1"), mintick: 0.01, minmove: 1, pricescale: 100, mincontract: 0.01 },
  fees: { type: "percent", maker: 0, taker: 0 },
  slippage: 0,
  limitTicks: 0,
  latencyMs: 0,
  volumeShare: 0,
  slices: 1,
  rejectChance: 0,
  seed: 1,
  leverage: 0,
  fillsAtOnce: false,
  fillPrefix: "",
};

/** `open/high/low/close` or one price for all four; `#500` behind it is the volume. */
export function partOf(text: string, index: number): MarketPart {
  const [prices = "", volume] = text.split("#");
  const [open = none, high = open, low = open, close = open] = prices.split("/").map(Number);
  return {
    open,
    high,
    low,
    close,
    fromMs: index * minute,
    toMs: (index + 1) * minute,
    volume: volume === undefined ? null : Number(volume),
    startsBar: true,
  };
}

let numbers = 0;

/** `buy 2`, `sell 1 limit 102 stop 98`, `sell 1 trail 101+20 reduce`, `group g`, `once`, `id L` */
export function ticketOf(text: string): OrderTicket {
  const words = text.trim().split(/\s+/);
  const after = (word: string): string | undefined => {
    const index = words.indexOf(word);
    return index < 0 ? undefined : words[index + 1];
  };
  const level = (word: string): number => Number(after(word) ?? none);
  const [trailPrice = none, trailOffset = 0] = (after("trail") ?? "").split("+").filter(Boolean).map(Number);
  const reduceOnly = words.includes("reduce");
  return {
    clientOrderId: after("id") ?? `o${++numbers}`,
    side: words[0] === "buy" ? 1 : -1,
    qty: Number(words[1]),
    limit: level("limit"),
    stop: level("stop"),
    trailPrice,
    trailOffset,
    siblingLimit: level("beside"),
    reduceOnly,
    group: after("group") ?? "",
    atOnce: words.includes("once"),
    pineId: after("id") ?? "",
    fromEntry: "",
    legType: reduceOnly ? "close" : "entry",
  };
}

/** What an exchange did, `buy 1 @100.5`, a line for every execution, behind the number of its bar. */
export class Story {
  readonly exchange: Exchange;
  readonly lines: string[] = [];
  #bar = -1;

  constructor(rules: Partial<ExchangeRules> = {}, balance = 1_000_000) {
    this.exchange = new Exchange({ ...plainRules, ...rules }, newState(balance));
  }

  order(...texts: string[]): string {
    const placement = this.exchange.place(texts.map(ticketOf));
    this.#tell();
    return placement.kind === "accepted" ? "accepted" : placement.why;
  }

  /** @param onFill orders that come while the price stands still after an execution */
  bars(text: string, onFill: (line: string) => string | undefined = () => undefined): this {
    for (const bar of text.trim().split(/\s+/)) {
      beginPart(this.exchange, partOf(bar, ++this.#bar));
      while (walkOn(this.exchange)) {
        for (const line of this.#tell()) {
          const reaction = onFill(line);
          if (reaction !== undefined) this.order(...reaction.split("; "));
        }
      }
      this.#tell();
    }
    return this;
  }

  #tell(): string[] {
    const { events } = this.exchange.takeChanges();
    const told = events.flatMap(({ fill, order }) =>
      fill === undefined ? [] : [`${this.#bar}: ${order.side} ${fill.qty} @${Number(fill.price.toFixed(6))}`],
    );
    this.lines.push(...told);
    return told;
  }
}

/** The executions of orders that are placed before all but the first bar. */
export function fillsOf(
  bars: string,
  orders: readonly string[],
  rules: Partial<ExchangeRules> = {},
): string[] {
  const [first = "", ...rest] = bars.trim().split(/\s+/);
  const story = new Story(rules).bars(first);
  for (const order of orders) story.order(...order.split("; "));
  return story.bars(rest.join(" ")).lines;
}
