/**
 * Stories: a line for each thing that happens, and behind the arrow what the engine wants done because of it.
 *
 *     bar entry L buy 2 limit 99      -> place entry L buy 2 limit 99 @0    the script has run and wants this (`;` between)
 *     accept entry L                  ->                                    the venue took it
 *     answer entry L: rejected        ->                                    or not: the kind of a result, an outcome of a cancel
 *     created L entry                 ->                                    the stream: created, cancelled, rejected,
 *     amended L entry limit 98        ->                                    and amended, to the old values or to another
 *     fill L entry 1 @100 #f7         ->                                    an execution; the id may be left out
 *     wait 5s                         ->                                    time goes by
 *     position 2, position fails      ->                                    a read of the position has this answer
 *     orders L entry, L tp            ->                                    a read of the open orders shows these
 *     found L entry: filled           ->                                    the plugin knows what became of it, or `never`
 *     legs P1 buy 2, P2 buy 1         ->                                    the venue's positions
 *     replace entry L                 ->                                    a change was taken, under new venue ids
 *     took close leg P1               ->                                    a write about a position was accepted
 *     restart 2: L entry              ->                                    a new process; position and open orders
 *     operator pause                  ->
 *     account shared, account alone   ->                                    others trade the symbol on the account, or not
 *
 * `= e|L working` says how the intents stand, `! halted` that a message of this code was told since the last such line,
 * `over e|L#2 cancelled` that the script's book heard of the end of an order, `size 2` what the book holds.
 */
import { expect } from "bun:test";

import type { BracketAttachRejectContext } from "../../../src/api/broker/brackets.ts";
import type { ExchangeOrder } from "../../../src/api/broker/orders.ts";
import { type CancelOutcome, cancelOutcomes } from "../../../src/api/broker/policies.ts";
import type { ExchangePosition, PositionLeg } from "../../../src/api/broker/position.ts";
import { type Price, price, quantity, timestampSeconds } from "../../../src/kernel/units.ts";
import { keyColumn } from "../../../src/broker/store/key-text.ts";
import type { Effect } from "../../../src/broker/engine/effects.ts";
import type { Fact, FactOf, ReadResult, WriteResult } from "../../../src/broker/engine/facts.ts";
import { effectText, exchangeOrder, Play } from "./notation.ts";

/** Tells a story and checks every line of it. */
export function story(text: string, rules: ConstructorParameters<typeof Play>[0] = {}): Play {
  const play = new Play(rules).ready();
  goOn(play, text);
  return play;
}

/** Goes on with a story. */
export function goOn(play: Play, text: string): void {
  let told = play.notices.length;
  const lines = text.split("\n").map((line) => line.trim());
  for (const line of lines.filter((each) => each !== "" && !each.startsWith("//"))) {
    if (line.startsWith("= ")) {
      expect(`${line}\n${play.phases().join(", ")}`).toBe(`${line}\n${line.slice(2)}`);
    } else if (line.startsWith("! ")) {
      const codes = play.notices
        .slice(told)
        .flatMap((notice) => (notice.kind === "event" ? [notice.code] : []));
      told = play.notices.length;
      expect(codes).toContain(line.slice(2));
    } else if (line.startsWith("over ")) {
      const ends = play.notices.flatMap((notice) =>
        notice.kind === "order_over"
          ? [`over ${keyColumn(notice.key)}#${notice.generation} ${notice.end}`]
          : [],
      );
      expect(ends).toContain(line);
    } else if (line.startsWith("size ")) {
      expect(`size ${play.state.book.size}`).toBe(line);
    } else {
      const [what = "", expected = ""] = line.split("->").map((part) => part.trim());
      const effects = happens(play, what);
      expect(`${what} -> ${effects.join("; ")}`).toBe(`${what} -> ${expected}`);
    }
  }
}

