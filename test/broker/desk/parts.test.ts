/** Exits of parts of an entry that fills in pieces: what each may have at the venue, and after a restart at any point. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";

import type { ExitState } from "../../../src/broker/desk/history.ts";
import type { Actions } from "../../runtime/strategy/harness.ts";
import { AtVenue, fillOf, type VenueSituation } from "./harness.ts";

type Script = Parameters<Actions>[0];
const from = { fromEntry: "L" };
const tp = (limit: number) => ({ ...from, limit });

const schemes: Readonly<Record<string, (s: Script) => void>> = {
  "50 %": (s) => s.exit("A", { ...tp(110), qtyPercent: 50 }),
  "50 % and the rest": (s) => {
    s.exit("A", { ...tp(110), qtyPercent: 50 });
    s.exit("B", tp(120));
  },
  "30 % and 70 %": (s) => {
    s.exit("A", { ...tp(110), qtyPercent: 30 });
    s.exit("B", { ...tp(120), qtyPercent: 70 });
  },
  "3 and 7": (s) => {
    s.exit("A", { ...tp(110), qty: 3 });
    s.exit("B", { ...tp(120), qty: 7 });
  },
  "3 of 10": (s) => s.exit("A", { ...tp(110), qty: 3 }),
  all: (s) => s.exit("A", tp(110)),
};

/** What exits have at the venue, or may have: `A 3, B 1`. */
function shares(wishes: readonly string[]): string {
  return wishes
    .flatMap((wish) => {
      const [, id, qty, ready] = /^x\|(\w+)\|L#\d+ sell ([\d.]+).*?(?: ready ([\d.]+))?$/.exec(wish) ?? [];
      return id === undefined ? [] : [`${id} ${Number(Number(ready ?? qty).toFixed(8))}`];
    })
    .join(", ");
}

const entry = (s: Script, limit = 95): void => void s.entry("L", "long", { qty: 10, limit });

/** An entry of 10 with exits that the script issues once. */
function begin(scheme: string, situation: VenueSituation = {}): AtVenue {
  const at = new AtVenue((s) => ({ 1: () => (entry(s), schemes[scheme]!(s)) }), situation);
  at.bars("100");
  return at;
}

test.each([
  ["50 %", ["A 0", "A 1", "A 2.5", "A 5"]],
  ["50 % and the rest", ["A 0, B 0", "A 1, B 1", "A 2.5, B 2.5", "A 5, B 5"]],
  ["30 % and 70 %", ["A 0, B 0", "A 0.6, B 1.4", "A 1.5, B 3.5", "A 3, B 7"]],
  ["3 and 7", ["A 0, B 0", "A 2, B 0", "A 3, B 2", "A 3, B 7"]],
  ["3 of 10", ["A 0", "A 2", "A 3", "A 3"]],
  // It follows what is open by itself.
  ["all", ["A 10", "A 10", "A 10", "A 10"]],
] as const)("%s, when 2, 5 and 10 have filled", (scheme, [none, two, five, ten]) => {
  const at = begin(scheme);
  expect(shares(at.last)).toBe(none);
  expect(shares(at.fill("L buy 2@95"))).toBe(two);
  expect(shares(at.fill("L buy 3@95"))).toBe(five);
  expect(shares(at.fill("L buy 5@95"))).toBe(ten);
});

test.each(Object.keys(schemes))("%s, issued again on every bar, is the same", (scheme) => {
  const once = begin(scheme);
  const always = new AtVenue((s) => {
    if (s.barIndex === 1) entry(s);
    if (s.barIndex > 0) schemes[scheme]!(s);
  });
  always.bars("100");
  for (const fill of ["L buy 2@95", "L buy 3@95", "L buy 5@95"]) {
    expect(shares(always.fill(fill))).toBe(shares(once.fill(fill)));
    expect(shares(always.bars("96"))).toBe(shares(once.last));
  }
});

