/** From effects to calls of a plugin, and from whatever comes of them to facts. */
import { describe, expect, test } from "bun:test";

import * as errors from "../../src/api/broker/errors.ts";
import type { BracketAttachRejectContext } from "../../src/api/broker/brackets.ts";
import type { EntryIntent } from "../../src/api/broker/intents.ts";
import { TransientProviderError } from "../../src/api/plugins/errors.ts";
import type { Effect } from "../../src/broker/engine/effects.ts";
import type { Fact } from "../../src/broker/engine/facts.ts";
import { EventStream } from "../../src/broker/event-stream.ts";
import { Executor } from "../../src/broker/executor/executor.ts";
import { clientOrderId } from "../../src/broker/ids.ts";
import { ManualClock, settle } from "../plugins/fixtures.ts";
import { orderOf, ScriptedPlugin } from "./scripted-plugin.ts";

const barTimeMs = 1_700_000_000_000;
const names = { runTag: "0abc", clientOrderIdMaxLen: 30, symbol: "TEST" };
const entry = { kind: "entry", pineId: "L", symbol: "TEST", side: "buy", qty: 1 } as EntryIntent;
const place: Effect = {
  kind: "place",
  id: 7,
  intentKey: "e\0L",
  generation: 1,
  envelope: { intent: entry, barTimeMs, retrySeq: 0 },
};
const cancel: Effect = {
  kind: "cancel",
  id: 8,
  intentKey: "e\0L",
  generation: 1,
  envelope: { intent: { kind: "cancel", pineId: "L", symbol: "TEST" }, barTimeMs, retrySeq: 2 },
  clientOrderIds: [],
};

function setUp() {
  const [plugin, clock, facts, warnings] = [new ScriptedPlugin(), new ManualClock(barTimeMs), [], []] as [
    ScriptedPlugin,
    ManualClock,
    Fact[],
    string[],
  ];
  const say = (line: string): void => void warnings.push(line);
  const log = { debug() {}, info: say, warn: say, error: say };
  const options = { plugin, clock, log, onFact: (fact: Fact) => void facts.push(fact) };
  return { plugin, clock, facts, warnings, options, executor: new Executor({ ...options, names }) };
}

/** What a write comes to that the plugin answers like this. */
async function resultOf(effect: Effect, act: (plugin: ScriptedPlugin) => void): Promise<unknown> {
  const { executor, plugin, facts } = setUp();
  executor.start(effect);
  act(plugin);
  await settle();
  const [fact] = facts;
  return fact?.kind === "written" || fact?.kind === "read" ? fact.result : fact;
}

const context: BracketAttachRejectContext = {
  intentKey: "x",
  positionClientOrderId: "p",
  positionSide: "buy",
  qty: 1,
  symbol: "TEST",
};

const unsayable = (): never => {
  throw new Error("a getter of its own");
};

