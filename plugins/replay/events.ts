import { type BarColumns, type BarUpdate, pathOf, type SymInfo, type Timeframe } from "pynecore/plugin";

import { barAt, closeTime } from "./bars.ts";

/** What happens on a replayed feed, in order, pure: columns and a plan in, events out. */

/** An update at the moment it is sent, or the loss of the connection until `backMs`; times of the file, epoch ms. */
export type ReplayEvent =
  | { readonly kind: "update"; readonly atMs: number; readonly update: BarUpdate }
  | { readonly kind: "drop"; readonly atMs: number; readonly backMs: number };

/** How bars become events. Chances are shares of all bars, 0 to 1. */
export interface EventPlan {
  readonly timeframe: Timeframe;
  readonly grid: Pick<SymInfo, "minmove" | "pricescale">;
  readonly updatesPerBar: number;
  readonly seed: number;
  readonly gapChance: number;
  readonly lateChance: number;
  readonly disconnectChance: number;
  readonly outageBars: number;
}

/** Purposes keep the faults of one bar independent of each other. */
const purposes = { gap: 1, late: 2, disconnect: 3 } as const;

/**
 * The events from a bar on. A fault falls on a bar by its number in the file, so neither the start nor the speed
 * changes which bars it falls on.
 */
export function* eventsFrom(columns: BarColumns, first: number, plan: EventPlan): Generator<ReplayEvent> {
  const opens = columns.openTimeMs;
  const hits = (purpose: keyof typeof purposes, share: number, index: number): boolean =>
    share > 0 && fraction(plan.seed, index, purposes[purpose]) < share;
  /** A close that waits for the next bar to begin. */
  let late: (ReplayEvent & { readonly kind: "update" }) | undefined;

  for (let index = first; index < columns.length; index++) {
    if (hits("gap", plan.gapChance, index)) continue;
    const bar = barAt(columns, index);
    const closeMs = closeTime(opens, index, plan.timeframe);
    const path = Number.isNaN(bar.open + bar.high + bar.low + bar.close)
      ? []
      : pathOf(bar, plan.updatesPerBar, plan.grid);
    const drops = hits("disconnect", plan.disconnectChance, index);
    const shown = drops ? Math.ceil(path.length / 2) : path.length;

    for (let step = 0; step < shown; step++) {
      const atMs = bar.openTimeMs + ((closeMs - bar.openTimeMs) * step) / path.length;
      const volume = (bar.volume * (step + 1)) / path.length;
      yield { kind: "update", atMs, update: { ...bar, ...path[step], volume, isClosed: false } };
      if (late !== undefined) yield { ...late, atMs };
      late = undefined;
    }
    if (late !== undefined) yield { ...late, atMs: bar.openTimeMs };
    late = undefined;

    if (drops) {
      const last = Math.min(columns.length, index + plan.outageBars) - 1;
      const backMs = closeTime(opens, last, plan.timeframe);
      yield { kind: "drop", atMs: (bar.openTimeMs + closeMs) / 2, backMs };
      index = last;
      continue;
    }
    const closed = { kind: "update", atMs: closeMs, update: { ...bar, isClosed: true } } as const;
    if (hits("late", plan.lateChance, index)) late = closed;
    else yield closed;
  }
  if (late !== undefined) yield late;
}

/** Events that wait to be read. */
export class EventQueue {
  readonly #story: Iterator<ReplayEvent, void>;
  #waiting: ReplayEvent[] = [];

  constructor(story: Iterator<ReplayEvent, void>) {
    this.#story = story;
  }

  /** The next event; `undefined` at the end. */
  get first(): ReplayEvent | undefined {
    if (this.#waiting.length === 0) {
      const step = this.#story.next();
      if (step.done !== true) this.#waiting.push(step.value);
    }
    return this.#waiting[0];
  }

  shift(): void {
    if (this.first !== undefined) this.#waiting.shift();
  }

  /**
   * Leaves out what happened before a moment, but for the last update of a bar that still forms: a venue tells a new
   * subscriber how the bar stands.
   */
  skipTo(ms: number): void {
    let forming: ReplayEvent | undefined;
    for (let event = this.first; event !== undefined && event.atMs < ms; event = this.first) {
      forming = event.kind === "update" && !event.update.isClosed ? event : undefined;
      this.shift();
    }
    // Where a gap, an outage or a late close took the rest of the bar, it is over.
    const next = this.first;
    if (forming?.kind === "update" && next?.kind === "update") {
      if (next.update.openTimeMs === forming.update.openTimeMs) this.#waiting.unshift(forming);
    }
  }
}

/** A number in [0, 1) that depends on its arguments alone: MurmurHash3's finaliser over their mixture. */
function fraction(seed: number, index: number, purpose: number): number {
  let hash = Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca77) ^ Math.imul(purpose, 0xc2b2ae3d);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 4_294_967_296;
}
