import type { DispatchEnvelope, EntryIntent } from "../broker/intents.ts";
import type { ExchangeOrder } from "../broker/orders.ts";
import { type BrokerBench, benchOf } from "./broker-bench.ts";
import type { ConformanceCase } from "./case.ts";
import { fail, skip } from "./outcome.ts";
import { type Lab, thrown } from "./lab.ts";

/**
 * Orders that are sent, rest far away from the price, and are taken back. They share one envelope, in this order: what
 * one case leaves behind the next one goes on with.
 */

/** The order that the cases speak of. */
interface Resting {
  readonly envelope: DispatchEnvelope<EntryIntent>;
  readonly order: ExchangeOrder;
}
const resting = new WeakMap<BrokerBench, Resting>();

export const brokerOrderCases: readonly ConformanceCase[] = [
  {
    id: "broker-starts-flat",
    title: "the account has no position and no orders in the symbol before the first order",
    needs: ["broker-connect", "broker-stream", "broker-idempotency"],
    run: async (lab) => {
      const bench = await benchOf(lab);
      const size = await bench.positionSize();
      if (size !== 0) skip(`there is a position of ${size}: orders would mix with somebody else's`);
      const orders = await bench.openOrders();
      if (orders.length > 0) skip(`there are ${orders.length} open orders`);
      bench.listen();
    },
  },
  {
    id: "broker-limit-rests",
    title: "a limit far from the price rests, and is answered with its order",
    needs: ["broker-starts-flat"],
    run: async (lab) => {
      const bench = await benchOf(lab);
      const limit = await bench.farLimit("buy");
      const envelope = bench.envelope(bench.entry("buy", 2, limit));
      const orders = await bench.call("executeEntry", () => bench.broker.executeEntry(envelope));
      if (orders.length !== 1) fail(`one order was sent, and ${orders.length} came back`);
      const order = orders[0]!;
      if (order.status !== "open" && order.status !== "pending")
        fail(`its status is ${order.status}, not open`);
      if (order.side !== "buy" || order.orderType !== "limit")
        fail(`it is a ${order.side} ${order.orderType}`);
      if (!bench.isSame(order.qty, envelope.intent.qty))
        fail(`its quantity is ${order.qty}, ordered were ${envelope.intent.qty}`);
      if (order.filledQty !== 0) fail(`${order.filledQty} of it are filled`);
      resting.set(bench, { envelope, order });
    },
  },
  {
    id: "broker-open-orders",
    title: "open orders are listed under the ids they were sent with",
    needs: ["broker-limit-rests"],
    run: async (lab) => {
      const [bench, { envelope, order }] = await restingOf(lab);
      const orders = await bench.openOrders();
      const found =
        orders.find(({ id }) => id === order.id) ?? fail(`${order.id} is not among the open orders`);
      const sent = envelope.clientOrderId("e");
      if (found.clientOrderId !== sent)
        fail(`it was sent as ${sent} and is listed as ${found.clientOrderId ?? "nothing"}`);
    },
  },
  {
    id: "broker-find-order",
    title: "an order is found by the id it was sent with, one that never was is not",
    needs: ["broker-open-orders"],
    run: async (lab) => {
      const [bench, { order }] = await restingOf(lab);
      const find = (id: string): Promise<ExchangeOrder | null | "unknown"> =>
        bench.call("findOrder", () => bench.broker.findOrder(id, bench.symbol));
      const found = await find(order.clientOrderId!);
      if (found === "unknown") skip("it cannot tell: a lost answer is looked for among the open orders");
      if (found === null) fail("an open order is null, which means that it may be sent again");
      if (found.id !== order.id) fail(`it finds ${found.id}, not ${order.id}`);
      const never = bench.envelope(bench.entry("buy", 1)).clientOrderId("e");
      const other = await find(never);
      if (other !== null && other !== "unknown") fail(`it finds ${other.id} under an id that was never sent`);
    },
  },
  {
    id: "broker-same-id-once",
    title: "the same id sent again makes no second order",
    needs: ["broker-open-orders"],
    run: async (lab) => {
      const [bench, { envelope, order }] = await restingOf(lab);
      const before = (await bench.openOrders()).length;
      const again = await bench
        .call("executeEntry", () => bench.broker.executeEntry(envelope))
        .catch((error: unknown) => refusedAsBroker(error, "the repetition"));
      const { length } = await bench.openOrders();
      if (length !== before) fail(`there are ${length} open orders now, before it there were ${before}`);
      if (Array.isArray(again) && again.some(({ id }) => id !== order.id))
        fail(`the repetition was answered with ${again.map(({ id }) => id).join(", ")}, not ${order.id}`);
    },
  },
  {
    id: "broker-amend-in-place",
    title: "a changed limit is the same order at its new price",
    needs: ["broker-open-orders", "broker-amend-declared"],
    run: async (lab) => {
      const [bench, { envelope, order }] = await restingOf(lab);
      await bench.requireNative("amendOrder");
      const limit = await bench.farLimit("buy", 10);
      const next = bench.envelope(bench.entry("buy", 1, limit), envelope);
      const before = (await bench.openOrders()).length;
      await bench.call("modifyEntry", () => bench.broker.modifyEntry(envelope, next));
      const orders = await bench.openOrders();
      if (orders.length !== before)
        fail(`there are ${orders.length} open orders, before it there were ${before}`);
      const now =
        orders.find(({ clientOrderId }) => clientOrderId === order.clientOrderId) ??
        fail(`no open order has the id ${order.clientOrderId} after it`);
      if (!bench.isSame(now.remainingQty, next.intent.qty)) fail(`${now.remainingQty} of it are open`);
      if (now.price === undefined || Math.abs(now.price - limit) > bench.mintick / 2)
        fail(`its price is ${now.price}, not ${limit}`);
      resting.set(bench, { envelope: next, order: now });
    },
  },
  {
    id: "broker-reconnect",
    title: "after another connect the orders are still known",
    needs: ["broker-open-orders"],
    run: async (lab) => {
      const [bench, { order }] = await restingOf(lab);
      const { accountId } = bench.broker;
      await bench.call("disconnect", () => bench.broker.disconnect());
      await lab.deadline("connect", (signal) => bench.broker.connect(signal));
      if (bench.broker.accountId !== accountId)
        fail(`the account was ${accountId}, is ${bench.broker.accountId}`);
      const known = (await bench.openOrders()).map(({ clientOrderId }) => clientOrderId);
      if (!known.includes(order.clientOrderId))
        fail(`open orders are ${known.join(", ") || "none"} after it`);
    },
  },
  {
    id: "broker-cancel",
    title: "a cancel takes the order off, and says so",
    needs: ["broker-open-orders"],
    run: async (lab) => {
      const [bench, { envelope, order }] = await restingOf(lab);
      const cancel = bench.cancelOf(envelope);
      const { broker } = bench;
      const outcome = await bench.call("executeCancelWithOutcome", () =>
        broker.executeCancelWithOutcome(cancel),
      );
      if (outcome === "already_filled") fail("it says already_filled of an order that never filled");
      await bench.untilGone([order]);
      return outcome;
    },
  },
  {
    id: "broker-order-events",
    title: "the end of an order is streamed, under its id",
    needs: ["broker-cancel"],
    run: async (lab) => {
      const [bench, { order }] = await restingOf(lab);
      const id = order.clientOrderId!;
      await bench.until("an event of the cancel", () =>
        bench.eventsOf(id).find(({ eventType }) => eventType === "cancelled"),
      );
      const fill = bench
        .eventsOf(id)
        .find(({ eventType }) => eventType === "filled" || eventType === "partial");
      if (fill !== undefined) fail("the stream has a fill of an order that never filled");
      const pineId = bench.eventsOf(id).at(-1)!.pineId;
      if (pineId !== "conformance")
        fail(`the event is of ${pineId ?? "no"} order of the script, not of conformance`);
    },
  },
  {
    id: "broker-cancel-again",
    title: "a cancel of what is gone, or never was, is no failure",
    needs: ["broker-cancel"],
    run: async (lab) => {
      const [bench, { envelope }] = await restingOf(lab);
      const never = bench.envelope(bench.entry("buy", 1, await bench.farLimit("buy")));
      for (const [what, of] of [
        ["of an order that is gone", envelope],
        ["of an order that never was", never],
      ] as const) {
        const gone = await bench.call("executeCancel", () => bench.broker.executeCancel(bench.cancelOf(of)));
        if (!gone) fail(`a cancel ${what} came to false: still pending`);
      }
    },
  },
  {
    id: "broker-id-spent",
    title: "the id of an order that is over makes no other order",
    needs: ["broker-cancel", "broker-same-id-once"],
    run: async (lab) => {
      const [bench, { envelope }] = await restingOf(lab);
      const before = (await bench.openOrders()).length;
      await bench
        .call("executeEntry", () => bench.broker.executeEntry(envelope))
        .catch((error: unknown) => refusedAsBroker(error, "a spent id"));
      const { length } = await bench.openOrders();
      if (length > before) fail(`${envelope.clientOrderId("e")} is open again: one id, two orders`);
    },
  },
  {
    id: "broker-below-minimum",
    title: "what is smaller than the smallest order is skipped, not sent",
    needs: ["broker-starts-flat"],
    run: async (lab) => {
      const bench = await benchOf(lab);
      const limit = await bench.farLimit("buy");
      const envelope = bench.envelope(bench.entry("buy", 0.001, limit));
      const error = await bench
        .call("executeEntry", () => bench.broker.executeEntry(envelope))
        .then(
          () => fail(`an order of ${envelope.intent.qty} was taken`),
          (refused: unknown) => refused,
        );
      if ((error as { code?: unknown }).code !== "BROKER_SKIPPED")
        fail(`it threw ${thrown(error)}, not OrderSkippedError`);
    },
  },
  {
    id: "broker-not-connected",
    title: "an order without a connection is refused as not sent",
    needs: ["broker-connect"],
    run: async (lab) => {
      const bench = await benchOf(lab);
      const envelope = bench.envelope(bench.entry("buy", 1, await bench.farLimit("buy")));
      await bench.call("disconnect", () => bench.broker.disconnect());
      const error = await bench
        .call("executeEntry", () => bench.broker.executeEntry(envelope))
        .then(
          () => undefined,
          (refused: unknown) => refused,
        );
      await lab.deadline("connect", (signal) => bench.broker.connect(signal));
      if (error === undefined) {
        await bench.call("executeCancel", () => bench.broker.executeCancel(bench.cancelOf(envelope)));
        return "it needs no connection for orders";
      }
      const { code } = error as { code?: unknown };
      if (code !== "BROKER_CONNECTION") fail(`it threw ${thrown(error)}, not ExchangeConnectionError`);
    },
  },
];

async function restingOf(lab: Lab): Promise<[BrokerBench, Resting]> {
  const bench = await benchOf(lab);
  return [bench, resting.get(bench) ?? skip("no order rests")];
}

/** @throws ConformanceFailure unless an error is one of the broker's classes */
export function refusedAsBroker(error: unknown, what: string): undefined {
  const { code } = error as { code?: unknown };
  if (typeof code !== "string" || !code.startsWith("BROKER_"))
    fail(`${what} threw ${thrown(error)}, no BrokerError`);
  return undefined;
}
