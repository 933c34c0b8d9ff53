/** The paper plugin as the engine meets it: its market waits for orders, its account outlives it. */
import { afterEach, describe, expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { PaperPlugin } from "../../../plugins/paper/index.ts";
import { ManualClock, settle } from "../fixtures.ts";
import { bar, cancel, close, entry, envelope, exit, listen, paper, signal, symbol } from "./venue.ts";

const folders: string[] = [];
const open = new Set<PaperPlugin>();
afterEach(async () => {
  for (const plugin of open) await plugin.disconnect();
  open.clear();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "paper-"));
  folders.push(made);
  return made;
}

async function connected(...args: Parameters<typeof paper>): Promise<PaperPlugin> {
  const plugin = paper(...args);
  open.add(plugin);
  await plugin.connect();
  return plugin;
}

const refusal = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "accepted",
    (error: { code?: string }) => error.code,
  );

describe("its market", () => {
  test("begins at the second bar, and ends with the file", async () => {
    const plugin = await connected("100 101 102");
    const history = await Array.fromAsync(plugin.download({ from: 0, to: Number.MAX_SAFE_INTEGER, signal }));
    expect(history.flat().map((one) => one.close)).toEqual([100]);
    expect([await bar(plugin), await bar(plugin), await bar(plugin)]).toEqual([101, 102, "end"]);
  });

  test("an order of a bar fills from the next one's open, its bracket from there on", async () => {
    const plugin = await connected("100 101 102/106/101/103 104");
    const stream = listen(plugin, ({ eventType, legType }) =>
      legType === "entry" && eventType === "filled"
        ? plugin.executeExit(envelope(exit("sell", 2, { tp: 105, sl: 90 })))
        : undefined,
    );
    await bar(plugin);
    await plugin.executeEntry(envelope(entry("buy", 2)));
    await bar(plugin);
    expect(stream.told).toEqual([
      "created L-1-e0",
      "filled buy 2 @102 L-1-e0 F1",
      "created X/L-1-t0",
      "created X/L-1-s0",
      "filled sell 2 @105 X/L-1-t0 F2",
      "cancelled X/L-1-s0",
    ]);
    expect(await plugin.getPosition(symbol)).toBeNull();
  });

  test("does not run ahead of an order that is on its way", async () => {
    const plugin = await connected("100 101 102 103");
    listen(plugin);
    await bar(plugin);
    // The runner asks for the next bar at once; the engine takes its time.
    const next = bar(plugin);
    await Promise.resolve();
    await plugin.executeEntry(envelope(entry("buy", 1)));
    await next;
    expect(await plugin.getPosition(symbol)).toMatchObject({ side: "long", size: 1, entryPrice: 102 });
  });

  test("waits for the word that all is settled, where it gets one", async () => {
    const plugin = await connected("100 101 102");
    let release = (): void => {};
    plugin.settled = () => new Promise((resolve) => (release = resolve));
    const first = bar(plugin);
    let isTold = false;
    void first.then(() => (isTold = true));
    await settle(10);
    expect(isTold).toBe(false);
    release();
    expect(await first).toBe(101);
  });

  test("forms its bars where that is asked for, and orders fill along", async () => {
    const plugin = await connected("100 101/104/100/103 103", { updates_per_bar: 4 });
    const told: string[] = [];
    for (let count = 0; count < 5; count++) {
      const update = await plugin.watchOhlcv(symbol, "1", signal);
      told.push(`${update.close}${update.isClosed ? " closed" : ""}`);
      if (count === 1) await plugin.executeEntry(envelope(entry("buy", 1)));
    }
    expect(told).toEqual(["101", "100", "104", "103", "103 closed"]);
    expect(await plugin.getPosition(symbol)).toMatchObject({ entryPrice: 100 });
  });

  test.each([0, 4])(
    "what fills at the first price of a bar has the time of that bar (%i updates)",
    async (updates) => {
      const plugin = await connected("100 101 102 103", { updates_per_bar: updates });
      const times: number[] = [];
      listen(plugin, ({ fillId, timestamp }) => void (fillId === undefined || times.push(timestamp)));
      const closed = async (): Promise<number> => {
        for (;;) {
          const { isClosed, openTimeMs } = await plugin.watchOhlcv(symbol, "1", signal);
          if (isClosed) return openTimeMs / 1000;
        }
      };
      await closed();
      await plugin.executeEntry(envelope(entry("buy", 1)));
      const openSeconds = await closed();
      expect(times).toEqual([openSeconds]);
    },
  );

  test("keeps a pace where it has one", async () => {
    const clock = new ManualClock(0);
    const plugin = await connected("100 101 102", { speed: "60" }, null, clock);
    expect(await bar(plugin)).toBe(101);
    const next = bar(plugin);
    let isTold = false;
    void next.then(() => (isTold = true));
    await settle(20);
    clock.advance(999);
    await settle(20);
    expect(isTold).toBe(false);
    clock.advance(1);
    expect(await next).toBe(102);
  });

  test("of another provider's feed it fills on what it is shown", async () => {
    const plugin = paper("100 101");
    open.add(plugin);
    const market = { symbol: "Y", symInfo: await plugin.getSymbolInfo(), timeframe: "1" };
    plugin.observeFrom(market);
    await plugin.connect();
    expect(plugin.accountId).toBe("paper-live-Y-1");
    const at = (open: number, high: number, low: number, last: number, isClosed = false) =>
      plugin.observeMarket({ openTimeMs: 0, open, high, low, close: last, volume: 1, isClosed });
    await at(100, 100, 100, 100);
    await plugin.executeEntry(envelope(entry("buy", 1, { limit: 98 })));
    await at(100, 100, 99, 99.5);
    expect(await plugin.getPosition("Y")).toBeNull();
    await at(100, 100, 97, 99, true);
    expect(await plugin.getPosition("Y")).toMatchObject({ size: 1, entryPrice: 98 });
    // A bar that is over says nothing new.
    await plugin.executeEntry(envelope(entry("buy", 1, { limit: 98 }), 2));
    await at(100, 100, 97, 99, true);
    expect(await plugin.getOpenOrders("Y")).toHaveLength(1);
  });
});

