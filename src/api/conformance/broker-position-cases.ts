import type { DispatchEnvelope, Intent, OrderIdKind } from "../broker/intents.ts";
import type { LegType, OrderEvent, Side } from "../broker/orders.ts";
import { BrokerPlugin } from "../plugins/broker.ts";
import { type BrokerBench, benchOf } from "./broker-bench.ts";
import { refusedAsBroker } from "./broker-order-cases.ts";
import type { ConformanceCase } from "./case.ts";
import { fail } from "./outcome.ts";

/** Orders that fill, and the position they make. They share one position, in this order. */
export const brokerPositionCases: readonly ConformanceCase[] = [
  {
    id: "broker-market-fills",
    title: "a market order fills, in increments that add up",
    needs: ["broker-limit-rests"],
    run: async (lab) => {
      const bench = await benchOf(lab);
      const envelope = bench.envelope(bench.entry("buy", 2));
      await bench.call("executeEntry", () => bench.broker.executeEntry(envelope));
      return checkFills(bench, envelope, "e", envelope.intent.qty, "buy", ["entry"]);
    },
  },
  {
    id: "broker-position",
    title: "the position is what was filled",
    needs: ["broker-market-fills"],
    run: async (lab) => {
      const bench = await benchOf(lab);
      const position = await bench.call("getPosition", () => bench.broker.getPosition(bench.symbol));
      if (position === null) return fail("it is null, which means flat");
      if (position.side !== "long") fail(`its side is ${position.side}, not long`);
      if (!bench.isSame(position.size, 2 * bench.size))
        fail(`its size is ${position.size}, not ${2 * bench.size}`);
      if (!(position.entryPrice > 0)) fail(`its entry price is ${position.entryPrice}`);
    },
  },
  {
    id: "broker-bracket",
    title: "a bracket is an order for each of its legs, which only reduce",
    needs: ["broker-position"],
    run: async (lab) => {
      const bench = await benchOf(lab);
      const [tp, sl] = [await bench.farLimit("sell"), await bench.farLimit("buy")];
      const envelope = bench.envelope(bench.exit("sell", 2, tp, sl));
      const legs = await bench.call("executeExit", () => bench.broker.executeExit(envelope));
      if (legs.length !== 2) fail(`it has two legs, and ${legs.length} orders came back`);
      const ids = legs.map(({ clientOrderId }) => clientOrderId);
      if (new Set(ids).size !== 2) fail(`its legs are ${ids.join(" and ")}: one id for two orders`);
      for (const leg of legs) {
        if (leg.side !== "sell") fail(`a leg of a long position's bracket is a ${leg.side}`);
        if (!leg.reduceOnly) fail(`the leg ${leg.clientOrderId} could open a position`);
      }
      const next = bench.envelope(bench.exit("sell", 2, tp + bench.mintick, sl), envelope);
      const isAmended = bench.broker.modifyExit !== BrokerPlugin.prototype.modifyExit;
      if (isAmended) await bench.call("modifyExit", () => bench.broker.modifyExit(envelope, next));
      await bench.call("executeCancel", () => bench.broker.executeCancel(bench.cancelOf(next)));
      await bench.untilGone(legs);
    },
  },
  {
    id: "broker-partial-close",
    title: "a close of a part leaves exactly the rest",
    needs: ["broker-position"],
    run: async (lab) => {
      const bench = await benchOf(lab);
      const envelope = bench.envelope(bench.closing("sell", 1));
      await bench.call("executeClose", () => bench.broker.executeClose(envelope));
      await checkFills(bench, envelope, "c", bench.size, "sell", ["close"]);
      const size = await bench.positionSize();
      if (!bench.isSame(size, bench.size)) fail(`the position is ${size}, not ${bench.size}`);
    },
  },
  {
    id: "broker-close-never-flips",
    title: "a close of more than there is ends flat, or is refused",
    needs: ["broker-partial-close"],
    run: async (lab) => {
      const bench = await benchOf(lab);
      const envelope = bench.envelope(bench.closing("sell", 3));
      await bench
        .call("executeClose", () => bench.broker.executeClose(envelope))
        .catch((error: unknown) => refusedAsBroker(error, "the close"));
      const size = await settledSize(bench, (now) => now <= 0);
      if (size < 0) fail(`it turned the position around: ${size}`);
      if (size > 0) await closeRest(bench);
    },
  },
  {
    id: "broker-flat",
    title: "without a position getPosition is null",
    needs: ["broker-close-never-flips"],
    run: async (lab) => {
      const bench = await benchOf(lab);
      const position = await bench.call("getPosition", () => bench.broker.getPosition(bench.symbol));
      if (position !== null && (position.side !== "flat" || position.size !== 0))
        fail(`it is ${position.side} ${position.size}`);
      if (position !== null) return "it is a flat position: null says the same";
    },
  },
  {
    id: "broker-close-when-flat",
    title: "a close without a position opens none",
    needs: ["broker-flat"],
    run: async (lab) => {
      const bench = await benchOf(lab);
      const envelope = bench.envelope(bench.closing("sell", 1));
      await bench
        .call("executeClose", () => bench.broker.executeClose(envelope))
        .catch((error: unknown) => refusedAsBroker(error, "the close"));
      const size = await settledSize(bench, (now) => now !== 0);
      if (size !== 0) fail(`the position is ${size} after it`);
    },
  },
  {
    id: "broker-fill-ids",
    title: "every execution has an id that no other has",
    needs: ["broker-market-fills"],
    run: async (lab) => {
      const bench = await benchOf(lab);
      const fills = bench.events.filter(({ fillQty }) => fillQty !== undefined);
      const ids = fills.map(({ fillId }) => fillId);
      const nameless = fills.find(({ fillId }) => fillId === undefined);
      if (nameless !== undefined) fail(`a fill of ${nameless.order.clientOrderId} has none`);
      if (new Set(ids).size !== ids.length) fail(`two of ${ids.join(", ")} are the same`);
      return `${ids.length} executions`;
    },
  },
];

