import { NotationError, type Words } from "../notation.ts";
import type { LabRun } from "../lab-run.ts";
import { type LineFault, lineFaults, type RequestKind, requests } from "../venue/line.ts";
import { isOpen, type VenueOrder } from "../venue/model.ts";
import type { World } from "../world.ts";
import type { Verb, VerbCall } from "./verb.ts";

/** What happens at the venue, and on the way to it and back. */

/**
 * Open orders of a run under a name: `L` an entry, a close or an exit; `X<L tp` one leg of the exit X of L; `*`
 * whatever is open.
 */
function ordersOf({ world, run, words }: VerbCall): VenueOrder[] {
  const [pineId = "", fromEntry] = words.word("the id").split("<");
  const leg = ["tp", "sl", "entry", "close"].find((name) => name === words.peek);
  if (leg !== undefined) words.maybeWord();
  return world.venue.orders.filter(
    (order) =>
      order.owner === run.runId &&
      isOpen(order) &&
      (pineId === "*" || order.pineId === pineId) &&
      (fromEntry === undefined || order.fromEntry === fromEntry) &&
      (leg === undefined || order.legType === leg),
  );
}

const writes = (Object.keys(requests) as RequestKind[]).filter((kind) => requests[kind] === "write");
const reads = (Object.keys(requests) as RequestKind[]).filter((kind) => requests[kind] === "read");

function kindsOf(words: Words): readonly RequestKind[] {
  const word = words.peek;
  if (word === undefined || /^\d/.test(word)) return writes;
  words.maybeWord();
  if (word === "write") return writes;
  if (word === "read") return reads;
  if (!Object.hasOwn(requests, word)) throw new NotationError(`${word} is no kind of request`);
  return [word as RequestKind];
}

function arm(run: LabRun, fault: LineFault, kinds: readonly RequestKind[], count: number): void {
  if (fault === "reject" || fault === "margin" || fault === "skip" || fault === "id_spent")
    run.hasRefusals = true;
  run.connection?.line.arm(fault, kinds, count);
}

const armed = (fault: LineFault, kinds: readonly RequestKind[]): Verb => ({
  usage: "[COUNT]",
  run: ({ run, words }) => arm(run, fault, kinds, words.maybeNumber() ?? 1),
});

/** Events of the next steps; of none when there is no stream. */
const feed = (change: (feed: NonNullable<LabRun["connection"]>["feed"], count: number) => void): Verb => ({
  usage: "[COUNT]",
  run: ({ run, words }) => {
    const count = words.maybeNumber() ?? 1;
    if (run.connection !== null) change(run.connection.feed, count);
  },
});

const freeze = ({ connection }: LabRun, isFrozen: boolean): void => {
  if (connection !== null) connection.frozen = isFrozen ? connection.view() : null;
};

