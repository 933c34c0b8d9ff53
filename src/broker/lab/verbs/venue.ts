import { payIn, trade, tradeFlat, tradeOut } from "../hands.ts";
import { NotationError, type Words } from "../notation.ts";
import type { LabRun } from "../lab-run.ts";
import { type LineFault, lineFaults, type RequestKind, requests } from "../venue/line.ts";
import { isOpen, Refusal, type VenueOrder } from "../venue/model.ts";
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

/** What somebody else does to an order is not held against its run. */
function meddle({ ledger }: LabRun, { clientOrderId }: VenueOrder): void {
  const key = ledger.orders.get(clientOrderId)?.key;
  if (key !== undefined) ledger.meddled.add(key);
}

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
        meddle(call.run, order);
        call.world.venue.cancel(order);
      }
      await call.world.settle();
    },
  },
  // A venue that took an order refuses it afterwards.
  venue_reject: {
    usage: "venue_reject ID[<ENTRY] [tp|sl|entry|close]",
    run: async (call) => {
      for (const order of ordersOf(call)) {
        call.run.hasRefusals = true;
        call.world.venue.reject(order);
      }
      await call.world.settle();
    },
  },
  // Somebody changes an order by hand.
  venue_amend: {
    usage: "venue_amend ID[<ENTRY] [tp|sl|entry|close] [qty N] [limit P] [stop P]",
    run: async (call) => {
      const orders = ordersOf(call);
      const { qty, limit, stop } = call.words.options(["qty", "limit", "stop"]);
      for (const order of orders) {
        const amount = qty === undefined ? order.qty : Number(qty);
        if (amount <= order.filled) continue;
        meddle(call.run, order);
        const change = {
          qty: amount,
          ...(limit === undefined || order.limit === null ? {} : { limit: Number(limit) }),
          ...(stop === undefined || order.stop === null ? {} : { stop: Number(stop) }),
        };
        // The venue has its rules for a person as well.
        try {
          call.world.venue.amend(order, change);
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
        }
      }
      await call.world.settle();
    },
  },
  // The session ends, as the plugin knows: the venue cancels everything that rests.
  session_end: {
    usage: "session_end",
    run: async ({ world, run }) => {
      run.plugin?.nativeCancelAllExpectedSink?.();
      for (const order of world.venue.openOrders()) {
        if (order.owner !== run.runId || (order.limit === null && order.stop === null)) continue;
        meddle(run, order);
        world.venue.cancel(order);
      }
      await world.settle();
    },
  },
  // The plugin has found something that it does not understand.
  suspect: {
    usage: "suspect",
    run: async ({ world, run }) => {
      run.plugin?.quarantineSink?.("the plugin does not understand its account");
      await world.settle();
    },
  },
  fee: {
    usage: "fee RATE",
    run: ({ world, words }) => {
      world.venue.feeRate = words.number("the part of the notional");
    },
  },
  manual: {
    usage: "manual buy|sell QTY, manual flat, manual close ENTRY",
    run: async ({ world, words }) => {
      const side = words.word("the side", ["buy", "sell", "flat", "close"]);
      if (side === "close") tradeOut(world, words.word("the entry"));
      else if (side === "flat") tradeFlat(world);
      else trade(world, side, words.number("how many"));
      await world.settle();
    },
  },
  deposit: {
    usage: "deposit QTY",
    run: async ({ world, words }) => {
      payIn(world, words.number("how many coins"));
      await world.settle();
    },
  },
  // What no order has locked.
  withdraw: {
    usage: "withdraw QTY",
    run: async ({ world, words }) => {
      payIn(world, -words.number("how many coins"));
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
