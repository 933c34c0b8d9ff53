/** The engine at work: what is committed before what, what waits, and what ends a run. */
import { describe, expect, test } from "bun:test";

import type { EntryIntent } from "../../src/api/broker/intents.ts";
import type { OrderEvent } from "../../src/api/broker/orders.ts";
import type { SpotExecution } from "../../src/api/broker/position.ts";
import { type ActorBooks, BrokerActor, type OperatorCommand } from "../../src/broker/actor.ts";
import { intentKey, type Wanted } from "../../src/broker/engine/desired.ts";
import type { Notice } from "../../src/broker/engine/effects.ts";
import { initialState } from "../../src/broker/engine/initial.ts";
import { noExits } from "../../src/broker/engine/kept-exits.ts";
import type { OrderLine } from "../../src/broker/order-lines.ts";
import { StoreBusyError } from "../../src/broker/store/errors.ts";
import type { Commit } from "../../src/broker/store/commit.ts";
import { silentLogger } from "../../src/kernel/log.ts";
import { ManualClock, settle } from "../plugins/fixtures.ts";
import { rulesOf } from "./engine/notation.ts";
import { orderOf, ScriptedPlugin } from "./scripted-plugin.ts";

const barTimeMs = 1_700_000_000_000;
const buy = (pineId: string): Wanted => {
  const intent = {
    ...{ kind: "entry", pineId, symbol: "BTCUSDT", side: "buy", qty: 1, orderType: "market" },
    ...{ isStrategyOrder: false, stopFiredMarket: false, skipFlip: false },
  } as EntryIntent;
  return { key: intentKey(intent), generation: 1, intent };
};

class Books implements ActorBooks {
  readonly commits: Commit[] = [];
  readonly fills = new Set<string>();
  commands: OperatorCommand[] = [];
  readonly finished: string[] = [];
  heartbeats = 0;
  failure: Error | undefined;
  /** Called inside a commit. */
  onCommit = (): void => {};

  commit(change: Commit): void {
    this.onCommit();
    if (this.failure !== undefined) throw this.failure;
    this.commits.push(change);
    for (const { fillId } of change.fills) this.fills.add(fillId);
  }
  hasFill = (fillId: string): boolean => this.fills.has(fillId);
  takeCommands = (): readonly OperatorCommand[] => this.commands.splice(0);
  others = 0;
  isShared = (): boolean => this.others > 0;
  finishCommand = (id: number, result: string): void => void this.finished.push(`${id} ${result}`);
  /** Why nothing more may be opened. */
  lost: string | undefined;
  heartbeat = (): string | undefined => (this.heartbeats++, this.lost);
}

function setUp(recovered = true, rules: Parameters<typeof rulesOf>[0] = {}) {
  const [plugin, clock, books] = [new ScriptedPlugin(), new ManualClock(barTimeMs), new Books()];
  const [notices, lines, failures]: [Notice[], OrderLine[], unknown[]] = [[], [], []];
  const actor: BrokerActor = new BrokerActor({
    ...{ plugin, books, clock, log: silentLogger },
    state: initialState(rulesOf(rules)),
    onNotice: (notice) => void notices.push(notice),
    afterStep: () => {},
    onLine: (line) => void lines.push(line),
    onFailure: (error) => void failures.push(error),
  });
  actor.start();
  const started = { kind: "started", nowMs: barTimeMs, openOrders: [], position: null } as const;
  if (recovered) actor.recovered(started);
  const evaluate = (...wanted: Wanted[]): void =>
    actor.evaluated({ barTimeMs, price: 100, isClosed: true, isInherited: false, wanted, exits: noExits });
  return { plugin, clock, books, notices, lines, failures, actor, evaluate, started };
}

const fill = (clientOrderId: string, fillId = "f1"): OrderEvent =>
  ({
    order: orderOf({
      clientOrderId,
      status: "filled",
      filledQty: 1,
      remainingQty: 0,
      symbol: "BTCUSDT",
    } as never),
    timestamp: barTimeMs / 1000,
    eventType: "filled",
    fillPrice: 100,
    fillQty: 1,
    fillId,
    fee: 0,
    feeCurrency: "USDT",
    fromDisappearanceTracker: false,
  }) as OrderEvent;

