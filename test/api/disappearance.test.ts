/**
 * An order that does not show any more. Time is in seconds, the grace is 10; the order `o` (3 units, 1 filled) may show
 * as a working order (namespace `w`) or as a position (`p`).
 */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  disappearanceGraceMs,
  DisappearanceTracker,
  price,
  quantity,
  timestampSeconds,
  UnexpectedCancelError,
  type Disappearance,
  type DisappearanceHooks,
  type OrderEvent,
  type TrackedOrder,
  type UnexpectedCancelPolicy,
  type VenuePresence,
} from "pynecore/plugin";

function orderOf(clientOrderId: string, missingSinceMs?: number): TrackedOrder {
  return {
    clientOrderId,
    pineId: "Long",
    legType: "entry",
    ...(missingSinceMs === undefined ? {} : { missingSinceMs }),
    order: {
      id: `venue-${clientOrderId}`,
      symbol: "X",
      side: "buy",
      orderType: "limit",
      qty: quantity(3),
      filledQty: 1,
      remainingQty: 2,
      price: price(100),
      status: "partial",
      timestamp: timestampSeconds(1),
      fee: 0,
      feeCurrency: "USD",
      reduceOnly: false,
    },
  };
}

/** The books of a plugin, and what the tracker did to them. */
class Books {
  readonly rows = new Map<string, TrackedOrder>();
  readonly log: string[] = [];
  answer: Disappearance = { kind: "still_present" };
  hooks: DisappearanceHooks<TrackedOrder> = {
    rows: () => this.rows.values(),
    find: (id) => this.rows.get(id) ?? null,
    trackedRefs: (row) => ({ w: [row.clientOrderId], p: [`${row.clientOrderId}-position`] }),
    confirmMissing: () => {
      this.log.push("asked");
      return this.answer;
    },
    apply: ({ clientOrderId, missingSinceMs, filledQty, isOver, siblings }) => {
      const row = this.rows.get(clientOrderId)!;
      if (isOver) {
        this.log.push(`over ${[clientOrderId, ...(siblings ?? [])].join("+")} at ${filledQty ?? "-"}`);
        this.rows.delete(clientOrderId);
        return;
      }
      this.log.push(missingSinceMs === null ? "clear" : `stamp ${missingSinceMs! / 1000}`);
      const { missingSinceMs: _, ...rest } = row;
      this.rows.set(
        clientOrderId,
        missingSinceMs === null ? rest : { ...rest, missingSinceMs: missingSinceMs! },
      );
    },
    siblings: () => ["sibling"],
    registerExecution: (_row, id) => this.log.push(`register ${id}`),
    requestQuarantine: () => this.log.push("quarantine"),
    cancelSiblings: () => {
      this.log.push("cancel siblings");
      return Promise.resolve();
    },
    warn: (message) => this.log.push(`warn ${message.replace(/^.*: /, "")}`),
  };

  constructor(...rows: readonly TrackedOrder[]) {
    for (const row of rows) this.rows.set(row.clientOrderId, row);
  }

  tracker(policy: UnexpectedCancelPolicy = "ignore"): DisappearanceTracker<TrackedOrder> {
    return new DisappearanceTracker(this.hooks, policy, 10_000);
  }

  /** Takes every event of a pass. */
  async take(
    tracker: DisappearanceTracker<TrackedOrder>,
    present: VenuePresence,
    nowS: number,
  ): Promise<void> {
    try {
      for await (const event of tracker.pass(present, nowS * 1000)) this.log.push(show(event));
    } catch (error) {
      if (!(error instanceof UnexpectedCancelError)) throw error;
      this.log.push(`HALT ${error.clientOrderId}`);
    }
  }
}

function show({
  eventType,
  fillQty,
  fillPrice,
  fillId,
  order,
  fromDisappearanceTracker,
}: OrderEvent): string {
  expect(fromDisappearanceTracker).toBe(true);
  return fillQty === undefined
    ? `${eventType} at ${order.filledQty}`
    : `${eventType} ${fillQty}@${fillPrice} ${fillId}`;
}

const seen = (...refs: readonly string[]): ReadonlySet<string> => new Set(refs);
const nothing: VenuePresence = { w: seen(), p: seen() };

