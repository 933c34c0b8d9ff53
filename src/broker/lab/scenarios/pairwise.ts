import type { Scenario } from "./scenario.ts";

/** What is combined with what. */
const factors = {
  side: ["long", "short"],
  order: ["market", "limit", "stop"],
  fill: ["whole", "parts"],
  amends: ["yes", "no"],
  runs: ["one", "two"],
  restart: ["none", "shutdown", "kill"],
  events: ["in order", "reordered", "twice", "lost"],
  fault: ["none", "lost_ack", "lost_on_the_way", "lost_request"],
  race: ["none", "cancel", "close"],
  ids: ["long", "short"],
} as const;
type Factor = keyof typeof factors;
type Case = Readonly<Record<Factor, string>>;

const names = Object.keys(factors) as Factor[];

/** How many stories there are of it. */
const cases = 24;

/**
 * Every pair of values of two factors in as few stories as greed finds: each next one takes, factor by factor, the value
 * that meets most pairs which no story has had.
 */
export function pairwise(): readonly Scenario[] {
  const seen = new Set<string>();
  return Array.from({ length: cases }, (_, index) => {
    const one = nextCase(seen, index);
    for (const pair of pairsOf(one)) seen.add(pair);
    return {
      name: `pairwise-${String(index + 1).padStart(3, "0")}`,
      proves: names.map((name) => `${name} ${one[name]}`).join(", "),
      story: storyOf(one),
    };
  });
}

function nextCase(seen: ReadonlySet<string>, turn: number): Case {
  const one: Partial<Record<Factor, string>> = {};
  // Each story begins with another factor, so that the last ones get their turn.
  const order = names.map((_, index) => names[(index + turn) % names.length]!);
  for (const name of order) {
    const values = factors[name];
    const fresh = (value: string): number =>
      pairsOf({ ...one, [name]: value }).filter((pair) => pair.includes(`${name}=`) && !seen.has(pair))
        .length + (seen.has(`${name}=${value}`) ? 0 : 1);
    const rotated = values.map((_, index) => values[(index + turn) % values.length]!);
    one[name] = rotated.reduce<string>(
      (best, value) => (fresh(value) > fresh(best) ? value : best),
      rotated[0]!,
    );
  }
  return one as Case;
}

function pairsOf(one: Partial<Record<Factor, string>>): string[] {
  const set = Object.entries(one);
  return set.flatMap(([name, value], index) => [
    `${name}=${value}`,
    ...set
      .slice(index + 1)
      .map(([other, its]) => [`${name}=${value}`, `${other}=${its}`].toSorted().join(" ")),
  ]);
}

function storyOf(one: Case): string {
  const isLong = one.side === "long";
  const price = {
    market: "",
    limit: isLong ? " limit 98" : " limit 102",
    stop: isLong ? " stop 102" : " stop 98",
  }[one.order as "market" | "limit" | "stop"];
  const reached = one.order === "market" ? 100 : (one.order === "limit") === isLong ? 97 : 103;
  const events = {
    "in order": "",
    reordered: "reorder_events 2",
    twice: "duplicate_event 3",
    lost: "drop_events 2",
  }[one.events as "in order" | "reordered" | "twice" | "lost"];
  const lines = [
    `venue netting${one.amends === "no" ? " noamend" : ""}${one.ids === "short" ? " shortids" : ""}${one.runs === "two" ? " runs 2" : ""}`,
    one.runs === "two" ? `2: entry L ${one.side} 1\n2: sync` : "",
    one.fill === "parts" ? "depth 0.5" : "",
    events,
    one.fault === "none" ? "" : `fault ${one.fault} entry`,
    `entry L ${one.side} 2${price}`,
    one.restart === "kill" ? "kill 4" : "",
    "sync",
    one.restart === "shutdown" ? "shutdown" : "",
    one.restart === "none" ? "" : "restart",
    "sync",
    "advance 40000",
    `price ${reached}`,
    one.race === "cancel" ? "cancel L\nsync" : one.race === "close" ? "close L\nsync" : "sync",
    one.restart === "kill" ? "restart" : "",
    `exit X from L ${isLong ? "limit 130 stop 70" : "limit 70 stop 130"}`,
    "sync",
    "depth all",
    `price ${reached}`,
    "peace",
    "cancel_all",
    "close_all",
    "sync",
    "sync",
    "peace",
    "expect position 0",
    "expect open_orders 0",
  ];
  return lines.filter((line) => line !== "").join("\n");
}