describe("a write", () => {
  test("enters the plugin before it returns, with the ids of its envelope", () => {
    const { executor, plugin } = setUp();
    executor.start(place);
    expect(plugin.asked).toEqual(["entry"]);
    const { envelope } = plugin.calls[0]!;
    const parts = { runTag: "0abc", pineId: "L", barTimeMs, kind: "e", retrySeq: 0 } as const;
    expect(envelope!.clientOrderId("e")).toBe(clientOrderId(parts, 30));
    expect(executor.writes).toBe(1);
  });

  test("that is answered is accepted, with what a venue's order has and no more", async () => {
    const result = await resultOf(place, (plugin) =>
      plugin.answer([{ ...orderOf(), secret: 1, price: undefined }]),
    );
    expect(result).toEqual({ kind: "accepted", orders: [orderOf()] });
  });

  test.each([
    ["no orders at all", undefined],
    ["an order without an id", [{ ...orderOf(), id: "" }]],
    ["a quantity that is none", [{ ...orderOf(), filledQty: Number.NaN }]],
    ["a status nobody knows", [{ ...orderOf(), status: "resting" }]],
  ])("answered with %s is unsafe", async (_, answer) => {
    expect(await resultOf(place, (plugin) => plugin.answer(answer))).toMatchObject({ kind: "unsafe" });
  });

  test.each([
    ["the connection was down", new errors.ExchangeConnectionError("x"), { kind: "not_sent" }],
    ["throttled", new errors.ExchangeRateLimitError("x", 3), { kind: "rate_limited", retryAfterMs: 3000 }],
    [
      "throttled for nobody knows how long",
      new errors.ExchangeRateLimitError("x", NaN),
      { retryAfterMs: 5000 },
    ],
    ["refused", new errors.ExchangeOrderRejectedError("x"), { kind: "rejected", isMargin: false }],
    ["too dear", new errors.InsufficientMarginError("x"), { kind: "rejected", isMargin: true }],
    ["an id that is spent", new errors.ClientOrderIdSpentError("x", "id"), { kind: "id_spent" }],
    [
      "too small",
      new errors.OrderSkippedError("x", "below_min_size"),
      { kind: "skipped", reason: "below_min_size" },
    ],
    [
      "a naked position",
      new errors.BracketAttachAfterFillRejectedError("x", context),
      { kind: "bracket_refused", context },
    ],
    [
      "a naked position on no side",
      new errors.BracketAttachAfterFillRejectedError("x", { ...context, positionSide: "long" as never }),
      { kind: "unsafe", message: "x; the plugin does not say which position is naked" },
    ],
    [
      "a naked position with what nobody asked for",
      new errors.BracketAttachAfterFillRejectedError("x", { ...context, request: () => {} } as never),
      { kind: "bracket_refused", context },
    ],
    [
      "ids that are none",
      new errors.OrderDispositionUnknownError("x", "id", ["old", 7, null] as never),
      { kind: "unknown", predecessors: ["old"] },
    ],
    [
      "a code that cannot be read",
      Object.defineProperty(new Error("x"), "code", { get: unsayable }),
      { kind: "unknown", message: "x" },
    ],
    [
      "a record with a message",
      { status: 500, message: "\u001b[2Jgone" },
      { kind: "unknown", message: "\ufffd[2Jgone" },
    ],
    [
      "a lost answer",
      new errors.OrderDispositionUnknownError("x", "id", ["old"]),
      { kind: "unknown", predecessors: ["old"] },
    ],
    ["bad credentials", new errors.AuthenticationError("x"), { kind: "unsafe" }],
    ["a person is needed", new errors.ManualInterventionError("x"), { kind: "unsafe" }],
    ["a cancel by others", new errors.UnexpectedCancelError("x", "id"), { kind: "unsafe" }],
    ["a transport's own error", new TransientProviderError("x"), { kind: "unknown" }],
    ["a bug of the plugin", new TypeError("x is not a function"), { kind: "unknown" }],
    ["something that is no error", "x", { kind: "unknown" }],
  ])("%s", async (_, error, result) => {
    expect(await resultOf(place, (plugin) => plugin.fail(error))).toMatchObject(result);
  });

  test("an error of another copy of the contract is known by its code; others the plugin may translate", async () => {
    const foreign = Object.assign(new Error("no"), { code: "BROKER_REJECTED" });
    expect(await resultOf(place, (plugin) => plugin.fail(foreign))).toMatchObject({ kind: "rejected" });
    const translated = await resultOf(place, (plugin) => {
      plugin.mapped = () => new errors.ExchangeConnectionError("down");
      plugin.fail(new Error("ECONNREFUSED"));
    });
    expect(translated).toEqual({ kind: "not_sent", message: "down" });
    const broken = await resultOf(place, (plugin) => {
      plugin.mapped = () => {
        throw new Error("mapException is broken too");
      };
      plugin.fail(new Error("ECONNRESET"));
    });
    expect(broken).toEqual({ kind: "unknown", message: "ECONNRESET" });
  });

  test("without an answer after two minutes is unknown; what comes later is not looked at", async () => {
    const { executor, plugin, clock, facts, warnings } = setUp();
    executor.start(place);
    await settle();
    clock.advance(30_000);
    await settle();
    expect([facts, warnings]).toEqual([[], ["scripted takes longer than 30 s for entry L buy 1"]]);
    clock.advance(90_000);
    await settle();
    expect(facts).toMatchObject([{ kind: "written", effect: 7, result: { kind: "unknown" } }]);
    plugin.answer([orderOf()]);
    await settle();
    expect(facts).toHaveLength(1);
    expect(clock.sleeping).toBe(0);
  });

  test("a cancel says how it ended; one that cannot say is gone or not known to be", async () => {
    expect(await resultOf(cancel, (plugin) => plugin.answer("already_filled"))).toEqual({
      kind: "cancel",
      outcome: "already_filled",
    });
    expect(await resultOf(cancel, (plugin) => plugin.answer("gone"))).toMatchObject({ kind: "unsafe" });
  });

  test("idle waits for the answers", async () => {
    const { executor, plugin } = setUp();
    executor.start(place);
    let isIdle = false;
    void executor.idle().then(() => (isIdle = true));
    await settle();
    expect(isIdle).toBe(false);
    plugin.answer([]);
    await settle();
    expect(isIdle).toBe(true);
  });

  test("nothing is told of it after the run has ended", async () => {
    const { executor, facts, clock } = setUp();
    executor.start(place);
    await settle();
    executor.stop();
    await settle();
    expect([facts, clock.sleeping]).toEqual([[], 0]);
  });
});

