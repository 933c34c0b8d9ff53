/** What a strategy wants at the venue, and what its book says after the venue's fills. */
import { describe, expect, test } from "bun:test";

import type { EntryIntent } from "../../../src/api/broker/intents.ts";
import type { ExitState } from "../../../src/broker/desk/history.ts";
import type { KeptExits } from "../../../src/broker/engine/kept-exits.ts";
import { AtVenue, fillOf, startMs } from "./harness.ts";
import { type Actions, minute } from "../../runtime/strategy/harness.ts";

const over = (key: string, generation: number, end: string) =>
  ({ kind: "order_over", key: key.replaceAll("|", "\0"), generation, end }) as const;

describe("what is wanted", () => {
  test("an entry until it has filled, then nothing of it", () => {
    const at = new AtVenue((s) => ({ 1: () => s.entry("L", "long", { qty: 2 }) }));
    expect(at.bars("100")).toEqual(["e|L#1 buy 2"]);
    expect(at.bars("100")).toEqual(["e|L#1 buy 2"]);
    expect(at.fill("L buy 2@100.5")).toEqual([]);
    expect(at.trades).toEqual(["L +2 100.5@3 open"]);
  });

  test("no price fills anything", () => {
    const at = new AtVenue((s) => ({ 1: () => s.entry("L", "long", { qty: 1, limit: 95 }) }));
    expect(at.bars("100 95/100/90/95 80")).toEqual(["e|L#1 buy 1 limit 95"]);
    expect(at.trades).toEqual([]);
  });

  test("an order that is placed again while it works keeps its number; one after the last is over is new", () => {
    const at = new AtVenue(
      (s) => void (s.barIndex > 0 && s.entry("L", "long", { qty: 1, limit: 90 + s.barIndex })),
    );
    expect(at.bars("100")).toEqual(["e|L#1 buy 1 limit 91"]);
    expect(at.bars("100")).toEqual(["e|L#1 buy 1 limit 92"]);
    at.take(over("e|L", 1, "cancelled"));
    expect(at.bars("100")).toEqual(["e|L#2 buy 1 limit 93"]);
    at.take(over("e|L", 1, "cancelled"));
    expect(at.bars("100")).toEqual(["e|L#2 buy 1 limit 94"]);
  });

  test("an order that is placed the other way is a new one, whatever the last has filled", () => {
    const at = new AtVenue((s) => ({
      1: () => s.entry("L", "short", { qty: 2, limit: 105 }),
      2: () => {
        s.entry("L", "long", { qty: 3, limit: 95 });
        s.exit("X", { fromEntry: "L", stop: 120, limit: 90 });
      },
    }));
    expect(at.bars("100")).toEqual(["e|L#1 sell 2 limit 105"]);
    at.fill("L sell 1@105");
    // The exit is for what is open; for what is to come the other way it has its turn when that comes.
    expect(at.bars("100")).toEqual(["e|L#2 buy 3 limit 95", "x|X|L#3 buy 1 tp 90 sl 120 part"]);
    expect(at.fill("L buy 2@95")).toEqual(["e|L#2 buy 3 limit 95", "x|X|L#4 sell 3 tp 90 sl 120"]);
  });

  test("a cancelled order is wanted no more, and has a new number when it comes again", () => {
    const at = new AtVenue((s) => ({
      1: () => s.entry("L", "long", { qty: 1, stop: 110 }),
      2: () => s.cancel("L"),
      3: () => s.entry("L", "long", { qty: 1, stop: 110 }),
    }));
    expect(at.bars("100")).toEqual(["e|L#1 buy 1 stop 110"]);
    expect(at.bars("100")).toEqual([]);
    expect(at.bars("100")).toEqual(["e|L#2 buy 1 stop 110"]);
  });

  test("a reversal is the raw quantity, at the market and at a price", () => {
    const at = new AtVenue((s) => ({
      1: () => s.entry("L", "long", { qty: 2 }),
      2: () => s.entry("S", "short", { qty: 3 }),
      3: () => (s.cancel("S"), s.entry("S", "short", { qty: 3, stop: 90 })),
    }));
    at.bars("100");
    at.fill("L buy 2@100");
    expect(at.bars("100")).toEqual(["e|S#2 sell 3"]);
    expect(at.bars("100")).toEqual(["e|S#2 sell 3 stop 90"]);
  });

  test("an exit counted in ticks waits for the price of its entry, and comes as soon as it has one", () => {
    const at = new AtVenue((s) => ({
      1: () => {
        s.entry("L", "long", { qty: 1 });
        s.exit("X", { fromEntry: "L", profit: 1000, loss: 500 });
      },
    }));
    expect(at.bars("100")).toEqual(["e|L#1 buy 1"]);
    expect(at.fill("L buy 1@101")).toEqual(["x|X|L#2 sell 1 tp 111 sl 96"]);
  });

  test("an exit with prices of a pending entry stands beside it", () => {
    const at = new AtVenue((s) => ({
      1: () => {
        s.entry("L", "long", { qty: 1, limit: 95 });
        s.exit("X", { fromEntry: "L", limit: 120, stop: 90 });
      },
    }));
    expect(at.bars("100")).toEqual(["e|L#1 buy 1 limit 95", "x|X|L#2 sell 1 tp 120 sl 90"]);
  });

  test("an exit of all of its entry follows the entry's price while that fills", () => {
    const at = new AtVenue((s) => ({
      1: () => {
        s.entry("L", "long", { qty: 3 });
        s.exit("X", { fromEntry: "L", loss: 1000 });
      },
    }));
    at.bars("100");
    expect(at.fill("L buy 1@100")).toEqual(["e|L#1 buy 3", "x|X|L#2 sell 3 sl 90"]);
    expect(at.fill("L buy 2@103")).toEqual(["x|X|L#2 sell 3 sl 92"]);
    expect(at.trades).toEqual(["L +3 102@2 open"]);
  });

  test("two halves are parts; the one that has filled is not placed again for the same entry", () => {
    const at = new AtVenue((s) => {
      if (s.barIndex === 1) s.entry("L", "long", { qty: 2 });
      if (s.barIndex > 1) {
        s.exit("A", { fromEntry: "L", qty: 1, limit: 110 });
        s.exit("B", { fromEntry: "L", qty: 1, limit: 120 });
      }
    });
    at.bars("100");
    at.fill("L buy 2@100");
    expect(at.bars("100")).toEqual(["x|A|L#2 sell 1 tp 110 part", "x|B|L#3 sell 1 tp 120 part"]);
    expect(at.fill("A<L sell 1@110")).toEqual(["x|B|L#3 sell 1 tp 120 part"]);
    expect(at.bars("110")).toEqual(["x|B|L#3 sell 1 tp 120 part"]);
    expect(at.trades).toEqual(["L +1 100@2 > A 110@3", "L +1 100@2 open"]);
  });

  test("an exit for two entries of one id is one order", () => {
    const at = new AtVenue(
      (s) => {
        if (s.barIndex < 3 && s.barIndex > 0) s.entry("L", "long", { qty: 1 });
        if (s.barIndex === 3) s.exit("X", { fromEntry: "L", stop: 90 });
      },
      { settings: { pyramiding: 2 } },
    );
    at.bars("100");
    at.fill("L buy 1@100 by one");
    at.bars("100");
    at.fill("L buy 1@102 by two");
    expect(at.bars("100")).toEqual(["x|X|L#3 sell 2 sl 90"]);
    expect(at.fill("X<L.sl sell 2@90")).toEqual([]);
    expect(at.trades).toEqual(["L +1 100@2 > X 90@4", "L +1 102@3 > X 90@4"]);
  });

  test("closes of one bar add up; while one is out a later one adds nothing", () => {
    const at = new AtVenue((s) => ({
      1: () => s.entry("L", "long", { qty: 10 }),
      2: () => (s.close("L", { qty: 2 }), s.close("L", { qty: 3 })),
      3: () => s.close("L", { qty: 5 }),
      4: () => s.close("L", { qty: 5 }),
    }));
    at.bars("100");
    at.fill("L buy 10@100");
    expect(at.bars("100")).toEqual(["c||L#2 sell 5"]);
    expect(at.bars("100")).toEqual(["c||L#2 sell 5"]);
    expect(at.fill("close L sell 2@99")).toEqual(["c||L#2 sell 5"]);
    expect(at.fill("close L sell 3@99")).toEqual([]);
    expect(at.bars("100")).toEqual(["c||L#3 sell 5"]);
  });

  test("a close at once says so; a close of nothing is not wanted", () => {
    const at = new AtVenue((s) => ({
      1: () => s.entry("L", "long", { qty: 1 }),
      2: () => s.closeAll({ immediately: true }),
    }));
    at.bars("100");
    at.fill("L buy 1@100");
    expect(at.bars("100")).toEqual(["c||#2 sell 1 now"]);
    expect(at.fill("close sell 1@100")).toEqual([]);
  });

  test("pyramiding and the largest position count what is on its way", () => {
    const actions = (s: { entry(id: string, side: "long", o: { qty: number }): void; barIndex: number }) =>
      void (s.barIndex === 1 && ["A", "B", "C"].forEach((id) => s.entry(id, "long", { qty: 2 })));
    expect(new AtVenue(actions, { settings: { pyramiding: 2 } }).bars("100")).toEqual([
      "e|A#1 buy 2",
      "e|B#2 buy 2",
    ]);
    const limited = new AtVenue((s) => (s.risk.maxPositionSize(3), actions(s)), {
      settings: { pyramiding: 5 },
    });
    expect(limited.bars("100")).toEqual(["e|A#1 buy 2", "e|B#2 buy 1"]);
  });

  test("a side that is not allowed only closes the other", () => {
    const at = new AtVenue((s) => {
      s.risk.allowEntryIn("long");
      if (s.barIndex === 1) s.entry("L", "long", { qty: 1 });
      if (s.barIndex === 2) s.entry("S", "short", { qty: 1 });
      if (s.barIndex === 4) s.entry("S", "short", { qty: 1 });
    });
    at.bars("100");
    at.fill("L buy 1@100");
    expect(at.bars("100")).toEqual(["c||#2 sell 1"]);
    at.fill("close sell 1@100");
    expect(at.bars("2*100")).toEqual([]);
  });

  test("a broken rule clears the book and closes the position by an order", () => {
    const at = new AtVenue((s) => {
      s.risk.maxIntradayLoss(50, "cash");
      if (s.barIndex === 1) s.entry("L", "long", { qty: 10 });
      if (s.barIndex > 1) s.exit("X", { fromEntry: "L", stop: 50 });
    });
    at.bars("100");
    at.fill("L buy 10@100");
    expect(at.bars("99")).toEqual(["x|X|L#2 sell 10 sl 50"]);
    expect(at.bars("94")).toEqual(["c||#3 sell 10"]);
    at.fill("close sell 10@94");
    expect(at.bars("94")).toEqual([]);
  });

  test("nothing during the warm-up, nothing while the bar is held back", () => {
    const at = new AtVenue((s) => s.entry("L", "long", { qty: 1, limit: 50 }), { history: "100 100 100" });
    expect(at.told).toEqual([]);
    at.desk.isHeld = true;
    at.bars("100");
    expect(at.told).toEqual([]);
    at.desk.isHeld = false;
    expect(at.bars("100")).toEqual(["e|L#1 buy 1 limit 50"]);
  });
});