/** One thing happens. @returns what is to be done because of it */
export function happens(play: Play, line: string): string[] {
  const [verb = "", ...words] = line.split(" ");
  const rest = words.join(" ");
  switch (verb) {
    case "bar":
      return play.bar(rest);
    case "again":
      return play.again(rest);
    case "accept":
      return play.accept(pendingLike(play, rest));
    case "replace":
      return play.accept(pendingLike(play, rest), "new-");
    case "took":
      return play.answer(rest, { kind: "accepted", orders: [] });
    case "answer": {
      const [text = "", result = ""] = rest.split(": ");
      return play.answer(pendingLike(play, text), resultOf(result));
    }
    case "amended": {
      const [order] = openOrders(play, rest);
      return play.event(words.slice(0, 2).join(" "), { eventType: verb, ...(order && { order }) });
    }
    case "created":
    case "rejected":
      return play.event(rest, { eventType: verb });
    case "cancelled":
      return play.cancelled(
        words.slice(0, 2).join(" "),
        words[2] === undefined ? undefined : Number(words[2]),
      );
    case "vanished":
      return play.event(rest, { eventType: "cancelled", fromDisappearanceTracker: true });
    case "fill": {
      const [name = "", leg = "", qty = "", ...options] = words;
      const at = options.find((word) => word.startsWith("@"))?.slice(1);
      const id = options.find((word) => word.startsWith("#"))?.slice(1);
      return play.fill(`${name} ${leg}`, Number(qty), at === undefined ? 100 : Number(at), id);
    }
    case "wait":
      return play.wait(msOf(rest));
    case "tick":
      return play.tick(Number(rest));
    case "position":
      return read(
        play,
        "read position",
        rest === "fails" || rest === "hangs"
          ? { kind: "failed", message: "down", ...(rest === "hangs" ? { isStuck: true as const } : {}) }
          : { kind: "position", position: positionOf(Number(rest)) },
      );
    case "legs":
      return read(play, "read legs", { kind: "legs", legs: legsOf(play, rest) });
    case "orders":
      return read(
        play,
        "read orders",
        rest === "fail"
          ? { kind: "failed", message: "down" }
          : { kind: "open_orders", orders: openOrders(play, rest) },
      );
    case "found": {
      // `found L entry: filled`, `found L entry: cancelled 0.5`, `found L entry: never`
      const [name = "", outcome = ""] = rest.split(": ");
      const [status = "", filled] = outcome.split(" ");
      const order = play.order(name);
      const { clientOrderId } = order;
      return read(play, "read order", {
        kind: "order",
        clientOrderId,
        order:
          status === "unknown"
            ? status
            : status === "never"
              ? null
              : exchangeOrder(order, {
                  status: status as "open",
                  ...(status === "filled" ? { filledQty: order.qty } : {}),
                  ...(filled === undefined ? {} : { filledQty: Number(filled) }),
                }),
      });
    }
    case "restart": {
      const [size = "", open = ""] = rest.split(": ");
      return give(play, {
        kind: "started",
        nowMs: play.now(),
        isShared: play.state.view.isShared,
        ...(play.state.rules.isHedging
          ? { openOrders: [], position: null, legs: legsOf(play, rest) }
          : { openOrders: openOrders(play, open), position: positionOf(Number(size)) }),
      });
    }
    case "operator":
      return give(play, {
        kind: "operator",
        nowMs: play.now(),
        command: rest as FactOf<"operator">["command"],
      });
    case "stream":
      return give(play, { kind: "stream", nowMs: play.now(), isAlive: rest === "up" });
    case "account":
      return give(play, { kind: "account", nowMs: play.now(), isShared: rest === "shared" });
    case "quarantine":
      return give(play, { kind: "quarantine", nowMs: play.now(), reason: rest });
    case "bulk":
      return give(play, { kind: "bulk_cancel_expected", nowMs: play.now() });
    case "resolved": {
      const [name = "", resolution = ""] = rest.split(": ");
      return give(play, {
        kind: "resolved",
        nowMs: play.now(),
        clientOrderId: play.order(name).clientOrderId,
        resolution: resolution as FactOf<"resolved">["resolution"],
      });
    }
    default:
      throw new Error(`no such thing can happen: ${line}`);
  }
}