describe("an entry that ends before it has filled", () => {
  test.each([
    ["50 %", "A 2"],
    ["50 % and the rest", "A 2, B 2"],
    ["30 % and 70 %", "A 1.2, B 2.8"],
    ["3 and 7", "A 3, B 1"],
    ["all", "A 10"],
  ])("%s of 4", (scheme, after) => {
    for (const end of ["cancelled", "rejected"] as const) {
      const at = begin(scheme);
      at.fill("L buy 4@95");
      at.take({ kind: "order_over", key: "e\0L", generation: 1, end });
      expect(shares(at.bars("96"))).toBe(after);
    }
    const at = new AtVenue((s) => ({
      1: () => (entry(s), schemes[scheme]!(s)),
      2: () => s.cancel("L"),
      3: () => schemes[scheme]!(s),
    }));
    at.bars("100");
    at.fill("L buy 4@95");
    expect(shares(at.bars("96"))).toBe(after);
    // Issued again, the exits are of what there is.
    expect(shares(at.bars("96")).replace("A 4", "A 10")).toBe(after);
  });

  test("a late fill of it is shared out like the others", () => {
    const at = begin("50 % and the rest");
    at.fill("L buy 4@95");
    at.take({ kind: "order_over", key: "e\0L", generation: 1, end: "cancelled" });
    at.take({ kind: "fill", fill: { ...fillOf("L buy 2@95"), generation: 1 } });
    at.desk.refresh();
    expect(shares(at.last)).toBe("A 3, B 3");
  });
});

test("halves of what cannot be halved are all of it, one after the other", () => {
  const at = new AtVenue((s) => ({
    1: () => {
      s.entry("L", "long", { qty: 0.04, limit: 95 });
      for (const id of ["A", "B"]) s.exit(id, { ...from, limit: 110, qtyPercent: 50 });
    },
  }));
  at.bars("100");
  expect(shares(at.fill("L buy 0.01@95"))).toBe("A 0, B 0.01");
  expect(shares(at.fill("L buy 0.01@95"))).toBe("A 0.01, B 0.01");
  expect(shares(at.fill("L buy 0.01@95"))).toBe("A 0.01, B 0.02");
  expect(shares(at.fill("L buy 0.01@95"))).toBe("A 0.02, B 0.02");
});

test("an exit that fills while its entry goes on has what it has still to close", () => {
  const at = begin("50 % and the rest");
  at.fill("L buy 2@95");
  expect(shares(at.fill("A<L sell 0.6@110"))).toBe("A 1, B 1");
  expect(shares(at.fill("A<L sell 0.4@110"))).toBe("A 1, B 1");
  expect(shares(at.fill("B<L sell 1@120"))).toBe("A 1, B 1");
  expect(at.desk.positionSize).toBe(0);
  expect(shares(at.fill("L buy 8@95"))).toBe("A 5, B 5");
  expect(shares(at.fill("A<L sell 4@110"))).toBe("B 5");
  expect(shares(at.bars("110"))).toBe("B 5");
  expect(shares(at.fill("B<L sell 4@120"))).toBe("");
  expect(at.desk.positionSize).toBe(0);
});

test("the exit that has had its turn has had it for what fills later as well", () => {
  const at = new AtVenue((s) => {
    if (s.barIndex === 1) entry(s);
    if (s.barIndex > 0) schemes["3 of 10"]!(s);
  });
  at.bars("100");
  at.fill("L buy 3@95");
  expect(shares(at.fill("A<L sell 3@110"))).toBe("");
  expect(at.desk.positionSize).toBe(0);
  expect(shares(at.bars("110"))).toBe("");
  at.fill("L buy 7@95");
  expect(shares(at.bars("110"))).toBe("");
  expect(at.desk.positionSize).toBe(7);
});

test("the script changes a part while its entry fills", () => {
  const at = new AtVenue((s) => ({
    1: () => (entry(s), s.exit("A", { ...tp(110), qtyPercent: 50 })),
    2: () => s.exit("A", { ...tp(111), qtyPercent: 20 }),
    3: () => s.exit("A", { ...tp(112), qty: 6 }),
  }));
  at.bars("100");
  at.fill("L buy 5@95");
  expect(at.bars("96")).toContain("x|A|L#2 sell 2 tp 111 part ready 1");
  expect(at.bars("96")).toContain("x|A|L#2 sell 6 tp 112 part ready 5");
  expect(at.fill("L buy 5@95")).toContain("x|A|L#2 sell 6 tp 112 part");
});

