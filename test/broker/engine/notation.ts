/**
 * A small language for engines. What a script wants is a line for each order:
 *
 *     entry L buy 2                      market
 *     entry L#2 buy 2 limit 99 stop 101  second order under this id
 *     entry L buy 2 limit 99 flip 3      placed while three of the other side were open
 *     order L buy 2                      strategy.order
 *     exit X<L sell 2 tp 110 sl 90       bracket of the entry L; `part` for a part of it, `trail 105/2` for a trail
 *     close L sell 1                     close; `close * sell 1` closes everything
 *
 * and what the engine wants done is written the same way: `place entry L buy 2 @0`, `amend exit X<L …`,
 * `cancel L`, `read position`, where the number behind `@` is the attempt on its bar.
 */
import type {
  CancelIntent,
  CloseIntent,
  EntryIntent,
  ExitIntent,
  Intent,
} from "../../../src/api/broker/intents.ts";
import { type ExchangeCapabilities, exchangeCapabilities } from "../../../src/api/broker/capabilities.ts";
import type { LegType, OrderEvent } from "../../../src/api/broker/orders.ts";
import { type Price, price, quantity, timestampSeconds } from "../../../src/kernel/units.ts";
import { intentKey, type Wanted, type WantedIntent } from "../../../src/broker/engine/desired.ts";
import { keyColumn } from "../../../src/broker/store/key-text.ts";
import type { Effect, Notice } from "../../../src/broker/engine/effects.ts";
import type { Fact, WriteResult } from "../../../src/broker/engine/facts.ts";
import { initialState } from "../../../src/broker/engine/initial.ts";
import { reduce } from "../../../src/broker/engine/reduce.ts";
import type { EngineRules, EngineState, OrderRecord } from "../../../src/broker/engine/state.ts";
import type { Step } from "../../../src/broker/engine/step.ts";

const symbol = "BTCUSDT";
/** A bar a minute. */
export const barMs = 60_000;

export const capable = exchangeCapabilities({
  stopOrder: "native",
  trailingStop: "native",
  tpSlBracket: "software",
  partialQtyBracketExit: "native",
  partialQtyBracketExitPyramiding: "native",
  reduceOnly: "native",
  ocaCancel: "software",
  amendOrder: "native",
  watchOrders: "native",
  fetchPosition: "native",
  idempotency: "native",
  shortSelling: "native",
});

export function rulesOf(
  changes: Omit<Partial<EngineRules>, "capabilities"> & { capabilities?: Partial<ExchangeCapabilities> } = {},
): EngineRules {
  return {
    runId: "demo@paper-1:BTCUSDT:1",
    runTag: "0abc",
    priorTags: [],
    symbol,
    baseCurrency: "BTC",
    mintick: 0.01,
    qtyStep: 0.001,
    pyramiding: 1,
    closeEntriesRule: "FIFO",
    clientOrderIdMaxLen: 36,
    onUnexpectedCancel: "stop",
    onInventoryConflict: "quarantine",
    isHedging: false,
    isSpot: false,
    isDryRun: false,
    defensiveCloseGraceMs: 30_000,
    ...changes,
    capabilities: { ...capable, ...changes.capabilities },
  };
}

/** What a script wants, from lines of the notation; empty lines mean nothing. */
export function wantedOf(text: string): Wanted[] {
  return text
    .split(/[\n;]/)
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map(wantedLine);
}

