import type { Side } from "../../api/broker/orders.ts";
import { opposite } from "../engine/book/position.ts";
import { NotationError } from "./notation.ts";
import { clean } from "./venue/model.ts";
import type { World } from "./world.ts";

/** What a person does on the account that the runs use. */

/** Closes all that the account holds. */
export function tradeFlat(world: World): void {
  const { size, legs } = world.venue.account;
  if (world.profile.rules.mode === "hedging")
    for (const { legId, side, qty } of [...legs]) trade(world, opposite(side), qty, legId);
  else if (size !== 0) trade(world, size > 0 ? "sell" : "buy", Math.abs(size));
}

/** Closes what an entry of the runs has opened, on an account that keeps several positions. */
export function tradeOut(world: World, entryId: string): void {
  for (const { legId, side, qty } of world.venue.account.legs.filter((leg) => leg.entryId === entryId))
    trade(world, opposite(side), qty, legId);
}

/** Trades by hand; coins as far as no order has locked them. */
export function trade(world: World, side: Side, qty: number, legId: string | null = null): void {
  const { account, rules, freeCoins } = world.venue;
  if (rules.mode === "spot") {
    const { qtyStep, minQty } = rules;
    const free = clean(Math.floor(freeCoins / qtyStep + 1e-6) * qtyStep);
    const traded = side === "buy" ? qty : Math.min(qty, free);
    if (traded < minQty || traded * world.venue.price < rules.minNotional) return;
    world.note(`coins: ${side === "buy" ? "bought" : `sold${takeCoins(world, traded)}`} by hand`);
    return world.venue.trade(side, traded);
  }
  interfere(world);
  const { size } = account;
  const after = size + (side === "buy" ? qty : -qty);
  world.note(
    `manual: ${size === 0 ? "from flat" : after === 0 ? "to flat" : size * after < 0 ? "to the other side" : Math.abs(after) > Math.abs(size) ? "more" : "less"}`,
  );
  world.venue.trade(side, qty, legId);
}

/** Pays coins in; below zero takes some out, as far as no order has locked them. @throws NotationError */
export function payIn(world: World, qty: number): void {
  const { account, freeCoins, rules } = world.venue;
  if (rules.mode !== "spot") throw new NotationError("coins come and go on spot accounts alone");
  const paid = qty < 0 ? -Math.min(-qty, freeCoins) : qty;
  world.note(`coins: ${paid > 0 ? "paid in" : `taken out${takeCoins(world, -paid)}`}`);
  account.pay(paid);
}

/** Whoever takes coins takes their own first; a run only sees that they are gone. @returns what is met */
function takeCoins(world: World, qty: number): string {
  world.takenCoins = clean(world.takenCoins + qty);
  if (qty <= Math.max(0, world.venue.account.sizeOf(null))) return "";
  interfere(world);
  return ", those of a run among them";
}

/** What is the runs' is not only theirs any more. */
function interfere(world: World): void {
  world.hasManualTrades = true;
  for (const run of world.runs) run.ledger.isShared = true;
}