test("parts of two entries of one id are each of their own", () => {
  const at = new AtVenue(
    (s) => {
      if (s.barIndex === 1 || s.barIndex === 2) s.entry("L", "long", { qty: 2 });
      if (s.barIndex > 0) s.exit("A", { qtyPercent: 50, limit: 110 });
    },
    { settings: { pyramiding: 2 } },
  );
  at.bars("100");
  expect(shares(at.fill("L buy 2@100"))).toBe("A 1");
  at.bars("100");
  expect(shares(at.fill("L buy 1@100"))).toBe("A 1.5");
  expect(shares(at.fill("L buy 1@100"))).toBe("A 2");
  expect(shares(at.fill("A<L sell 2@110"))).toBe("");
  expect(shares(at.bars("110"))).toBe("");
  expect(at.desk.positionSize).toBe(2);
});

test("an exit of two entries is one order: what it has filled of the first is part of it, and a restart knows it", () => {
  const actions: Actions = (s) => {
    if (s.barIndex === 1 || s.barIndex === 2) s.entry("L", "long", { qty: 5 - 2 * s.barIndex });
    if (s.barIndex > 0 && s.barIndex < 4) s.exit("A", { fromEntry: "L", limit: 110 });
  };
  const fills = ["L buy 3@100 at 1", "L buy 1@100 at 2"];
  const at = new AtVenue(actions, { settings: { pyramiding: 2 } });
  at.bars("100");
  at.fill(fills[0]!);
  at.bars("100");
  expect(at.fill(fills[1]!)).toEqual(["x|A|L#2 sell 4 tp 110"]);
  expect(at.fill("A<L sell 3@110")).toEqual(["x|A|L#2 sell 4 tp 110"]);
  expect(at.exits.legs.map(({ qty, filledByOthers }) => [qty, filledByOthers])).toEqual([[1, 3]]);
  expect(at.fill("A<L sell 0.5@110")).toEqual(["x|A|L#2 sell 4 tp 110"]);
  expect(at.bars("100")).toEqual(["x|A|L#2 sell 4 tp 110"]);
  expect(at.fill("A<L sell 0.5@110")).toEqual([]);
});

/** What happens to an entry of 10 with two exits, one after the other. */
const events = fc.array(
  fc.record({
    what: fc.constantFrom("entry", "entry", "A", "B", "bar", "restart"),
    qty: fc.integer({ min: 1, max: 6 }),
  }),
  { minLength: 4, maxLength: 25 },
);

test("parts never exceed what they were asked for nor what there is, and a restart changes none of them", async () => {
  const names = ["50 % and the rest", "30 % and 70 %", "3 and 7"] as const;
  const property = fc.property(
    fc.constantFrom(...names),
    fc.boolean(),
    events,
    (scheme, isRepeated, story) => {
      const actions = (s: Script): void => {
        if (s.barIndex === 1) entry(s);
        if (s.barIndex === 1 || (isRepeated && s.barIndex > 1)) schemes[scheme]!(s);
      };
      // Without what the first process does when it places them.
      const later = (s: Script): void => void (isRepeated && schemes[scheme]!(s));
      let at = new AtVenue(actions);
      at.bars("100");
      const venue = new SmallVenue();
      for (const { what, qty } of story) {
        venue.look(at.last);
        const fill = venue.fill(what, qty / 2);
        if (fill !== undefined) at.fill(fill);
        if (what === "bar") at.bars("100");
        if (what === "restart") {
          const before = shares(at.last);
          at = new AtVenue(later, { history: "100 100", fills: venue.fills, left: venue.left(at) });
          at.desk.refresh();
          expect(shares(at.last)).toBe(before);
        }
        venue.check(at.last);
      }
    },
  );
  await fc.assert(property, { numRuns: 150 });
});