describe("one look", () => {
  const cases: readonly (readonly [
    name: string,
    since: number | undefined,
    present: VenuePresence,
    log: string,
  ])[] = [
    ["it shows as an order", undefined, { w: seen("o"), p: seen() }, ""],
    ["it shows as a position", undefined, { w: seen(), p: seen("o-position") }, ""],
    ["it shows while another namespace failed", undefined, { w: seen("o"), p: null }, ""],
    ["a namespace failed", undefined, { w: seen(), p: null }, ""],
    ["a namespace was not read at all", undefined, { w: seen() }, ""],
    ["all were read and none shows it", undefined, nothing, "stamp 100"],
    ["missing, and shows again", 95, { w: seen("o"), p: seen() }, "clear"],
    ["missing, and shows while another failed", 80, { w: null, p: seen("o-position") }, "clear"],
    ["missing for less than the grace", 91, nothing, ""],
    ["missing for the grace", 90, nothing, "asked, clear"],
    ["missing for longer, the reads fail now", 60, { w: null, p: null }, "asked, clear"],
  ];
  test.each(cases)("%s", async (_name, since, present, log) => {
    const books = new Books(orderOf("o", since === undefined ? undefined : since * 1000));
    await books.take(books.tracker(), present, 100);
    expect(books.log.join(", ")).toBe(log);
  });
});

describe("what became of it", () => {
  const cases: readonly (readonly [answer: Disappearance, log: string])[] = [
    [{ kind: "still_present" }, "clear"],
    [{ kind: "inconclusive", reason: "history lags" }, "warn history lags"],
    [{ kind: "closed", filledQty: 2 }, "over o+sibling at 2"],
    [{ kind: "closed" }, "over o+sibling at -"],
    [
      { kind: "filled", filledQty: 3, fillPrice: 101, fillId: "f9" },
      "register f9, filled 2@101 f9, over o+sibling at 3",
    ],
    [
      { kind: "filled", filledQty: 2, fillPrice: 101 },
      "register gone:o:2, partial 1@101 gone:o:2, over o+sibling at 2",
    ],
    [
      { kind: "filled", filledQty: 9, fillPrice: 101, fillId: "f9" },
      "register f9, filled 2@101 f9, over o+sibling at 3",
    ],
    [{ kind: "filled", filledQty: 0.5, fillPrice: 101 }, "over o+sibling at 1"],
    [{ kind: "filled", filledQty: 3 }, "warn it filled, and the venue does not say at what price"],
    [
      { kind: "filled", filledQty: 3, fillPrice: -1 },
      "warn it filled, and the venue does not say at what price",
    ],
    [
      { kind: "cancelled", filledQty: 3, fillPrice: Number.NaN },
      "warn it filled, and the venue does not say at what price",
    ],
    [
      { kind: "filled", filledQty: Number.NaN, fillPrice: 101 },
      "warn the venue does not say how much of it filled",
    ],
    [{ kind: "cancelled", filledQty: 1 }, "cancelled at 1, over o+sibling at 1"],
    [
      { kind: "cancelled", filledQty: 2, fillPrice: 101, fillId: "f9" },
      "register f9, partial 1@101 f9, cancelled at 2, over o+sibling at 2",
    ],
  ];
  test.each(cases)("%j", async (answer, log) => {
    const books = new Books(orderOf("o", 0));
    books.answer = answer;
    await books.take(books.tracker(), nothing, 100);
    expect(books.log.join(", ")).toBe(`asked, ${log}`);
  });

  test("the same doubt is told once", async () => {
    const books = new Books(orderOf("o", 0));
    books.answer = { kind: "inconclusive", reason: "history lags" };
    const tracker = books.tracker();
    await books.take(tracker, nothing, 100);
    await books.take(tracker, nothing, 101);
    expect(books.log).toEqual(["asked", "warn history lags", "asked"]);
  });

  test("what the stream said meanwhile wins", async () => {
    const books = new Books(orderOf("o", 0));
    books.hooks.confirmMissing = async () => {
      await Promise.resolve();
      books.rows.set("o", orderOf("o"));
      return { kind: "cancelled", filledQty: 1 };
    };
    await books.take(books.tracker(), nothing, 100);
    expect(books.log).toEqual([]);
    expect(books.rows.has("o")).toBe(true);
  });

  test("an order with a write under way is left alone", async () => {
    const books = new Books(orderOf("o", 0));
    books.hooks.isExempt = () => true;
    await books.take(books.tracker(), nothing, 100);
    expect(books.log).toEqual([]);
  });
});

