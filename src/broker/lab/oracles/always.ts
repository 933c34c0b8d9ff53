import { isOver } from "../../engine/draft.ts";
import { requests } from "../venue/line.ts";
import { clean, isOpen, type VenueOrder } from "../venue/model.ts";
import { Violation } from "../violation.ts";
import type { World } from "../world.ts";
import { checkParts } from "./parts.ts";

/** What must be so at every moment, whatever is on its way. @throws Violation */
export function checkAlways(world: World): void {
  checkOrders(world);
  checkOwners(world);
  checkKnown(world);
  checkRetries(world);
  checkAges(world);
  checkParts(world);
  checkSides(world);
}

function checkOrders(world: World): void {
  const { venue } = world;
  const byId = new Map<string, VenueOrder>();
  const living = new Map<string, VenueOrder>();
  for (const order of venue.orders) {
    const { clientOrderId, owner, qty, filled, id } = order;
    if (!(qty > 0) || filled < 0 || !isOnGrid(qty, venue.rules.qtyStep) || filled > clean(qty + 1e-9))
      throw new Violation("quantity_on_grid", `${id} has filled ${filled} of ${qty}`);
    const end = isOpen(order) ? null : `${order.status} at ${filled}`;
    const ended = world.ends.get(id);
    if (ended !== undefined && ended !== end)
      throw new Violation("terminal_stays", `${id} was ${ended} and is ${order.status} at ${filled}`);
    if (end !== null) world.ends.set(id, end);
    if (owner === null) continue;
    const other = byId.get(clientOrderId);
    if (other !== undefined)
      throw new Violation("unique_order_id", `${other.id} and ${id} have both the id ${clientOrderId}`);
    byId.set(clientOrderId, order);
    // A market order cannot be called back: the next one does not wait for it.
    if (!isOpen(order) || (order.limit === null && order.stop === null)) continue;
    const leg = `${owner} ${order.pineId} ${order.fromEntry ?? ""} ${order.legType}`;
    const twin = living.get(leg);
    if (twin !== undefined)
      throw new Violation("single_live_order", `${twin.id} and ${id} are both alive for ${leg}`);
    living.set(leg, order);
  }
}

const isOnGrid = (qty: number, step: number): boolean => Math.abs(qty / step - Math.round(qty / step)) < 1e-6;

function checkOwners(world: World): void {
  const { account, orders, rules } = world.venue;
  for (const { owner, id } of orders)
    if (owner !== null && world.runOf(owner) === undefined)
      throw new Violation("known_owner", `${id} belongs to ${owner}, which is no run`);
  let sum = 0;
  for (const owner of account.owners) sum = clean(sum + account.sizeOf(owner));
  if (sum !== account.size)
    throw new Violation("accounts_add_up", `the account holds ${account.size}, and its owners ${sum}`);
  if (rules.mode !== "hedging") return;
  const legs = account.legs.reduce((net, leg) => clean(net + (leg.side === "buy" ? leg.qty : -leg.qty)), 0);
  if (legs !== account.size)
    throw new Violation("accounts_add_up", `the account holds ${account.size}, and its positions ${legs}`);
}

/** No run knows orders of another. */
function checkKnown(world: World): void {
  for (const run of world.runs) {
    const orders = run.process?.state?.orders;
    if (orders === undefined) continue;
    for (const [clientOrderId, order] of orders) {
      const there = world.venue.find(clientOrderId);
      if (there !== undefined && there.owner !== run.runId && !isOver(order))
        throw new Violation(
          "no_cross_run",
          `${run.runId} holds ${clientOrderId} of ${there.owner} for its own`,
        );
    }
  }
}

/** The same order was refused at the venue so often at most. */
const refusals = 3;

function checkRetries(world: World): void {
  const counts = new Map<string, number>();
  for (const { kind, about, detail, owner, process, outcome } of world.calls) {
    // A cancel has to be asked for until it is done.
    if (requests[kind] !== "write" || kind === "cancel" || (outcome !== "rejected" && outcome !== "margin"))
      continue;
    const wish = world.runOf(owner)?.ledger.orders.get(about)?.wish;
    if (wish === undefined) continue;
    // What only closes ends the run when it is refused: whoever starts it again lets it try again.
    const name = `${owner} ${kind} ${wish} ${detail}${kind === "close" ? ` of process ${process}` : ""}`;
    const count = (counts.get(name) ?? 0) + 1;
    if (count > refusals)
      throw new Violation("bounded_retries", `${name.replaceAll("\0", "|")} was refused ${count} times`);
    counts.set(name, count);
  }
}

/**
 * How old an entry at the market may be when it reaches the venue, ms; the rest is the way. A clock that is set back
 * makes it younger.
 */
const marketMs = 120_000 + 15_000;

function checkAges(world: World): void {
  for (const { owner, clientOrderId, legType, limit, stop, createdMs, id } of world.venue.orders) {
    if (owner === null || legType !== "entry" || limit !== null || stop !== null) continue;
    const ledger = world.runOf(owner)?.ledger;
    const order = ledger?.orders.get(clientOrderId);
    const wish = order === undefined ? undefined : ledger?.wishes.get(order.wish);
    if (wish !== undefined && createdMs - wish.sinceMs > marketMs + world.setBackMs)
      throw new Violation(
        "market_is_now",
        `${id} of ${wish.name} came ${Math.round((createdMs - wish.sinceMs) / 1000)} s after it was asked for`,
      );
  }
}

function checkSides({ venue, runs, profile }: World): void {
  if (profile.rules.mode !== "netting") return;
  const sides = runs.map((run) => ({ run, size: venue.account.sizeOf(run.runId) }));
  const long = sides.find(({ size }) => size > 0);
  const short = sides.find(({ size }) => size < 0);
  if (long !== undefined && short !== undefined)
    throw new Violation("no_opposing_runs", `${long.run.runId} is long and ${short.run.runId} short`);
}