export const venueVerbs: Readonly<Record<string, Verb>> = {
  price: {
    usage: "price P",
    run: async ({ world, words }) => {
      world.movePrice(words.number("the price"));
      await world.settle();
    },
  },
  // The most that one look at an order fills of it.
  depth: {
    usage: "depth QTY|all",
    run: ({ world, words }) => {
      const word = words.word("how much");
      world.venue.depth = word === "all" ? Infinity : Number(word);
    },
  },
  fill: {
    usage: "fill ID[<ENTRY] [tp|sl|entry|close] [QTY] [at P]",
    run: async (call) => {
      const orders = ordersOf(call);
      const qty = call.words.maybeNumber();
      const { at } = call.words.options(["at"]);
      for (const order of orders)
        call.world.venue.fill(order, qty, at === undefined ? undefined : Number(at));
      await call.world.settle();
    },
  },
  deliver: {
    usage: "deliver",
    run: async ({ world, run }) => {
      run.connection?.feed.release();
      await world.settle();
    },
  },
  hold: {
    usage: "hold",
    run: ({ run }) => {
      if (run.connection !== null) run.connection.feed.isHeld = true;
    },
  },
  delayed_deliver: {
    usage: "delayed_deliver MS",
    run: ({ run, words }) => {
      run.delayMs = words.number("how long");
      if (run.connection !== null) run.connection.feed.delayMs = run.delayMs;
    },
  },
  // Answers take so long.
  latency: {
    usage: "latency MS",
    run: ({ run, words }) => {
      run.ackMs = words.number("how long");
      if (run.connection !== null) run.connection.line.ackMs = run.ackMs;
    },
  },
  duplicate_event: feed((stream, count) => (stream.duplicates += count)),
  reorder_events: feed((stream, count) => (stream.swaps += count)),
  drop_events: feed((stream, count) => (stream.drops += count)),
  fault: {
    usage: `fault ${lineFaults.join("|")} [${Object.keys(requests).join("|")}|read|write] [COUNT]`,
    run: ({ run, words }) => {
      const fault = words.word<LineFault>("what goes wrong", lineFaults);
      const kinds = kindsOf(words);
      arm(run, fault, kinds, words.maybeNumber() ?? 1);
    },
  },
  reject_entries: armed("reject", ["entry"]),
  skip_entries: armed("skip", ["entry"]),
  read_error: armed(
    "lost_request",
    ["position", "orders", "legs"].filter((kind) => kind in requests) as RequestKind[],
  ),
  // For a minute: whoever is told longer that nothing is there has to believe it. A spot account's port promises less.
  stale_position: {
    usage: "stale_position",
    run: ({ world, run }) => {
      freeze(run, true);
      const forMs = world.profile.rules.mode === "spot" ? 4_000 : 60_000;
      world.time.schedule(forMs, () => freeze(run, false));
    },
  },
  fresh_position: { usage: "fresh_position", run: ({ run }) => freeze(run, false) },
  venue_cancel: {
    usage: "venue_cancel ID[<ENTRY] [tp|sl|entry|close]",
    run: async (call) => {
      for (const order of ordersOf(call)) {
        const key = call.run.ledger.orders.get(order.clientOrderId)?.key;
        if (key !== undefined) call.run.ledger.meddled.add(key);
        call.world.venue.cancel(order);
      }
      await call.world.settle();
    },
  },
  manual: {
    usage: "manual buy|sell QTY, manual flat, manual close ENTRY",
    run: async ({ world, words }) => {
      const side = words.word("the side", ["buy", "sell", "flat", "close"]);
      if (side === "close") world.manualClose(words.word("the entry"));
      else if (side === "flat") world.manualFlat();
      else world.manualTrade(side, words.number("how many"));
      await world.settle();
    },
  },
  disconnect: { usage: "disconnect", run: ({ run }) => run.connection?.cut() },
  reconnect: {
    usage: "reconnect",
    run: async ({ world, run }) => {
      if (run.process?.isAlive === true) run.connection?.open();
      await world.settle();
    },
  },
  // The stream of events ends with an error, and does so again until it is mended.
  stream_death: {
    usage: "stream_death",
    run: async ({ world, run }) => {
      if (run.connection !== null) run.connection.breakStream();
      await world.settle();
    },
  },
  stream_back: {
    usage: "stream_back",
    run: ({ run }) => {
      if (run.connection !== null) run.connection.isStreamBroken = false;
    },
  },
};

/** Everything that is wrong with a run's way to the venue is put right. */
export async function mend(world: World, run: LabRun): Promise<void> {
  run.ackMs = 0;
  run.delayMs = 0;
  const { connection, process } = run;
  process?.killAt(null, Infinity);
  if (connection === null) return;
  connection.line.disarm();
  connection.line.ackMs = 0;
  connection.feed.delayMs = 0;
  connection.feed.drops = connection.feed.duplicates = connection.feed.swaps = 0;
  connection.frozen = null;
  connection.isStreamBroken = false;
  if (process?.isAlive === true) connection.open();
  connection.feed.release();
  await world.settle();
}