describe("what fills", () => {
  test("fees are the venue's, prices too", () => {
    const at = new AtVenue((s) => ({ 1: () => s.entry("L", "long", { qty: 2 }) }), {
      settings: { commissionType: "percent", commissionValue: 5 },
    });
    at.bars("100");
    at.fill("L buy 2@100.123 fee 0.5");
    at.fill("close L sell 1@110.456 fee 0.3");
    const [closed] = at.desk.closedTrades;
    expect(closed).toMatchObject({ entryPrice: 100.123, exitPrice: 110.456 });
    expect(closed!.commission).toBeCloseTo(0.25 + 0.3, 9);
    expect(closed!.profit).toBeCloseTo(10.333 - 0.55, 9);
    expect(closed!.entryTimeMs).toBe(startMs + 1000 * minute);
  });

  test("an exit that fills more than there is never turns the position around", () => {
    const at = new AtVenue((s) => ({ 1: () => s.entry("L", "long", { qty: 1 }) }));
    at.bars("100");
    at.fill("L buy 1@100", "X<L.sl sell 2@90");
    expect(at.desk.positionSize).toBe(0);
    expect(at.trades).toEqual(["L +1 100@2 > X 90@2"]);
  });

  test("a resting entry closes the other side first; what it opens counts, whoever fills it", () => {
    const at = new AtVenue((s) => ({
      1: () => s.entry("L", "long", { qty: 2 }),
      2: () => s.entry("S", "short", { qty: 3, stop: 95 }),
    }));
    at.bars("100");
    at.fill("L buy 2@100");
    expect(at.bars("100")).toEqual(["e|S#2 sell 3 stop 95"]);
    expect(at.fill("S sell 3@95")).toEqual(["e|S#2 sell 3 stop 95"]);
    expect(at.trades).toEqual(["L +2 100@2 > S 95@3", "S -1 95@3 open"]);
    at.take({ kind: "fill", fill: { ...fillOf("S sell 2@94"), intentKey: "b\0S" } });
    at.desk.refresh();
    expect(at.last).toEqual([]);
    expect(at.desk.positionSize).toBe(-3);
  });

  test("a position that is gone at the venue is closed at the last price, its exits go", () => {
    const at = new AtVenue((s) => {
      if (s.barIndex === 1) s.entry("L", "long", { qty: 1 });
      if (s.barIndex === 2) s.exit("X", { fromEntry: "L", stop: 90 });
    });
    at.bars("100");
    at.fill("L buy 1@100");
    at.bars("104");
    at.take({ kind: "flattened_outside", atMs: startMs });
    at.desk.refresh();
    expect(at.last).toEqual([]);
    expect(at.trades).toEqual(["L +1 100@2 > Closed outside 104@2"]);
  });

  test("a rejected order leaves the book and is told; a script that insists makes a new one", () => {
    const events: string[] = [];
    const at = new AtVenue((s) => void (s.barIndex > 0 && s.entry("L", "long", { qty: 1 })), {
      observer: {
        onOrderEvent: ({ kind, orderId, source }) => void events.push(`${kind} ${orderId} ${source}`),
      },
    });
    at.bars("100");
    at.take(over("e|L", 1, "rejected"));
    expect(at.bars("100")).toEqual(["e|L#2 buy 1"]);
    at.fill("L buy 0.4@100", "L buy 0.6@100");
    expect(events).toEqual([
      "created L broker",
      "rejected L broker",
      "created L broker",
      "partial L broker",
      "filled L broker",
    ]);
  });

  test("exits of an entry that the engine makes smaller share its new size", () => {
    const at = new AtVenue((s) => ({
      1: () => {
        s.entry("L", "long", { qty: 2 });
        s.exit("X", { fromEntry: "L", qtyPercent: 50, stop: 90 });
        s.exit("Y", { fromEntry: "L", stop: 80 });
        s.entry("M", "long", { qty: 2, limit: 95 });
        s.exit("A", { fromEntry: "M", qty: 1, stop: 90 });
        s.exit("B", { fromEntry: "M", stop: 80 });
      },
    }));
    expect(at.bars("100").filter((wish) => wish.startsWith("x"))).toEqual([
      "x|X|L#3 sell 1 sl 90 part ready 0",
      "x|Y|L#4 sell 1 sl 80 part ready 0",
      "x|A|M#5 sell 1 sl 90 part ready 0",
      "x|B|M#6 sell 1 sl 80 part ready 0",
    ]);
    at.take({ kind: "order_resized", key: "e\0L", generation: 1, qty: 1 });
    at.take({ kind: "order_resized", key: "e\0M", generation: 2, qty: 1 });
    at.desk.refresh();
    expect(at.last).toEqual([
      "e|L#1 buy 1",
      "e|M#2 buy 1 limit 95",
      "x|X|L#3 sell 0.5 sl 90 part ready 0",
      "x|Y|L#4 sell 0.5 sl 80 part ready 0",
      "x|A|M#5 sell 1 sl 90",
    ]);
    expect(at.fill("L buy 1@100").slice(0, 2)).toEqual([
      "x|X|L#3 sell 0.5 sl 90 part",
      "x|Y|L#4 sell 0.5 sl 80 part",
    ]);
  });

  test("an order that fills in parts raises one alert, when all of it has filled or it is over", () => {
    const alerts: string[] = [];
    const alertMessage =
      "{{strategy.order.id}} {{strategy.order.contracts}}@{{strategy.order.price}} {{strategy.prev_market_position_size}}>{{strategy.position_size}}";
    const at = new AtVenue(
      (s) => ({
        1: () => s.entry("L", "long", { qty: 2, alertMessage }),
        2: () => s.exit("X", { fromEntry: "L", stop: 90, limit: 110, alertMessage }),
        3: () => s.order("M", "long", { qty: 1, limit: 95, alertMessage }),
      }),
      { observer: { onAlert: (message) => void alerts.push(message) } },
    );
    at.bars("100");
    at.fill("L buy 0.5@100");
    expect(alerts).toEqual([]);
    at.fill("L buy 1.5@102");
    expect(alerts).toEqual(["L 2@101.5 0>2"]);
    at.bars("104 105");
    at.fill("M buy 0.25@95", "X<L.sl sell 2@90");
    at.take(over("e|M", 3, "cancelled"));
    expect(alerts.slice(1)).toEqual(["X 2@90 2.25>0.25", "M 0.25@95 2>0.25"]);
  });

  test("an exit that the engine resizes is not sized back by the next evaluation", () => {
    const at = new AtVenue((s) => ({
      1: () => s.entry("L", "long", { qty: 2 }),
      2: () => s.exit("X", { fromEntry: "L", stop: 90 }),
    }));
    at.bars("100");
    at.fill("L buy 2@100");
    at.bars("100");
    at.take({ kind: "order_resized", key: "x\0X\0L", generation: 2, qty: 1 });
    expect(at.bars("100")).toEqual(["x|X|L#2 sell 1 sl 90 part"]);
  });
});

