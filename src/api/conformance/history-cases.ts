import type { Bar } from "../../kernel/bar.ts";
import type { ConformanceCase } from "./case.ts";
import { fail, iso } from "./outcome.ts";
import { describe, type Lab, type Window } from "./lab.ts";

/** Seconds since 1970 until the year 5138 are smaller, milliseconds since 1973 are greater. */
const smallestMs = 1e11;
/** Milliseconds until the year 5138; microseconds since 1973 are greater. */
const greatestMs = 1e14;

const needs = ["times-ms"];

/** Bars of the past. */
export const historyCases: readonly ConformanceCase[] = [
  {
    id: "history-found",
    title: "there are bars",
    needs: ["info-complete"],
    run: async (lab) => {
      const sample = await lab.sample();
      return `looking at ${sample.length} of ${await lab.symbol()} at ${await lab.timeframe()}`;
    },
  },
  {
    id: "times-ms",
    title: "times are whole milliseconds",
    needs: ["history-found"],
    run: async (lab) => {
      const odd = (await lab.sample()).find(({ openTimeMs }) => !isMs(openTimeMs))?.openTimeMs;
      if (odd === undefined) return;
      const unit =
        odd < smallestMs ? "; are these seconds?" : odd > greatestMs ? "; are these microseconds?" : "";
      fail(`an openTimeMs of ${odd} is ${iso(odd)}${unit}`);
    },
  },
  {
    id: "bars-valid",
    title: "bars are possible: finite, high on top, low at the bottom",
    needs,
    run: async (lab) => {
      for (const bar of await lab.sample()) checkBar(bar);
    },
  },
  {
    id: "bars-spacing",
    title: "bars are as far apart as the timeframe says",
    needs,
    run: async (lab) => {
      const [bars, periodMs] = [await lab.orderedSample(), await lab.periodMs()];
      const steps = bars
        .slice(1)
        .map((bar, index) => bar.openTimeMs - (bars[index]?.openTimeMs ?? Number.NaN))
        .toSorted((a, b) => a - b);
      // Half of the steps may be short: sessions cut bars, months have 28 days, a clock change takes an hour.
      const middle = steps[steps.length >> 1] ?? Number.NaN;
      if (middle < periodMs * 0.9) {
        fail(`${await lab.timeframe()} is ${periodMs / 1000} s, most bars are ${middle / 1000} s apart`);
      }
    },
  },
  {
    id: "pages-ascending",
    title: "pages ascend, no bar comes twice",
    needs,
    run: async (lab) => {
      const window = await whole(lab);
      const pages = await lab.pages(window, { limit: 3 });
      let previous = -Infinity;
      for (const { openTimeMs } of pages.flat()) {
        if (openTimeMs === previous) fail(`${iso(openTimeMs)} comes twice in ${describe(window)}`);
        if (openTimeMs < previous) fail(`${iso(openTimeMs)} comes after ${iso(previous)}`);
        previous = openTimeMs;
      }
    },
  },
  {
    id: "window-respected",
    title: "no bar lies outside of the window",
    needs,
    run: async (lab) => {
      const periodMs = await lab.periodMs();
      const [from, to] = [await lab.openAt(1), await lab.openAt(-2)];
      for (const window of [
        { from, to },
        { from: from + 1, to: to + 1 },
        { from, to: to - 1 },
      ]) {
        for (const { openTimeMs } of (await lab.pages(window)).flat()) {
          if (openTimeMs >= window.to)
            fail(`asked for ${describe(window)}, got ${iso(openTimeMs)} (to is exclusive)`);
          // The bar that was forming at `from` is harmless: the host drops what it has.
          if (openTimeMs <= window.from - periodMs)
            fail(`asked for ${describe(window)}, got ${iso(openTimeMs)}`);
        }
      }
    },
  },
  {
    id: "window-from-inclusive",
    title: "the bar that opens at the window's start is in it",
    needs,
    run: async (lab) => {
      const window = { from: await lab.openAt(2), to: await lab.openAt(-1) };
      const times = (await lab.pages(window)).flat().map((bar) => bar.openTimeMs);
      if (!times.includes(window.from)) {
        const first = times.length === 0 ? "nothing" : iso(Math.min(...times));
        fail(`asked for ${describe(window)}, the first bar is ${first}`);
      }
    },
  },
  {
    id: "overlap-agrees",
    title: "two overlapping requests agree",
    needs,
    run: async (lab) => {
      const [start, middle, late, end] = [
        await lab.openAt(0),
        await lab.openAt(1),
        await lab.openAt(-2),
        await lab.openAt(-1),
      ];
      const first = (await lab.pages({ from: start, to: late })).flat();
      const second = (await lab.pages({ from: middle, to: end })).flat();
      const inside = (bar: Bar): boolean => bar.openTimeMs > middle && bar.openTimeMs < late;
      compare(
        first.filter(inside),
        second.filter(inside),
        "a window that begins earlier",
        "one that ends later",
      );
    },
  },
  {
    id: "empty-window",
    title: "an empty window yields nothing and ends",
    needs,
    run: async (lab) => {
      const [at, now, periodMs] = [await lab.openAt(2), lab.clock.nowMs(), await lab.periodMs()];
      for (const window of [
        { from: at, to: at },
        { from: now + 10 * periodMs, to: now + 20 * periodMs },
      ]) {
        const bars = (await lab.pages(window)).flat();
        if (bars.length > 0) {
          fail(
            `asked for ${describe(window)}, got ${bars.length} bars from ${iso(bars[0]?.openTimeMs ?? 0)} on`,
          );
        }
      }
    },
  },
  {
    id: "limit-honoured",
    title: "a small limit makes small pages and loses nothing",
    needs,
    run: async (lab) => {
      const window = await whole(lab);
      const small = await lab.pages(window, { limit: 3 });
      const largest = Math.max(0, ...small.map((page) => page.length));
      if (largest > 3) fail(`limit is 3, a page has ${largest} bars`);
      compare((await lab.pages(window)).flat(), small.flat(), "without a limit", "with limit 3");
    },
  },
];