function wantedLine(line: string): Wanted {
  const [kind = "", name = "", side = "", qty = "", ...rest] = line.split(/\s+/);
  const [id = "", generation = "1"] = name.split("#");
  if (side !== "buy" && side !== "sell") throw new Error(`no side in: ${line}`);
  const options = new Map<string, string>();
  const words = [...rest];
  for (let word = words.shift(); word !== undefined; word = words.shift())
    options.set(word, word === "part" || word === "again" ? "" : (words.shift() ?? ""));
  const at = (option: string): Price | undefined =>
    options.has(option) ? price(Number(options.get(option))) : undefined;
  const oca = options.get("oca") ?? options.get("reduce");
  const group =
    oca === undefined
      ? {}
      : { ocaName: oca, ocaType: options.has("oca") ? ("cancel" as const) : ("reduce" as const) };
  const intent = ((): WantedIntent => {
    switch (kind) {
      case "entry":
      case "order": {
        const [limit, stop] = [at("limit"), at("stop")];
        return {
          kind: "entry",
          pineId: id,
          symbol,
          side,
          qty: quantity(Number(qty)),
          orderType: limit !== undefined ? "limit" : stop !== undefined ? "stop" : "market",
          ...(limit !== undefined ? { limit } : {}),
          ...(stop !== undefined ? { stop } : {}),
          ...group,
          isStrategyOrder: kind === "order",
          stopFiredMarket: false,
          skipFlip: options.has("again"),
        };
      }
      case "exit": {
        const [pineId = "", fromEntry = ""] = id.split("<");
        const [activation, offset] = (options.get("trail") ?? "").split("/");
        const [tpPrice, slPrice] = [at("tp"), at("sl")];
        return {
          kind: "exit",
          pineId,
          fromEntry,
          symbol,
          side,
          qty: quantity(Number(qty)),
          ...(tpPrice !== undefined ? { tpPrice } : {}),
          ...(slPrice !== undefined ? { slPrice } : {}),
          ...(options.has("trail")
            ? { trailPrice: price(Number(activation)), trailOffsetPrice: Number(offset) }
            : {}),
          ...group,
          reduceOnly: true,
          isPartialQtyBracket: options.has("part"),
        };
      }
      case "close":
        return {
          kind: "close",
          pineId: id === "*" ? "" : id,
          symbol,
          side,
          qty: quantity(Number(qty)),
          immediately: false,
          reduceOnly: true,
        };
      default:
        throw new Error(`no kind of order: ${line}`);
    }
  })();
  const flip = options.has("flip") ? { flip: Number(options.get("flip")) } : {};
  const ready = options.has("ready") ? { ready: Number(options.get("ready")) } : {};
  return { key: intentKey(intent), generation: Number(generation), intent, ...flip, ...ready };
}

/** An intent as the notation writes it. */
export function intentText(intent: Intent): string {
  switch (intent.kind) {
    case "entry":
      return entryText(intent);
    case "exit":
      return exitText(intent);
    case "close":
      return closeText(intent);
    case "cancel":
      return cancelText(intent);
  }
}

const prices = (named: Readonly<Record<string, number | undefined>>): string =>
  Object.entries(named)
    .map(([name, value]) => (value === undefined ? "" : ` ${name} ${value}`))
    .join("");

const entryText = (intent: EntryIntent): string =>
  `${intent.stopFiredMarket ? "market" : intent.isStrategyOrder ? "order" : "entry"} ${intent.pineId} ${intent.side} ${intent.qty}${prices({ limit: intent.limit, stop: intent.stop })}`;
const exitText = (intent: ExitIntent): string =>
  `exit ${intent.pineId}<${intent.fromEntry} ${intent.side} ${intent.qty}${prices({ tp: intent.tpPrice, tpQty: intent.tpQty, sl: intent.slPrice, slQty: intent.slQty })}${intent.trailPrice === undefined ? "" : ` trail ${intent.trailPrice}/${intent.trailOffsetPrice}`}`;
const closeText = (intent: CloseIntent): string =>
  `${intent.syntheticKind ?? "close"} ${plainId(intent.pineId) || "*"} ${intent.side} ${intent.qty}`;
const cancelText = (intent: CancelIntent): string =>
  `cancel ${plainId(intent.pineId)}${intent.fromEntry === undefined ? "" : `<${intent.fromEntry}`}`;
const plainId = (pineId: string): string => keyColumn(pineId.replace(/^__pyne_[a-z]+_[a-z]+__/, ""));