describe("its orders", () => {
  test("echo their ids, and the same id is the same order", async () => {
    const plugin = await connected("100 101 102");
    await bar(plugin);
    const [order] = await plugin.executeEntry(envelope(entry("buy", 1, { limit: 99 })));
    const [again] = await plugin.executeEntry(envelope(entry("buy", 1, { limit: 99 })));
    expect(again).toEqual(order!);
    expect(await plugin.getOpenOrders()).toEqual([order!]);
    expect(order).toMatchObject({ clientOrderId: "L-1-e0", orderType: "limit", status: "open", price: 99 });
  });

  test("an id whose order is over is spent; one that has filled answers with its order", async () => {
    const plugin = await connected("100 101 102");
    await bar(plugin);
    const limit = envelope(entry("buy", 1, { limit: 99 }));
    await plugin.executeEntry(limit);
    expect(await plugin.executeCancelWithOutcome(envelope(cancel("L")))).toBe("cancel_confirmed");
    expect(await refusal(plugin.executeEntry(limit))).toBe("BROKER_ID_SPENT");
    const filled = envelope(entry("buy", 1), 2);
    await plugin.executeEntry(filled);
    await bar(plugin);
    expect(await plugin.executeEntry(filled)).toMatchObject([{ status: "filled", filledQty: 1 }]);
    expect(await plugin.getPosition(symbol)).toMatchObject({ size: 1 });
  });

  test("are amended in place", async () => {
    const plugin = await connected("100 101 102/102/95/96");
    await bar(plugin);
    const first = envelope(entry("buy", 1, { limit: 90 }));
    const [before] = await plugin.executeEntry(first);
    const [after] = await plugin.modifyEntry(first, envelope(entry("buy", 3, { limit: 98 })));
    expect(after).toMatchObject({ id: before!.id, clientOrderId: before!.clientOrderId, qty: 3, price: 98 });
    await bar(plugin);
    expect(await plugin.getPosition(symbol)).toMatchObject({ size: 3, entryPrice: 98 });
    expect(await refusal(plugin.modifyEntry(first, envelope(entry("buy", 5, { limit: 90 }))))).toBe(
      "BROKER_REJECTED",
    );
  });

  test("a cancel says that nothing had filled only where nothing had", async () => {
    const plugin = await connected("100 101/104/98/102 103", { slices: 5 });
    listen(plugin);
    await bar(plugin);
    await plugin.executeEntry(envelope(entry("buy", 10)));
    await bar(plugin);
    const order = envelope(cancel("L"));
    expect(await plugin.executeCancelWithOutcome(order)).toBe("cancel_confirmed");
    expect(await plugin.executeCancelWithOutcome(order)).toBe("cancel_confirmed");
    expect(await plugin.findOrder("L-1-e0")).toMatchObject({ status: "cancelled", filledQty: 8 });
  });

  test("a bracket gains and loses legs", async () => {
    const plugin = await connected("100 101");
    await bar(plugin);
    const both = envelope(exit("sell", 1, { tp: 110, sl: 90 }));
    await plugin.executeExit(both);
    const stopOnly = envelope(exit("sell", 1, { sl: 95 }));
    expect(await plugin.modifyExit(both, stopOnly)).toMatchObject([{ stopPrice: 95 }]);
    expect(await plugin.getOpenOrders()).toMatchObject([{ clientOrderId: "X/L-1-s0", stopPrice: 95 }]);
    // The leg that went is over: only another attempt can bring it back.
    expect(await refusal(plugin.modifyExit(stopOnly, both))).toBe("BROKER_ID_SPENT");
    expect(await plugin.executeCancelWithOutcome(envelope(cancel("X", "L")))).toBe("cancel_confirmed");
    expect(await plugin.executeCancelWithOutcome(envelope(cancel("X", "L")))).toBe("too_late_to_cancel");
  });

  test("are refused with a class of error for each reason", async () => {
    const plugin = await connected("100 101", { balance: 1000, max_size: 5, min_size: 2 });
    await bar(plugin);
    const order = (qty: number): Promise<unknown> =>
      refusal(plugin.executeEntry(envelope(entry("buy", qty), qty)));
    expect(await order(1)).toBe("BROKER_SKIPPED");
    expect(await order(6)).toBe("BROKER_SKIPPED");
    expect(await order(5)).toBe("accepted");
    expect(await refusal(plugin.executeClose(envelope(close("sell", 2))))).toBe("BROKER_REJECTED");
    const poor = await connected("100 101", { balance: 300, account: "poor" });
    await bar(poor);
    expect(await refusal(poor.executeEntry(envelope(entry("buy", 4))))).toBe("BROKER_INSUFFICIENT_MARGIN");
    await poor.disconnect();
    expect(await refusal(poor.executeEntry(envelope(entry("buy", 1))))).toBe("BROKER_CONNECTION");
  });

  test("the refused bracket of an open position names it", async () => {
    const plugin = await connected("100 101 102", { reject_chance: 0.5, seed: 9 });
    await bar(plugin);
    let attempt = 0;
    while ((await refusal(plugin.executeEntry(envelope(entry("buy", 2), 1, attempt)))) !== "accepted")
      attempt++;
    await bar(plugin);
    const refused = async (): Promise<unknown> => {
      for (let retry = 0; ; retry++) {
        const error: unknown = await plugin.executeExit(envelope(exit("sell", 2, { sl: 90 }), 2, retry)).then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        if (error !== undefined) return error;
      }
    };
    expect(await refused()).toMatchObject({
      code: "BROKER_BRACKET_REJECTED",
      context: { positionClientOrderId: `L-1-e${attempt}`, positionSide: "buy", qty: 2, fromEntry: "L" },
    });
  });
});

