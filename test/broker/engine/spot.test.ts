/** Spot accounts: whose the balance is, and what is done when that cannot be said. */
import { describe, expect, test } from "bun:test";

import type { SpotExecution } from "../../../src/api/broker/position.ts";
import { price, quantity, timestampSeconds } from "../../../src/kernel/units.ts";
import { effectText, Play } from "./notation.ts";

const rules = {
  isSpot: true,
  spot: { baseTolerance: 0.0001, settlementGraceMs: 5_000, positionDustThreshold: 0.01 },
  capabilities: { shortSelling: "unsupported" },
} as const;

/** A run on an account, ready but for its balance. */
function account(changes: Partial<ConstructorParameters<typeof Play>[0]> = {}): Play {
  const play = new Play({ ...rules, ...changes });
  play.give({ kind: "started", nowMs: play.now(), openOrders: [], position: null });
  play.give({ kind: "stream", nowMs: play.now(), isAlive: true });
  return play;
}

interface Page {
  readonly executions?: readonly SpotExecution[];
  readonly nextCursor?: string | null;
  readonly hasMore?: boolean;
  readonly conclusive?: boolean;
  readonly minSellable?: number;
}

/** The account answers the read that is out. */
function holds(play: Play, balance: number, page: Page = {}): string[] {
  const { executions = [], nextCursor = null, hasMore = false, conclusive = true, minSellable } = page;
  return play
    .give({
      kind: "read",
      nowMs: play.now(),
      effect: play.pending("read spot").id,
      result: {
        kind: "spot",
        balance,
        page: { executions, nextCursor, hasMore, conclusive },
        ...(minSellable === undefined ? {} : { minSellable }),
      },
    })
    .effects.map(effectText);
}

/** The regular reads come due, and the position's is answered first. */
function look(play: Play): void {
  for (let tries = 0; tries < 8; tries++) {
    if ([...play.state.outbox.values()].some(({ kind }) => kind === "read_spot")) return;
    for (const effect of play.state.outbox.values())
      if (effect.kind === "read_position")
        play.give({
          kind: "read",
          nowMs: play.now(),
          effect: effect.id,
          result: { kind: "position", position: null },
        });
    play.wait(10_000);
  }
}

function execution(play: Play, name: string, qty: number, executionId: string): SpotExecution {
  const order = play.order(name);
  return {
    executionId,
    clientOrderId: order.clientOrderId,
    exchangeOrderId: "v1",
    side: order.side,
    qty: quantity(qty),
    price: price(100),
    fee: 0,
    feeCurrency: "USDT",
    timestamp: timestampSeconds(play.now() / 1000),
  };
}

const codes = (play: Play): string[] =>
  play.notices.flatMap((notice) => (notice.kind === "event" ? [notice.code] : []));

/** Long two, beside ten that are somebody else's. */
function invested(): Play {
  const play = account();
  holds(play, 10);
  play.bar("entry L buy 2");
  play.accept("place entry L");
  play.fill("L entry", 2);
  return play;
}