function give(play: Play, fact: Fact): string[] {
  return play.give(fact).effects.map(effectText);
}

function read(play: Play, text: string, result: ReadResult): string[] {
  return give(play, { kind: "read", nowMs: play.now(), effect: play.pending(text).id, result });
}

/** `entry L` means the newest write for it. */
function pendingLike(play: Play, text: string): string {
  const found = [...play.state.outbox.values()]
    .map((effect: Effect) => effectText(effect))
    .findLast(
      (each) => each === text || each.startsWith(`${text} `) || each.replace(/^\w+ /, "").startsWith(text),
    );
  if (found === undefined) throw new Error(`nothing pending like ${text}`);
  return found;
}

function resultOf(text: string): WriteResult {
  const [kind = "", detail = ""] = text.split(" ");
  if ((cancelOutcomes as readonly string[]).includes(kind) && kind !== "unknown")
    return { kind: "cancel", outcome: kind as CancelOutcome };
  switch (kind) {
    case "cancel":
      return { kind: "cancel", outcome: detail as CancelOutcome };
    case "skipped":
      return { kind, reason: detail as "other", message: "not sent" };
    case "rejected":
      return { kind, message: "no", isMargin: false };
    case "rate_limited":
      return { kind, retryAfterMs: msOf(detail) };
    case "unknown":
      return {
        kind,
        message: "no answer",
        ...(detail === "" ? {} : { predecessors: detail === "[]" ? [] : [detail] }),
      };
    case "bracket_refused":
      return { kind, context: refusedBracket(detail) };
    case "id_spent":
    case "not_sent":
    case "unsafe":
      return { kind, message: "so it is" };
    default:
      throw new Error(`no such result: ${text}`);
  }
}

/** The bracket `X` of two bought by an entry. */
function refusedBracket(fromEntry: string): BracketAttachRejectContext {
  return {
    intentKey: `x\0X\0${fromEntry}`,
    positionClientOrderId: "p1",
    positionSide: "buy",
    qty: quantity(2),
    symbol: "BTCUSDT",
    fromEntry,
    exitId: "X",
  };
}

function msOf(text: string): number {
  const match = /^(\d+)(ms|s|m)$/.exec(text);
  if (match === null) throw new Error(`no time: ${text}`);
  return Number(match[1]) * { ms: 1, s: 1_000, m: 60_000 }[match[2] as "ms" | "s" | "m"];
}

/** A net position; 0 is none. */
export function positionOf(size: number): ExchangePosition | null {
  if (size === 0) return null;
  return {
    symbol: "BTCUSDT",
    side: size > 0 ? "long" : "short",
    size: Math.abs(size),
    entryPrice: price(100),
    unrealizedPnl: 0,
    leverage: 1,
    marginMode: "cross",
  };
}

/** The venue's positions, opened just now: `P1 buy 2, P2 sell 1`. */
function legsOf(play: Play, text: string): PositionLeg[] {
  return text
    .split(",")
    .map((leg) => leg.trim())
    .filter((leg) => leg !== "")
    .map((leg) => {
      const [legId = "", side = "", qty = ""] = leg.split(" ");
      return {
        legId,
        symbol: "BTCUSDT",
        side: side as "buy",
        qty: quantity(Number(qty)),
        entryPrice: price(100),
        openTime: timestampSeconds(play.state.view.lastFillMs / 1000),
        unrealizedPnl: 0,
      };
    });
}

/** The orders named, as the venue has them open: `L entry, L tp limit 120`. */
function openOrders(play: Play, text: string): ExchangeOrder[] {
  return text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "")
    .map((name) => {
      const [id = "", leg = "", word = "", level = ""] = name.split(" ");
      const order = play.order(`${id} ${leg}`);
      const levels: { price?: Price; stopPrice?: Price } =
        word === "limit"
          ? { price: price(Number(level)) }
          : word === "stop"
            ? { stopPrice: price(Number(level)) }
            : {};
      return exchangeOrder(order, { status: "open", ...levels });
    });
}