/** Waits until an order has filled, and looks at every event of it. */
async function checkFills(
  bench: BrokerBench,
  envelope: DispatchEnvelope<Intent>,
  kind: OrderIdKind,
  qty: number,
  side: Side,
  legs: readonly LegType[],
): Promise<string> {
  const id = envelope.clientOrderId(kind);
  await bench.until(`the fill of ${id}`, () =>
    bench.eventsOf(id).find(({ eventType }) => eventType === "filled"),
  );
  let sum = 0;
  const fills = bench
    .eventsOf(id)
    .filter(({ eventType }) => eventType === "filled" || eventType === "partial");
  for (const event of fills) sum = checkFill(bench, event, sum, side, legs);
  if (!bench.isSame(sum, qty)) fail(`its fills add up to ${sum}, ordered were ${qty}`);
  return `${fills.length} execution${fills.length === 1 ? "" : "s"}`;
}

function checkFill(
  bench: BrokerBench,
  { fillQty, fillPrice, legType, order }: OrderEvent,
  before: number,
  side: Side,
  legs: readonly LegType[],
): number {
  if (fillQty === undefined || !(fillQty > 0)) return fail(`a fill of it is of ${fillQty} contracts`);
  if (fillPrice === undefined || !(fillPrice > 0)) fail(`a fill of it is at ${fillPrice}`);
  if (order.side !== side) fail(`it was a ${side}, and a ${order.side} was filled`);
  if (legType === undefined || !legs.includes(legType)) fail(`the legType of its fill is ${legType}`);
  const sum = before + fillQty;
  if (!bench.isSame(sum, order.filledQty))
    fail(
      `fillQty is ${fillQty} after ${before}, and filledQty ${order.filledQty}: one is not what the event added`,
    );
  return sum;
}

/** The position after a while in which something that must not happen could have. */
async function settledSize(bench: BrokerBench, isOver: (size: number) => boolean): Promise<number> {
  let looks = 0;
  return bench.until("a look at the position", async () => {
    const size = await bench.positionSize();
    return isOver(size) || ++looks > quietLooks ? size : undefined;
  });
}

/** Looks at the market without a change after which none is expected. */
const quietLooks = 8;

async function closeRest(bench: BrokerBench): Promise<void> {
  const envelope = bench.envelope(bench.closing("sell", 1));
  await bench.call("executeClose", () => bench.broker.executeClose(envelope));
  await settledSize(bench, (now) => now <= 0);
}