describe("its account", () => {
  const bars = "100 101 102/106/99/103 104/108/98/104 105";

  /** Trades the file, the process killed after so many looks at the market; what is left of the plugin is dropped. */
  async function trade(path: string | null, kills: readonly number[]): Promise<string[]> {
    const told: string[] = [];
    let looks = 0;
    for (const [life, stopAfter] of [...kills, Infinity].entries()) {
      // A file that another connection still has is copied, as it lies on the disk when a process dies.
      const plugin = await connected(bars, {}, path === null ? null : join(path, String(life)));
      const stream = listen(plugin, async ({ legType, eventType }) => {
        if (legType === "entry" && eventType === "filled")
          await plugin.executeExit(envelope(exit("sell", 1, { tp: 105, sl: 90 })));
      });
      for (let close_: number | "end" = 0; close_ !== "end" && looks < stopAfter; looks++) {
        close_ = await bar(plugin);
        if (close_ === 101) await plugin.executeEntry(envelope(entry("buy", 1)));
        if (close_ === 103) await plugin.executeEntry(envelope(entry("sell", 2, { limit: 107 }, "S"), 2));
      }
      told.push(...(await stream.stop()));
      if (path !== null && stopAfter !== Infinity)
        snapshot(join(path, String(life)), join(path, String(life + 1)));
      if (stopAfter === Infinity) await plugin.disconnect();
    }
    return told;
  }

  /** What a process that dies now leaves behind. */
  function snapshot(from: string, to: string): void {
    Bun.spawnSync(["cp", "-r", from, to]);
  }

  test("goes on where it was after a kill: the same fills, each told at least once", async () => {
    const whole = await trade(null, []);
    const fills = (told: readonly string[]): string[] => [
      ...new Set(told.filter((line) => line.includes("@"))),
    ];
    for (const kills of [[1], [2], [3], [1, 2, 3], [2, 2, 2]]) {
      expect(fills(await trade(folder(), kills))).toEqual(fills(whole));
    }
    expect(fills(whole)).toEqual([
      "filled buy 1 @102 L-1-e0 F1",
      "filled sell 1 @105 X/L-1-t0 F2",
      "filled sell 2 @107 S-2-e0 F3",
    ]);
  });

  test("a bar whose orders may not have come through is told again; one that was worked off is history", async () => {
    const path = folder();
    const plugin = await connected(bars, {}, join(path, "a"));
    expect(await bar(plugin)).toBe(101);
    await plugin.executeEntry(envelope(entry("buy", 1, { limit: 1 })));
    snapshot(join(path, "a"), join(path, "b"));
    expect(await bar(await connected(bars, {}, join(path, "b")))).toBe(101);
    expect(await bar(plugin)).toBe(103);
    snapshot(join(path, "a"), join(path, "c"));
    const later = await connected(bars, {}, join(path, "c"));
    const history = await Array.fromAsync(later.download({ from: 0, to: Number.MAX_SAFE_INTEGER, signal }));
    expect(history.flat().map((one) => one.close)).toEqual([100, 101]);
    expect(await bar(later)).toBe(103);
  });

  test("events that nobody has read are told after a restart", async () => {
    const path = folder();
    const plugin = await connected(bars, {}, path);
    await bar(plugin);
    await plugin.executeEntry(envelope(entry("buy", 1)));
    await bar(plugin);
    await plugin.disconnect();
    const next = await connected(bars, {}, path);
    const stream = listen(next);
    await settle();
    expect(await stream.stop()).toEqual(["created L-1-e0", "filled buy 1 @102 L-1-e0 F1"]);
    expect(await next.getPosition(symbol)).toMatchObject({ size: 1, entryPrice: 102 });
  });

  test.each([
    ["another file", "100 101 102 103 104", {}, "was begun on other bars"],
    ["a shorter file", "100 101", {}, "was begun on other bars"],
    ["other rules", bars, { taker_fee: 0.1 }, "taker_fee was 0, is 0.1"],
  ])("%s is refused, with a way out", async (_name, other, config, message) => {
    const path = folder();
    const before = await connected(bars, {}, path);
    await bar(before);
    await before.executeEntry(envelope(entry("buy", 1, { limit: 1 })));
    await before.disconnect();
    const refused = await connected(other, config, path).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: "PROVIDER",
      message: expect.stringContaining(message),
      hint: expect.stringContaining("PYNE_CONFIG_PAPER_FRESH=true"),
    });
  });

  test("a file that has grown is the same market", async () => {
    const path = folder();
    const plugin = await connected("100 101", {}, path);
    expect(await bar(plugin)).toBe(101);
    await plugin.executeEntry(envelope(entry("buy", 1, { limit: 1 })));
    expect(await bar(plugin)).toBe("end");
    await plugin.disconnect();
    const grown = await connected("100 101 102", {}, path);
    expect([await bar(grown), await bar(grown)]).toEqual([102, "end"]);
  });

  test("begun anew it has another name, and nothing of before", async () => {
    const path = folder();
    const plugin = await connected(bars, {}, path);
    expect(plugin.accountId).toBe("paper-X-1-1");
    await bar(plugin);
    await plugin.executeEntry(envelope(entry("buy", 1)));
    await bar(plugin);
    await plugin.disconnect();
    const fresh = await connected(bars, { fresh: true, taker_fee: 1 }, path);
    expect(fresh.accountId).toBe("paper-X-1-1.2");
    expect(await fresh.getPosition(symbol)).toBeNull();
    // A connection that is made again is no new start, with an order or without.
    await fresh.connect();
    expect(fresh.accountId).toBe("paper-X-1-1.2");
    expect(await bar(fresh)).toBe(101);
    await fresh.executeEntry(envelope(entry("buy", 1, { limit: 1 })));
    await fresh.connect();
    expect([fresh.accountId, await bar(fresh)]).toEqual(["paper-X-1-1.2", 101]);
  });

  test("nothing is kept of a run that orders nothing", async () => {
    const path = folder();
    const plugin = await connected(bars, {}, path);
    for (let last: number | "end" = 0; last !== "end";) last = await bar(plugin);
    await plugin.disconnect();
    const next = await connected(bars, { taker_fee: 1 }, path);
    expect([next.accountId, await bar(next)]).toEqual(["paper-X-1-1", 101]);
  });

  test("serves one process at a time", async () => {
    const path = folder();
    await connected(bars, {}, path);
    const second = await connected(bars, {}, path).catch((error: unknown) => error);
    expect(second).toMatchObject({ code: "PROVIDER", hint: expect.stringContaining("account") });
  });

  test("is its owner's alone", async () => {
    const path = folder();
    await connected(bars, {}, path);
    expect(statSync(join(path, "paper-X-1-1.sqlite")).mode & 0o777).toBe(0o600);
  });

  test("a damaged file is left alone and named", async () => {
    const path = folder();
    await Bun.write(
      join(path, "paper-X-1-1.sqlite"),
      "this is no database, but long enough to look like one",
    );
    const refused = await connected(bars, {}, path).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: "BROKER_MANUAL_INTERVENTION",
      message: expect.stringContaining("paper-X-1-1.sqlite"),
    });
  });

  test("a file that cannot be reached is not to be moved away", async () => {
    const place = folder();
    writeFileSync(join(place, "logs"), "a file where the folder would be");
    const refused = await connected(bars, {}, join(place, "logs")).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      hint: "the file and its folder must be yours to write, with room on the disk",
    });
  });

  test("every execution is in its books before anybody hears of it", async () => {
    const [path, copy] = [folder(), join(folder(), "copy")];
    const plugin = await connected(bars, {}, path);
    await bar(plugin);
    const seen: number[] = [];
    listen(plugin, ({ fillId }) => {
      if (fillId === undefined) return;
      snapshot(path, copy);
      const books = new Database(join(copy, "paper-X-1-1.sqlite"));
      seen.push(books.query("SELECT * FROM fills").all().length);
      books.close();
    });
    await plugin.executeEntry(envelope(entry("buy", 1)));
    await bar(plugin);
    expect(seen).toEqual([1]);
  });
});