/** The whole sample as a window. */
async function whole(lab: Lab): Promise<Window> {
  return { from: await lab.openAt(0), to: (await lab.openAt(-1)) + 1 };
}

/** Whether a time can be epoch milliseconds of a market. */
export function isMs(time: number): boolean {
  return Number.isSafeInteger(time) && time >= smallestMs && time <= greatestMs;
}

/** Fails for a bar that cannot have happened. NaN is a missing value. */
export function checkBar({ openTimeMs, open, high, low, close, volume }: Bar): void {
  const where = `the bar of ${iso(openTimeMs)}`;
  for (const [name, value] of Object.entries({ open, high, low, close, volume })) {
    if (typeof value !== "number" || Math.abs(value) === Infinity) {
      fail(`${where}: ${name} is a number, not ${JSON.stringify(value)} (missing is NaN)`);
    }
  }
  // A comparison with NaN is false: a missing value breaks no rule.
  if (high < open || high < close) fail(`${where}: high ${high} is below open ${open} or close ${close}`);
  if (low > open || low > close) fail(`${where}: low ${low} is above open ${open} or close ${close}`);
  if (low > high) fail(`${where}: low ${low} is above high ${high}`);
  if (volume < 0) fail(`${where}: volume is ${volume}`);
}

/** Fails where two answers about the same time differ. */
function compare(first: readonly Bar[], second: readonly Bar[], one: string, other: string): void {
  const rest = new Map(second.map((bar) => [bar.openTimeMs, bar]));
  for (const bar of first) {
    const match = rest.get(bar.openTimeMs);
    if (match === undefined) fail(`${iso(bar.openTimeMs)} is there ${one} and missing ${other}`);
    for (const key of ["open", "high", "low", "close", "volume"] as const) {
      if (!Object.is(bar[key], match[key])) {
        fail(`${iso(bar.openTimeMs)}: ${key} is ${bar[key]} ${one} and ${match[key]} ${other}`);
      }
    }
    rest.delete(bar.openTimeMs);
  }
  const [extra] = rest.keys();
  if (extra !== undefined) fail(`${iso(extra)} is missing ${one} and there ${other}`);
}
