import type { Note } from "./note.ts";
import type { VenueOrder } from "./venue/model.ts";
import { requests } from "./venue/line.ts";
import type { World } from "./world.ts";

/** How often something was met, and in how many stories. */
export interface Sighted {
  readonly what: string;
  readonly times: number;
  readonly stories: number;
}

/** What stories have met: how often, and in how many of them. A walk that never meets something proves nothing about it. */
export class Sightings {
  readonly #counts = new Map<string, { times: number; stories: number }>();
  #inStory = new Map<string, number>();

  readonly note: Note = (what) => {
    this.#inStory.set(what, (this.#inStory.get(what) ?? 0) + 1);
  };

  /** A story is over. */
  endStory(world: World): void {
    noteRequests(world, this.note);
    noteOrders(world, this.note);
    const kills = this.#sum("kill ");
    if (kills > 1) this.note(`story: ${kills > 2 ? "three kills and more" : "two kills"}`);
    for (const [what, times] of this.#inStory) this.add(what, times, 1);
    this.#inStory = new Map();
  }

  add(what: string, times: number, stories: number): void {
    const known = this.#counts.get(what) ?? { times: 0, stories: 0 };
    this.#counts.set(what, { times: known.times + times, stories: known.stories + stories });
  }

  /** By name. */
  list(): Sighted[] {
    return [...this.#counts]
      .map(([what, counts]) => ({ what, ...counts }))
      .toSorted((a, b) => (a.what < b.what ? -1 : 1));
  }

  #sum(prefix: string): number {
    let sum = 0;
    for (const [what, times] of this.#inStory) if (what.startsWith(prefix)) sum += times;
    return sum;
  }
}

/** Every request by what became of it: a fault, or what the venue said. */
function noteRequests({ calls }: World, note: Note): void {
  for (const { kind, fault, outcome } of calls) note(`${requests[kind]} ${kind}: ${fault ?? outcome}`);
}

function noteOrders({ venue }: World, note: Note): void {
  for (const order of venue.orders) if (order.owner !== null) note(`order: ${typeOf(order)}`);
  for (const { kind, order, execution } of venue.events)
    if (order.owner !== null && (execution !== null || kind === "cancelled"))
      note(`${kind}: ${order.legType}${kind === "cancelled" && order.filled > 0 ? ", filled in part" : ""}`);
}

function typeOf({ legType, limit, stop, trail, group }: VenueOrder): string {
  const way = limit === null ? (stop === null ? "market" : "stop") : stop === null ? "limit" : "stop-limit";
  if (trail !== null) return `${legType} trailing${stop === null ? "" : " beside a stop"}`;
  return `${legType} ${way}${group === null || legType !== "entry" ? "" : " in a group"}`;
}

/** How the engines stand after a step. */
export function noteStates({ runs }: World, note: Note): void {
  for (const { process } of runs) {
    const state = process?.state;
    if (state == null || process?.isAlive !== true) continue;
    const { halt, quarantine, paused } = state.latches;
    if (halt !== null) note("engine: halted");
    if (quarantine !== null) note("engine: quarantined");
    if (paused) note("engine: paused");
    for (const { kind } of state.obligations.values()) note(`owed: ${kind}`);
    for (const { phase } of state.intents.values()) note(`intent: ${phase}`);
    for (const { kind, state: phase } of state.watches.values()) note(`watch: ${kind} ${phase}`);
  }
}