describe("somebody else cancelled it", () => {
  const cases: readonly (readonly [policy: UnexpectedCancelPolicy, log: string])[] = [
    ["ignore", "cancelled at 1, over o+sibling at 1"],
    ["re_place", "cancelled at 1, over o+sibling at 1"],
    ["stop", "quarantine, cancelled at 1, over o+sibling at 1"],
    ["stop_and_cancel", "quarantine, cancel siblings, cancelled at 1, over o+sibling at 1"],
    ["halt", "cancelled at 1, over o+sibling at 1, HALT o"],
  ];
  const gone: Disappearance = { kind: "cancelled", filledQty: 1 };

  test.each(cases)("policy %s", async (policy, log) => {
    const books = new Books(orderOf("o", 0));
    books.answer = gone;
    const tracker = books.tracker(policy);
    await books.take(tracker, nothing, 100);
    await books.take(tracker, nothing, 101);
    expect(books.log.join(", ")).toBe(`asked, ${log}`);
  });

  test("without a way to quarantine it halts", async () => {
    const books = new Books(orderOf("o", 0));
    delete books.hooks.requestQuarantine;
    books.answer = gone;
    await books.take(books.tracker("stop"), nothing, 100);
    expect(books.log.at(-1)).toBe("HALT o");
  });

  test("hooks that fail lose nothing", async () => {
    const books = new Books(orderOf("o", 0));
    books.hooks.requestQuarantine = () => {
      throw new Error("no sink");
    };
    books.hooks.cancelSiblings = () => Promise.reject(new Error("offline"));
    books.hooks.registerExecution = () => {
      throw new Error("full");
    };
    books.answer = { ...gone, filledQty: 2, fillPrice: 7 };
    await books.take(books.tracker("stop_and_cancel"), nothing, 100);
    expect(books.log.slice(-4)).toEqual([
      "partial 1@7 gone:o:2",
      "cancelled at 2",
      "over o+sibling at 2",
      "HALT o",
    ]);
  });

  test("an abandoned pass comes again, its policy does not", async () => {
    const books = new Books(orderOf("o", 0), orderOf("p", 0));
    books.answer = gone;
    const tracker = books.tracker("stop");
    for await (const _event of tracker.pass(nothing, 100_000)) break;
    expect(books.rows.size).toBe(2);
    await books.take(tracker, nothing, 101);
    expect(books.rows.size).toBe(0);
    expect(books.log.filter((line) => line === "quarantine").length).toBe(2);
  });

  test("a halt outlives an abandoned pass, and comes once", async () => {
    const books = new Books(orderOf("o", 0));
    books.answer = gone;
    const tracker = books.tracker("halt");
    for await (const _event of tracker.pass(nothing, 100_000)) break;
    await books.take(tracker, nothing, 101);
    await books.take(tracker, nothing, 102);
    expect(books.log.filter((line) => line.startsWith("HALT"))).toEqual(["HALT o"]);
  });

  test("cancelling siblings has to be possible", () => {
    const books = new Books();
    delete books.hooks.cancelSiblings;
    expect(() => books.tracker("stop_and_cancel")).toThrow("needs the hook cancelSiblings");
  });
});

test("the grace is five polls, at least five seconds", () => {
  expect([200, 1_000, 60_000].map(disappearanceGraceMs)).toEqual([5_000, 5_000, 300_000]);
});

test("an order that shows within every grace is never asked for", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.constantFrom("-", "x", "?"))),
      async (looks) => {
        const books = new Books(orderOf("o"));
        const tracker = books.tracker("halt");
        let nowS = 0;
        let lastSeen = 0;
        for (const [after, look] of looks) {
          nowS += after;
          if (nowS - lastSeen >= 10 || look === "x") lastSeen = nowS;
          const isShown = lastSeen === nowS;
          await books.take(
            tracker,
            { w: isShown ? seen("o") : look === "?" ? null : seen(), p: seen() },
            nowS,
          );
        }
        expect(books.log).not.toContain("asked");
      },
    ),
  ));