/** An effect as the notation writes it. */
export function effectText(effect: Effect): string {
  switch (effect.kind) {
    case "place":
    case "place_leg":
      return `place ${intentText(effect.envelope.intent)} @${effect.envelope.retrySeq}`;
    case "amend":
      return `amend ${intentText(effect.envelope.intent)} @${effect.envelope.retrySeq}`;
    case "cancel":
      return intentText(effect.envelope.intent);
    case "cancel_ref":
      return `cancel ref ${effect.ref}`;
    case "read_position":
      return "read position";
    case "read_open_orders":
      return "read orders";
    case "read_order":
      return "read order";
    case "read_legs":
      return "read legs";
    case "read_spot":
      return "read spot";
    case "close_leg":
      return `close leg ${effect.legId} ${effect.qty}`;
    case "amend_leg": {
      const { tpPrice, slPrice, trailOffset } = effect;
      const levels = prices({
        tp: tpPrice ?? undefined,
        sl: slPrice ?? undefined,
        trail: trailOffset ?? undefined,
      });
      return `bracket leg ${effect.legId}${levels === "" ? " off" : levels}`;
    }
  }
}

/** An engine that facts are given to one by one; every step is checked to leave what it was given alone. */
export class Play {
  state: EngineState;
  /** Everything that was asked for so far. */
  readonly effects: Effect[] = [];
  readonly notices: Notice[] = [];
  readonly steps: Step[] = [];
  #bar = 0;
  #nowMs = barMs;

  constructor(rules: Parameters<typeof rulesOf>[0] = {}, state = initialState(rulesOf(rules))) {
    this.state = state;
  }

  give(fact: Fact): Step {
    const step = reduce(frozen(this.state), frozen(fact));
    this.state = step.state;
    this.effects.push(...step.effects);
    this.notices.push(...step.notices);
    this.steps.push(step);
    return step;
  }

  /** The venue is there: stream and position have been read. */
  ready(): this {
    this.state = {
      ...this.state,
      view: {
        ...this.state.view,
        isConfirmed: true,
        isStreaming: true,
        size: this.state.book.size,
        // Nothing is read again of itself, but for positions that may be ours.
        readMs: this.state.rules.isHedging ? this.#nowMs : Infinity,
      },
    };
    return this;
  }

  /** The script has run on the next bar. @returns what is to be sent */
  bar(wanted: string, at = 100): string[] {
    this.#bar++;
    return this.again(wanted, at);
  }