/** Fills what is wanted of it, and remembers what it has filled. */
class SmallVenue {
  readonly fills: ReturnType<typeof fillOf>[] = [];
  readonly filled: Record<string, number> = { entry: 0, A: 0, B: 0 };
  readonly #generations: Record<string, number> = {};
  readonly #may: Record<string, number> = {};
  #entry: AtVenue["entry"] | undefined;

  get open(): number {
    return this.filled["entry"]! - this.filled["A"]! - this.filled["B"]!;
  }

  look(wishes: readonly string[]): void {
    this.#may["A"] = this.#may["B"] = 0;
    for (const wish of wishes) {
      const [, name, number] = /^(?:e\|(?=L)|x\|)?(\w+)(?:\|L)?#(\d+)/.exec(wish)!;
      const id = name === "L" ? "entry" : name!;
      this.#generations[id] = Number(number);
    }
    for (const part of shares(wishes).split(", ")) {
      const [id, qty] = part.split(" ");
      if (id !== undefined && qty !== undefined) this.#may[id] = Number(qty);
    }
  }

  /** The text of a fill; `undefined`: there is nothing to fill. */
  fill(what: string, most: number): string | undefined {
    if (!(what in this.filled)) return undefined;
    const isEntry = what === "entry";
    const left = isEntry
      ? 10 - this.filled["entry"]!
      : Math.min(this.#may[what]! - this.filled[what]!, this.open);
    const qty = Math.round(Math.min(most, left) * 100) / 100;
    if (!(qty > 0)) return undefined;
    this.filled[what] = Math.round((this.filled[what]! + qty) * 100) / 100;
    const text = isEntry ? `L buy ${qty}@95 at 1` : `${what}<L sell ${qty}@110 at 1`;
    this.fills.push({
      ...fillOf(text),
      fillId: `${this.fills.length}`,
      generation: this.#generations[what]!,
    });
    return text;
  }

  left(at: AtVenue): NonNullable<VenueSituation["left"]> {
    this.#entry = at.entry;
    const number = this.#generations["entry"]!;
    const order = { key: "e\0L", generation: number, filledQty: this.filled["entry"]!, intent: this.#entry };
    const states = ["A", "B"].flatMap((id): [string, ExitState][] => {
      const generation = this.#generations[id];
      const filledQty = this.filled[id]!;
      return generation === undefined || filledQty === 0 ? [] : [[`x\0${id}\0L`, { generation, filledQty }]];
    });
    return {
      orders: this.filled["entry"]! < 10 ? [order] : [],
      exits: at.exits,
      exitStates: new Map(states),
    };
  }

  check(wishes: readonly string[]): void {
    this.look(wishes);
    const left = (id: string): number => Math.max(0, this.#may[id]! - this.filled[id]!);
    expect(left("A") + left("B")).toBeLessThanOrEqual(this.open + 1e-9);
    // Together they have all that is open.
    expect(left("A") + left("B")).toBeGreaterThanOrEqual(this.open - 1e-9);
  }
}

test("a part stays one when an entry that was to come is taken back, or is not let in", () => {
  const at = new AtVenue(
    (s) => ({
      1: () => s.entry("L", "long", { qty: 2 }),
      2: () => {
        s.entry("L", "long", { qty: 2, limit: 95 });
        s.exit("A", { ...tp(110), qtyPercent: 50 });
      },
      3: () => s.cancel("L"),
      4: () => {
        s.entry("L", "long", { qty: 2 });
        s.exit("A", { ...tp(110), qtyPercent: 50 });
      },
    }),
    { settings: { pyramiding: 2 } },
  );
  at.bars("100");
  at.fill("L buy 2@100");
  expect(at.bars("100")).toContain("x|A|L#3 sell 2 tp 110 part ready 1");
  expect(at.bars("100")).toEqual(["x|A|L#3 sell 1 tp 110 part"]);
  expect(at.bars("100")).toContain("x|A|L#3 sell 2 tp 110 part ready 1");
  at.take({ kind: "order_over", key: "e\0L", generation: 4, end: "rejected" });
  expect(at.bars("100")).toEqual(["x|A|L#3 sell 1 tp 110 part"]);
});