describe("after a restart", () => {
  const history = "100 101 102 103 104";

  test("trades of earlier processes stand at the bars on which they filled", () => {
    const sizes: number[] = [];
    const events: string[] = [];
    const at = new AtVenue((s) => void sizes.push(s.positionSize), {
      history,
      fills: ["L buy 2@100.5 at 1.5", "close L sell 1@102.5 at 3.5"].map((text) => fillOf(text)),
      observer: { onTrade: (kind) => void events.push(kind) },
    });
    expect(sizes).toEqual([0, 2, 2, 1, 1]);
    expect(at.trades).toEqual(["L +1 100.5@1 > Close entry(s) order L 102.5@3", "L +1 100.5@1 open"]);
    expect(at.desk.equity).toBe(100_000 + 2 + 3.5);
    expect(events).toEqual([]);
  });

  test("orders that were alive are in the book under their numbers, so that a cancel has a target", () => {
    const intent = {
      ...{ kind: "entry", pineId: "L", symbol: "TEST", side: "buy", qty: 1, orderType: "limit", limit: 90 },
      ...{ isStrategyOrder: false, stopFiredMarket: false, skipFlip: false },
    } as unknown as EntryIntent;
    const at = new AtVenue((s) => ({ 7: () => s.cancel("L"), 8: () => s.entry("M", "long", { qty: 1 }) }), {
      history,
      left: { orders: [{ key: "e\0L", generation: 7, filledQty: 0, intent }] },
    });
    expect(at.bars("104 104")).toEqual(["e|L#7 buy 1 limit 90"]);
    expect(at.bars("104")).toEqual([]);
    expect(at.bars("104")).toEqual(["e|M#8 buy 1"]);
  });

  const exitsOf = (
    at: AtVenue,
    states: Record<string, ExitState> = {},
  ): { readonly exits: KeptExits; readonly exitStates: ReadonlyMap<string, ExitState> } => ({
    exits: at.exits,
    exitStates: new Map(Object.entries(states).map(([key, state]) => [key.replaceAll("|", "\0"), state])),
  });

  test.each<[boolean, string[]]>([
    [false, ["in", "out"]],
    [true, []],
  ])("an order that was placed with disable_alert %p raises %p when it fills", (disableAlert, raised) => {
    const before = new AtVenue((s) => ({
      1: () => {
        s.entry("L", "long", { qty: 1, limit: 90, alertMessage: "in", disableAlert });
        s.exit("X", { fromEntry: "L", stop: 80, alertMessage: "out", disableAlert });
      },
    }));
    before.bars("100");
    const orders = [{ key: "e\0L", generation: 1, filledQty: 0, intent: before.entry }];
    const alerts: string[] = [];
    const at = new AtVenue(() => {}, {
      history,
      left: { ...exitsOf(before), orders },
      observer: { onAlert: (message) => void alerts.push(message) },
    });
    at.fill("L buy 1@90", "X<L.sl sell 1@80");
    expect(alerts).toEqual(raised);
  });

  test("an exit of entries that others have closed in part is as large after any number of starts", () => {
    const settings = { pyramiding: 2 };
    let before = new AtVenue(
      (s) => ({
        1: () => s.entry("L", "long", { qty: 1 }),
        2: () => s.entry("L", "long", { qty: 2 }),
        3: () => s.exit("X", { fromEntry: "L", limit: 120 }),
      }),
      { settings },
    );
    const fills = ["L buy 1@100 at 1", "S sell 0.5@99 by two at 2", "L buy 2@98 at 3"].map((text) =>
      fillOf(text),
    );
    const numbered = fills.map((fill, index) => ({ ...fill, generation: [1, 9, 2][index]! }));
    before.bars("100");
    for (const [index, fill] of numbered.entries()) {
      before.take({ kind: "fill", fill });
      if (index > 0) before.bars("100");
    }
    for (let start = 0; start < 3; start++) {
      expect(before.bars("104")).toEqual(["x|X|L#3 sell 3 tp 120"]);
      before = new AtVenue(() => {}, { history, settings, fills: numbered, left: exitsOf(before) });
    }
  });

  test("an exit that has had its turn gets no second one", () => {
    const actions = (s: Parameters<Actions>[0]): void => {
      s.exit("A", { fromEntry: "L", qtyPercent: 50, limit: 110 });
      s.exit("B", { fromEntry: "L", limit: 120 });
    };
    const fills = ["L buy 2@100 at 1", "A<L sell 1@110 at 3"].map((text) => ({
      ...fillOf(text),
      generation: 1,
    }));
    const before = new AtVenue(actions, { history: "100", fills: [fills[0]!] });
    before.bars("104");
    // It filled before the end of the process, or while nobody looked.
    const known = exitsOf(before, { "x|A|L": { generation: 1, filledQty: 1, end: "filled" } });
    before.fill("A<L sell 1@110");
    for (const left of [known, exitsOf(before)])
      expect(new AtVenue(actions, { history, fills, left }).bars("104")).toEqual([
        "x|B|L#2 sell 1 tp 120 part",
      ]);
  });

  test("an exit in ticks outlives the process before its entry fills, and comes when it has", () => {
    const before = new AtVenue((s) => ({
      1: () => {
        s.entry("L", "long", { qty: 2 });
        s.exit("A", { fromEntry: "L", qty: 1, profit: 1000 });
        s.exit("B", { fromEntry: "L", loss: 500, trailPoints: 300, trailOffset: 20 });
      },
    }));
    before.bars("100");
    const left = exitsOf(before);
    const filled = [{ ...fillOf("L buy 2@101 at 3"), generation: 1 }];
    // It filled while nobody looked: with the fills of the books, or with the first that the venue tells of.
    const known = new AtVenue(() => {}, { history, fills: filled, left });
    known.desk.refresh();
    const orders = [{ key: "e\0L", generation: 1, filledQty: 0, intent: before.entry }];
    const told = new AtVenue(() => {}, { history, left: { ...left, orders } });
    const exits = ["x|A|L#1 sell 1 tp 111 part", "x|B|L#2 sell 1 sl 96 trail 104-20 part"];
    expect(known.last).toEqual(exits);
    expect(told.fill("L buy 2@101")).toEqual(
      exits.map((exit) => exit.replace(/#(\d)/, (_, n) => `#${Number(n) + 1}`)),
    );
  });

  test("an exit that has had its turn does not come back as one that waits", () => {
    const actions = (s: Parameters<Actions>[0]): void =>
      s.exit("A", { fromEntry: "L", qty: 1, profit: 1000 });
    const before = new AtVenue((s) => ({
      1: () => (s.entry("L", "long", { qty: 2 }), actions(s)),
    }));
    before.bars("100");
    before.fill("L buy 2@101 at 2");
    before.fill("A<L sell 1@111 at 3");
    const fills = ["L buy 2@101 at 2", "A<L sell 1@111 at 3"].map((text) => ({
      ...fillOf(text),
      generation: 1,
    }));
    const at = new AtVenue(actions, { history, fills, left: exitsOf(before) });
    at.desk.refresh();
    expect(at.bars("104")).toEqual([]);
  });

  test("an exit finds a position that no fill tells of, and that the engine's books have", () => {
    const before = new AtVenue((s) => ({
      1: () => s.entry("L", "long", { qty: 2 }),
      2: () => s.exit("A", { fromEntry: "L", qtyPercent: 50, stop: 90 }),
    }));
    before.bars("100");
    before.fill("L buy 2@100");
    before.bars("100");
    const lot = { entryId: "L", side: "buy", qty: 2, price: 100, timeMs: startMs, fee: 0 } as const;
    const book = { size: 2, lots: [{ ...lot, fillId: "f", clientOrderId: "l" }] };
    let at = new AtVenue(() => {}, { history, book, left: exitsOf(before) });
    for (let start = 0; start < 2; start++) {
      expect(at.bars("104")).toEqual(["x|A|L#2 sell 1 sl 90 part"]);
      at = new AtVenue(() => {}, { history, book, left: exitsOf(at) });
    }
  });

  test("the engine's books have the last word on the position", () => {
    const at = new AtVenue(() => {}, {
      history,
      fills: [fillOf("L buy 2@100 at 1")],
      book: { size: 0, lots: [] },
    });
    expect(at.trades).toEqual(["L +2 100@1 > Closed outside 104@4"]);
  });
});

test("fills that were told in another order than they happened leave the position that the engine's books have", () => {
  const at = new AtVenue((s) => ({
    1: () => s.entry("S", "short", { qty: 3 }),
    2: () => s.entry("L", "long", { qty: 2, limit: 90 }),
  }));
  at.bars("100");
  at.fill("S sell 3@100");
  at.bars("100");
  // The close of the short position was first, and is told second.
  at.fill("L buy 2@90", "close buy 3@91");
  expect(at.desk.positionSize).toBe(0);
  const lot = {
    entryId: "L",
    side: "buy",
    price: 90,
    timeMs: startMs,
    fillId: "f",
    clientOrderId: "l",
    fee: 0,
  } as const;
  at.desk.agreeWith({ size: 2, lots: [{ ...lot, qty: 2 }] });
  expect(at.desk.positionSize).toBe(2);
  expect(at.trades.at(-1)).toStartWith("L +2 90");
  at.desk.agreeWith({ size: 2, lots: [{ ...lot, qty: 2 }] });
  expect(at.desk.positionSize).toBe(2);
});

test("an entry beside the position that it is against turns the script around, and the close of the old one does nothing", () => {
  const at = new AtVenue(
    (s) => ({
      1: () => s.entry("L", "long", { qty: 3 }),
      2: () => s.entry("S", "short", { qty: 2, limit: 110 }),
    }),
    { isSideBySide: true },
  );
  const lot = { timeMs: startMs, fillId: "f", clientOrderId: "l", fee: 0, price: 110 } as const;
  const long = { ...lot, entryId: "L", side: "buy", qty: 3 } as const;
  const short = { ...lot, entryId: "S", side: "sell", qty: 0.5 } as const;
  at.bars("100");
  at.fill("L buy 3@100");
  expect(at.bars("100 100")).toEqual(["e|S#2 sell 2 limit 110"]);
  at.fill("S sell 0.5@110");
  at.desk.agreeWith({ size: 2.5, lots: [long, short] });
  expect(at.desk.positionSize).toBe(-0.5);
  at.fill("close L sell 3@109", "S sell 1.5@110");
  at.desk.agreeWith({ size: -2, lots: [short, { ...short, qty: 1.5 }] });
  expect(at.desk.positionSize).toBe(-2);
  expect(at.trades).toEqual(["L +3 100@2 > S 110@4", "S -2 110@4 open"]);
});
