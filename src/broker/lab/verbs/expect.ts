import type { LabRun } from "../lab-run.ts";
import { NotationError, type Words } from "../notation.ts";
import { isOpen } from "../venue/model.ts";
import { requests } from "../venue/line.ts";
import { Violation } from "../violation.ts";
import type { World } from "../world.ts";
import type { Verb } from "./verb.ts";

/** What a story expects to be so. */

type Measure = (world: World, run: LabRun, words: Words) => number | string | boolean;

const own = (world: World, run: LabRun) => world.venue.orders.filter((order) => order.owner === run.runId);
const named = (words: Words): ((pineId: string) => boolean) => {
  const id = words.peek !== undefined && !/^-?[\d.]+$/.test(words.peek) ? words.maybeWord() : undefined;
  return (pineId) => id === undefined || pineId === id;
};

/** Numbers; the word behind the name may say of what. */
const numbers: Readonly<Record<string, Measure>> = {
  // Requests that reached the venue: of a kind, or all that write.
  calls: (world, run, words) => {
    const kind = words.peek !== undefined && words.peek in requests ? words.maybeWord() : undefined;
    return world.calls.filter(
      (call) =>
        call.owner === run.runId &&
        call.hasArrived &&
        (kind === undefined ? requests[call.kind] === "write" : call.kind === kind),
    ).length;
  },
  // Requests that were tried, whether or not they arrived.
  tries: (world, run, words) => {
    const kind = words.peek !== undefined && words.peek in requests ? words.maybeWord() : undefined;
    return world.calls.filter(
      (call) =>
        call.owner === run.runId &&
        (kind === undefined ? requests[call.kind] === "write" : call.kind === kind),
    ).length;
  },
  position: (world, run) => world.venue.account.sizeOf(run.runId),
  account_position: (world) => world.venue.account.size,
  engine_position: (_, run) => run.process?.state?.book.size ?? Number.NaN,
  script_position: (_, run) => run.process?.desk?.positionSize ?? Number.NaN,
  closed_trades: (_, run) => run.process?.desk?.closedTrades.length ?? Number.NaN,
  open_orders: (world, run, words) => {
    const isNamed = named(words);
    return own(world, run).filter((order) => isOpen(order) && isNamed(order.pineId)).length;
  },
  total_orders: (world, run, words) => {
    const isNamed = named(words);
    return own(world, run).filter((order) => isNamed(order.pineId)).length;
  },
  distinct_order_ids: (world, run) => new Set(own(world, run).map(({ clientOrderId }) => clientOrderId)).size,
  legs: (world, run) => world.venue.account.legs.filter((leg) => leg.owner === run.runId).length,
  fills: (_, run) => run.ledger.booked.size,
};

/** What is so or is not. */
const facts: Readonly<Record<string, Measure>> = {
  live: (_, run) => run.isLive,
  ended: (_, run) => run.process === null || !run.isLive,
  halted: (_, run) => run.process?.state?.latches.halt != null,
  quarantined: (_, run) => run.process?.state?.latches.quarantine != null,
  free: (_, run) =>
    run.process?.state?.latches.quarantine == null && run.process?.state?.latches.halt == null,
};

export const expectVerb: Verb = {
  usage: `expect ${[...Object.keys(numbers), ...Object.keys(facts)].join("|")} [OF] [N]`,
  run: ({ world, run, words }) => {
    const name = words.word("what is expected");
    const fact = facts[name];
    if (fact !== undefined) {
      if (fact(world, run, words) !== true) throw new Violation("expectation", `the run is not ${name}`);
      return;
    }
    const measure = numbers[name];
    if (measure === undefined) throw new NotationError(`${name} is nothing that can be expected`);
    const found = measure(world, run, words);
    const wanted = words.number("how many");
    if (found !== wanted) throw new Violation("expectation", `${name} is ${found}, not ${wanted}`);
  },
};