describe("a spot account", () => {
  test("is measured before anything is opened", () => {
    const play = account();
    expect(play.bar("entry L buy 2")).toEqual([]);
    expect(holds(play, 10)).toEqual(["place entry L buy 2 @0"]);
    expect(play.state.spot).toMatchObject({ baseline: 10, epoch: 1 });
  });

  test("agrees when the balance is what was there and what was bought", () => {
    const play = invested();
    look(play);
    holds(play, 12);
    expect(play.state.latches.quarantine).toBeNull();
    expect(play.state.spot?.conflictSinceMs).toBeNaN();
  });

  test("may lag for as long as settling takes", () => {
    const play = invested();
    look(play);
    holds(play, 10);
    expect(play.state.spot?.conflictSinceMs).not.toBeNaN();
    look(play);
    holds(play, 12);
    expect(play.state.spot?.conflictSinceMs).toBeNaN();
    expect(codes(play)).not.toContain("quarantine_entered");
  });

  test.each([
    [11, "quarantine", "quarantine_entered"],
    [11, "halt", "halted"],
  ] as const)("that holds %d in the end is a conflict, and the policy is to %s", (balance, policy, code) => {
    const play = account({ onInventoryConflict: policy });
    holds(play, 10);
    play.bar("entry L buy 2");
    play.accept("place entry L");
    play.fill("L entry", 2);
    for (let reads = 0; reads < 3 && play.state.spot?.isBroken === false; reads++) {
      look(play);
      holds(play, balance);
    }
    expect(play.state.spot?.isBroken).toBe(true);
    expect(codes(play)).toContain(code);
  });

  test("that holds more in the end has been paid in: it is somebody else's after two minutes", () => {
    const play = invested();
    for (let reads = 0; reads < 6; reads++) {
      look(play);
      holds(play, 13);
    }
    expect(play.state.book.size).toBe(2);
    expect(play.state.spot).toMatchObject({ baseline: 11, isBroken: false, epoch: 2 });
    expect(codes(play)).toContain("coins_came");
    expect(codes(play)).not.toContain("quarantine_entered");
  });

  test("that holds less sells no more of its position than is not missing", () => {
    const play = invested();
    for (let reads = 0; reads < 3; reads++) {
      look(play);
      holds(play, 11.5);
    }
    expect(play.state.spot).toMatchObject({ isBroken: true, missing: 0.5 });
    expect(play.bar("exit X<L sell 2 tp 120 sl 80")).toEqual([expect.stringContaining("sell 1.5")]);
  });

  test("that holds less than the books say from the start is a conflict", () => {
    const play = invested();
    play.state = { ...play.state, spot: { ...play.state.spot!, baseline: Number.NaN } };
    for (let reads = 0; reads < 3; reads++) {
      look(play);
      holds(play, 1);
    }
    expect(codes(play)).toContain("quarantine_entered");
  });

  test("tells executions that the stream has not, once", () => {
    const play = account();
    holds(play, 10);
    play.bar("entry L buy 2");
    play.accept("place entry L");
    look(play);
    const missed = execution(play, "L entry", 2, "e7");
    holds(play, 12, { executions: [missed], nextCursor: "7" });
    expect(play.state.book.size).toBe(2);
    expect(play.state.spot?.cursor).toBe("7");
    play.fill("L entry", 2, 100, "e7");
    look(play);
    holds(play, 12, { executions: [missed], nextCursor: "7" });
    expect(play.state.book.size).toBe(2);
    expect(codes(play).filter((code) => code === "fill_recovered")).toHaveLength(1);
  });

  test("keeps the fills of a page that is not conclusive, and not its cursor; the balance is the last page's", () => {
    const play = account();
    holds(play, 10);
    play.bar("entry L buy 2");
    play.accept("place entry L");
    look(play);
    const first = execution(play, "L entry", 1, "e1");
    holds(play, 99, { executions: [first], nextCursor: "1", conclusive: false, hasMore: true });
    expect(play.state.spot?.cursor).toBeNull();
    expect(play.state.spot?.conflictSinceMs).toBeNaN();
    expect(play.state.book.size).toBe(1);
    look(play);
    holds(play, 11, { executions: [first], nextCursor: "1" });
    expect(play.state.spot?.cursor).toBe("1");
  });

  test("has dust that nobody can sell: it becomes somebody else's", () => {
    const play = invested();
    play.bar("close L sell 1.995");
    play.accept("place close L");
    play.fill("L close", 1.995);
    expect(play.state.book.size).toBe(0.005);
    look(play);
    holds(play, 10.005);
    expect(play.state.book.size).toBe(0);
    expect(play.state.spot).toMatchObject({ baseline: 10.005, epoch: 2 });
    expect(play.notices.some(({ kind }) => kind === "flattened_outside")).toBe(true);
  });

  test("what can be sold stays a position, what cannot does not", () => {
    const play = invested();
    look(play);
    holds(play, 12, { minSellable: 1.5 });
    expect(play.state.book.size).toBe(2);
    look(play);
    holds(play, 12, { minSellable: 3 });
    expect(play.state.book.size).toBe(0);
  });

  test.each([
    [11.5, 1.5, 10],
    [10, 0, 10],
    [9, 0, 9],
  ])("that still holds %d after two minutes has a position of %d beside %d", (balance, size, baseline) => {
    const play = invested();
    for (let reads = 0; reads < 30 && play.state.spot?.epoch === 1; reads++) {
      look(play);
      holds(play, balance);
    }
    expect(play.state.book.size).toBe(size);
    expect(play.state.spot).toMatchObject({ isBroken: false, baseline });
    expect(play.state.spot?.missing).toBeUndefined();
    expect(play.state.latches.quarantine).not.toBeNull();
  });

  test("that agrees again keeps its position, in the next process as in this one", () => {
    const play = invested();
    play.state = { ...play.state, spot: { ...play.state.spot!, isBroken: true, missing: 1, cursor: "9" } };
    play.give({ kind: "started", nowMs: play.now(), openOrders: [], position: null });
    play.give({ kind: "stream", nowMs: play.now(), isAlive: true });
    expect(play.bar("entry M buy 1")).not.toContain("place entry M buy 1 @0");
    look(play);
    holds(play, 12, { nextCursor: "9" });
    expect(play.state.book.size).toBe(2);
    expect(play.state.spot).toMatchObject({ isBroken: false, baseline: 10, epoch: 1, cursor: "9" });
    expect(play.state.spot?.missing).toBeUndefined();
  });

  test("fees in coin make what was bought less", () => {
    const play = account();
    holds(play, 10);
    play.bar("entry L buy 2");
    play.accept("place entry L");
    play.event("L entry", {
      eventType: "filled",
      order: { ...play.steps.at(-1)!.state.orders.values().next().value!, status: "filled" } as never,
      fillQty: 2,
      fillPrice: price(100),
      fillId: "f",
      fee: 0.002,
      feeCurrency: "BTC",
    });
    expect(play.state.book.size).toBe(1.998);
    look(play);
    holds(play, 11.998);
    expect(play.state.spot?.conflictSinceMs).toBeNaN();
  });
});