describe("a read", () => {
  const read: Effect = { kind: "read_position", id: 9 };

  test.each([
    ["flat", null, { kind: "position", position: null }],
    ["nonsense", { side: "up" }, { kind: "failed" }],
  ])("%s", async (_, answer, result) => {
    expect(await resultOf(read, (plugin) => plugin.answer(answer))).toMatchObject(result);
  });

  test("that hangs fails in time, and the next one fails at once instead of piling up", async () => {
    const { executor, plugin, clock, facts } = setUp();
    executor.start(read);
    await settle();
    clock.advance(30_000);
    await settle();
    executor.start({ kind: "read_open_orders", id: 10 });
    await settle();
    expect(facts).toMatchObject([
      { effect: 9, result: { kind: "failed" } },
      { effect: 10, result: { kind: "failed" } },
    ]);
    expect(plugin.asked).toEqual(["position"]);
    plugin.answer(null);
    await settle();
    executor.start({ kind: "read_open_orders", id: 11 });
    expect(plugin.asked).toEqual(["position", "open orders"]);
  });
});

describe("the stream of order events", () => {
  const event = { order: orderOf(), timestamp: 1, eventType: "created", fee: 0, feeCurrency: "" };

  test("that ends is a fact, and is begun anew after waits that double", async () => {
    const { options, plugin, clock, facts } = setUp();
    const stream = new EventStream(options);
    stream.start();
    plugin.push(event as never);
    plugin.push(null);
    await settle();
    expect(facts.map((fact) => (fact.kind === "stream" ? fact.isAlive : fact.kind))).toEqual([
      true,
      "venue",
      false,
    ]);
    clock.advance(1000);
    plugin.push(new Error("boom"));
    await settle();
    expect(facts.at(-1)).toMatchObject({ kind: "stream", isAlive: false, reason: "boom" });
    clock.advance(1999);
    await settle();
    expect(facts.at(-1)).toMatchObject({ isAlive: false });
    clock.advance(1);
    await settle();
    expect(facts.at(-1)).toMatchObject({ isAlive: true });
    await stream.stop();
    expect(clock.sleeping).toBe(0);
  });

  test("an error that says going on is unsafe is told as one", async () => {
    const { options, plugin, facts } = setUp();
    const stream = new EventStream(options);
    stream.start();
    plugin.push(new errors.UnexpectedCancelError("somebody cancelled", "id"));
    await settle();
    expect(facts.at(-1)).toMatchObject({ kind: "stream", isAlive: false, isUnsafe: true });
    await stream.stop();
  });

  test("an event that is none may have been a fill: nothing new is opened", async () => {
    const { options, plugin, facts } = setUp();
    const stream = new EventStream(options);
    stream.start();
    plugin.push({ ...event, fillQty: -1 } as never);
    plugin.push(event as never);
    await settle();
    expect(facts.map(({ kind }) => kind)).toEqual(["stream", "quarantine", "venue"]);
    await stream.stop();
  });
});