describe("the history of a spot account", () => {
  test("tells only what no run of the account has booked", async () => {
    const spot = { baseTolerance: 0, settlementGraceMs: 0, positionDustThreshold: 0 };
    const { plugin, books, clock, notices, actor, evaluate, started } = setUp(false, { isSpot: true, spot });
    const executions: SpotExecution[] = [];
    plugin.spotInventoryPort = {
      ...{ productId: "BTC-USDT", baseAsset: "BTC", quoteAsset: "USDT", cursorScope: "product" as const },
      ...{ baseTolerance: 0, settlementGraceS: 0, positionDustThreshold: 0 },
      fetchExecutions: () =>
        Promise.resolve({ executions, nextCursor: null, hasMore: false, conclusive: true }),
      fetchBaseBalance: () => Promise.resolve(10),
      minSellableBase: () => Promise.resolve(null),
    };
    actor.recovered(started);
    await settle();
    evaluate(buy("L"));
    const { envelope } = plugin.calls.find(({ what }) => what === "entry")!;
    const clientOrderId = envelope!.clientOrderId("e");
    books.fills.add("old");
    for (const executionId of ["old", "new"])
      executions.push({
        ...{ executionId, clientOrderId, exchangeOrderId: "v1", side: "buy", fee: 0, feeCurrency: "USDT" },
        ...{ qty: 0.5, price: 100, timestamp: barTimeMs / 1000 },
      } as SpotExecution);
    for (let wait = 0; wait < 20; wait++) {
      await clock.advance(5_000);
      await settle();
      for (const call of plugin.calls) if (call.what === "position") call.answer(null);
    }
    expect(notices.flatMap((notice) => (notice.kind === "fill" ? [notice.fill.fillId] : []))).toEqual([
      "new",
    ]);
  });
});

describe("an order", () => {
  test("is durable before the plugin is entered, and the plugin has been entered when the script goes on", async () => {
    const { plugin, books, evaluate } = setUp();
    await settle();
    const before: number[] = [];
    books.onCommit = () => void before.push(plugin.asked.length);
    evaluate(buy("L"));
    expect(before).toEqual([0]);
    expect(plugin.asked).toEqual(["entry"]);
    expect(books.commits.at(-1)).toMatchObject({ durable: true, fact: { kind: "evaluated" } });
  });

  test("waits for books that are busy, and what happens meanwhile comes after it; after a minute the run ends", async () => {
    const { plugin, clock, books, evaluate, failures, actor } = setUp();
    await settle();
    const entries = () => plugin.asked.filter((what) => what === "entry");
    const busy = new StoreBusyError("the books are busy");
    books.failure = busy;
    evaluate(buy("L"));
    actor.tick(101);
    for (let second = 0; second < 30; second++) await clock.advance(1_000);
    expect([entries(), actor.isWaiting, failures]).toEqual([[], true, []]);
    books.failure = undefined;
    await clock.advance(1_000);
    expect([entries(), actor.isWaiting, failures]).toEqual([["entry"], false, []]);
    expect(actor.state.price).toBe(101);

    books.failure = busy;
    evaluate(buy("L"), buy("M"));
    for (let second = 0; second < 70; second++) await clock.advance(1_000);
    expect([entries(), failures]).toEqual([["entry"], [busy]]);
  });

  test("that cannot be committed is not sent, and nothing follows", async () => {
    const { plugin, books, evaluate, failures, actor } = setUp();
    await settle();
    books.failure = new Error("disk full");
    evaluate(buy("L"));
    expect([plugin.asked, failures]).toEqual([[], [books.failure]]);
    books.failure = undefined;
    evaluate(buy("L"));
    actor.tick(101);
    expect(plugin.asked).toEqual([]);
  });

  test("that fills before its answer is booked once, and told once", async () => {
    const { plugin, books, evaluate, notices } = setUp();
    evaluate(buy("L"));
    await settle();
    const id = plugin.calls[0]!.envelope!.clientOrderId("e");
    plugin.push(fill(id));
    plugin.push(fill(id));
    await settle();
    plugin.answer([orderOf({ clientOrderId: id, status: "filled", filledQty: 1, remainingQty: 0 } as never)]);
    await settle();
    expect(notices.filter(({ kind }) => kind === "fill")).toHaveLength(1);
    expect(books.commits.flatMap(({ fills }) => fills)).toHaveLength(1);
    expect(books.commits.find(({ fills }) => fills.length > 0)).toMatchObject({ durable: true });
  });

  test("of another run of the account is nobody's business here", async () => {
    const { plugin, books, notices } = setUp();
    books.fills.add("theirs");
    plugin.push(fill("someone-elses-order", "theirs"));
    await settle();
    expect(books.commits.filter(({ fact }) => fact.kind === "venue")).toEqual([]);
    expect(notices).toEqual([]);
  });

  test("has a line when it is sent and a line for its answer", async () => {
    const { plugin, evaluate, lines } = setUp();
    evaluate(buy("L"));
    await settle();
    const id = plugin.calls[0]!.envelope!.clientOrderId("e");
    plugin.answer([orderOf({ clientOrderId: id })]);
    await settle();
    expect(lines.map(({ tag, text }) => `${tag} ${text}`)).toEqual([
      "SEND entry L buy 1",
      `ACK entry L buy 1: open ${id} v1`,
    ]);
  });
});