  /** The script has run on the same bar again. */
  again(wanted: string, at = 100): string[] {
    return this.#texts({
      kind: "evaluated",
      nowMs: this.now(),
      barTimeMs: this.#bar * barMs,
      price: at,
      wanted: wantedOf(wanted),
    });
  }

  tick(at: number): string[] {
    return this.#texts({ kind: "tick", nowMs: this.now(), price: at });
  }

  /** Time goes by. */
  wait(ms: number): string[] {
    this.#nowMs += ms;
    return this.#texts({ kind: "clock", nowMs: this.#nowMs });
  }

  /** The newest effect that the text begins or its key with has this result. */
  answer(text: string, result: WriteResult): string[] {
    return this.#texts({ kind: "written", nowMs: this.now(), effect: this.pending(text).id, result });
  }

  /** The newest effect in the outbox whose text begins so. */
  pending(text: string): Effect {
    const found = [...this.state.outbox.values()].findLast((effect) => effectText(effect).startsWith(text));
    if (found === undefined)
      throw new Error(
        `nothing pending like ${text}: ${[...this.state.outbox.values()].map(effectText).join("; ")}`,
      );
    return found;
  }

  /** The venue has taken a place or an amend: its orders work. */
  accept(text: string, idPrefix = ""): string[] {
    const effect = this.pending(text);
    if (effect.kind !== "place" && effect.kind !== "place_leg" && effect.kind !== "amend")
      throw new Error(`${effectText(effect)} makes no orders`);
    const orders = [...this.state.orders.values()].filter(
      (order) => order.intentKey === effect.intentKey && order.generation === effect.generation,
    );
    return this.answer(text, {
      kind: "accepted",
      orders: orders.map((order) => {
        const said = exchangeOrder(order, { status: order.filledQty > 0 ? "partial" : "open" });
        return { ...said, id: `${idPrefix}${said.id}` };
      }),
    });
  }

  /** The stream brings an execution of an order, named by its script's id and leg: `L entry`, `X tp`. */
  fill(name: string, qty: number, at = 100, fillId = `f${this.steps.length}`): string[] {
    const order = this.order(name);
    const filledQty = order.filledQty + qty;
    return this.event(name, {
      eventType: filledQty < order.qty ? "partial" : "filled",
      order: exchangeOrder(order, { filledQty, status: filledQty < order.qty ? "partial" : "filled" }),
      fillQty: qty,
      fillPrice: price(at),
      fillId,
    });
  }

  /** The stream says that an order is gone. */
  cancelled(name: string, filledQty = this.order(name).filledQty): string[] {
    return this.event(name, {
      eventType: "cancelled",
      order: exchangeOrder(this.order(name), { status: "cancelled", filledQty }),
    });
  }

  event(name: string, changes: Partial<OrderEvent>): string[] {
    const order = this.order(name);
    const nowMs = this.now();
    return this.#texts({
      kind: "venue",
      nowMs,
      event: {
        order: exchangeOrder(order, {}),
        timestamp: timestampSeconds(nowMs / 1000),
        eventType: "created",
        fee: 0,
        feeCurrency: "USDT",
        pineId: order.pineId,
        ...(order.fromEntry !== null ? { fromEntry: order.fromEntry } : {}),
        legType: order.legType,
        fromDisappearanceTracker: false,
        ...changes,
      },
    });
  }

  /** The newest order under a script's id and leg: `L entry`. */
  order(name: string): OrderRecord {
    const [pineId = "", leg = "entry"] = name.split(" ") as [string, LegType];
    const found = [...this.state.orders.values()].findLast(
      (order) => order.pineId === (pineId === "*" ? "" : pineId) && order.legType === leg,
    );
    if (found === undefined)
      throw new Error(
        `no order ${name}: ${[...this.state.orders.values()].map((order) => `${order.pineId} ${order.legType}`).join("; ")}`,
      );
    return found;
  }

  /** Phases by key, as `e|L working`. */
  phases(): string[] {
    return [...this.state.intents.values()].map(
      ({ key, phase, end }) => `${keyColumn(key)} ${phase}${end === undefined ? "" : ` ${end}`}`,
    );
  }

  now(): number {
    return ++this.#nowMs;
  }

  #texts(fact: Fact): string[] {
    return this.give(fact).effects.map(effectText);
  }
}

/** An order as the venue has it. */
export function exchangeOrder(
  order: OrderRecord,
  changes: Partial<OrderEvent["order"]>,
): OrderEvent["order"] {
  const filledQty = changes.filledQty ?? order.filledQty;
  return {
    id: order.exchangeId ?? `v-${order.clientOrderId}`,
    symbol,
    side: order.side,
    orderType: order.limit !== null ? "limit" : order.stop !== null ? "stop" : "market",
    qty: quantity(order.qty),
    filledQty,
    remainingQty: order.qty - filledQty,
    status: order.status,
    timestamp: timestampSeconds(order.createdMs / 1000),
    fee: 0,
    feeCurrency: "USDT",
    reduceOnly: order.legType !== "entry",
    clientOrderId: order.clientOrderId,
    ...changes,
  };
}

/** The same value, which throws when somebody writes to it. */
export function frozen<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  if (value instanceof Map) {
    for (const member of value.values()) frozen(member);
    const refuse = (): never => {
      throw new Error("a map of the state was written to");
    };
    Object.assign(value, { set: refuse, delete: refuse, clear: refuse });
  } else for (const member of Object.values(value)) frozen(member);
  return Object.freeze(value);
}