test("what the venue says before it was asked how it stands waits, and comes after", async () => {
  const { plugin, books, actor, started } = setUp(false);
  plugin.push(fill("0abc-nothing"));
  await settle();
  expect(books.commits).toEqual([]);
  actor.recovered(started);
  expect(books.commits.map(({ fact }) => fact.kind)).toEqual(["started", "stream", "venue"]);
});

test("prices and times that change nothing leave no row", async () => {
  const { books, actor, clock } = setUp();
  await settle();
  const { length } = books.commits;
  for (let price = 100; price < 120; price++) actor.tick(price);
  clock.advance(5000);
  await settle();
  expect(books.commits).toHaveLength(length);
});

test("an operator's command is taken within a quarter of a second, and has its answer", async () => {
  const { books, actor, clock } = setUp();
  await settle();
  books.commands = [{ id: 4, command: "pause" }];
  clock.advance(250);
  await settle();
  expect([actor.state.latches.paused, books.finished]).toEqual([
    true,
    ["4 paused, nothing new is opened until it is resumed"],
  ]);
});

test("who else trades on the account is known before the script's wishes are looked at", async () => {
  const { books, actor, evaluate } = setUp();
  await settle();
  expect(actor.state.view.isShared).toBe(false);
  books.others = 1;
  evaluate(buy("L"));
  expect(books.commits.map(({ fact }) => fact.kind).slice(-2)).toEqual(["account", "evaluated"]);
  expect(actor.state.view.isShared).toBe(true);
  books.others = 0;
  evaluate();
  expect(actor.state.view.isShared).toBe(false);
});

test("who else trades on the account is part of the first fact, and none comes before it", async () => {
  const { books, actor, started } = setUp(false);
  books.others = 1;
  actor.recovered(started);
  await settle();
  expect(books.commits.map(({ fact }) => fact.kind)[0]).toBe("started");
  expect(actor.state.view.isShared).toBe(true);
});

test("the run says every minute that it is alive", async () => {
  const { books, clock } = setUp();
  for (let second = 0; second < 125; second++) {
    await settle(1);
    clock.advance(1000);
  }
  await settle();
  expect(books.heartbeats).toBe(2);
});

test("a run that has lost its coin opens nothing more", async () => {
  const { actor, books, clock } = setUp();
  await settle();
  books.lost = "the coin was taken";
  clock.advance(60_000);
  await settle();
  expect(actor.state.latches.quarantine?.reason).toBe("the coin was taken");
});

test("a stream that dies stops new exposure", async () => {
  const { plugin, actor, evaluate } = setUp();
  plugin.push(new Error("gone"));
  await settle();
  expect(actor.state.latches.quarantine).not.toBeNull();
  evaluate(buy("L"));
  expect(plugin.asked).not.toContain("entry");
});

test("a stream that says going on is unsafe halts", async () => {
  const { plugin, actor, notices } = setUp();
  plugin.push(Object.assign(new Error("somebody cancelled"), { code: "BROKER_UNEXPECTED_CANCEL" }));
  await settle();
  expect(actor.state.latches.halt).not.toBeNull();
  expect(notices).toContainEqual(expect.objectContaining({ kind: "stop", isHalt: true }));
});

describe("the end", () => {
  test("waits for the answers that are due, and takes no more wishes", async () => {
    const { plugin, actor, evaluate, books, clock } = setUp();
    evaluate(buy("L"));
    await settle();
    let hasEnded = false;
    void actor.stop(10_000).then(() => (hasEnded = true));
    await settle();
    evaluate(buy("M"));
    expect([hasEnded, plugin.asked.filter((what) => what === "entry")]).toEqual([false, ["entry"]]);
    plugin.calls.find(({ what }) => what === "entry")!.answer([orderOf()]);
    await settle();
    expect(hasEnded).toBe(true);
    expect(books.commits.at(-1)).toMatchObject({ fact: { kind: "written" } });
    expect(clock.sleeping).toBe(0);
  });

  test("does not wait for ever", async () => {
    const { actor, evaluate, clock, books } = setUp();
    evaluate(buy("L"));
    await settle();
    const ended = actor.stop(10_000);
    await settle();
    clock.advance(10_000);
    await settle();
    await ended;
    expect(books.commits.some(({ fact }) => fact.kind === "written")).toBe(false);
  });
});
