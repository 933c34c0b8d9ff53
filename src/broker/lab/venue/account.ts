import type { Side } from "../../../api/broker/orders.ts";
import { clean, type Execution, signOf, type VenueLeg, type VenueOrder, type VenueRules } from "./model.ts";

/** What an account holds: a net position, positions side by side, or coins. */
export class Account {
  readonly rules: VenueRules;
  /** Net, signed. Of a spot account: coins. */
  size = 0;
  /** Open, oldest first; on an account that keeps several positions. */
  readonly legs: VenueLeg[] = [];
  /** Signed, by run; the person's under the empty name. */
  readonly #byOwner = new Map<string, number>();

  constructor(rules: VenueRules) {
    this.rules = rules;
    if (rules.coins === 0) return;
    this.size = rules.coins;
    this.#byOwner.set("", rules.coins);
  }

  /** What a run has bought and sold so far, signed. */
  sizeOf(owner: string | null): number {
    return this.#byOwner.get(owner ?? "") ?? 0;
  }

  get owners(): readonly (string | null)[] {
    return [...this.#byOwner.keys()].map((owner) => (owner === "" ? null : owner));
  }

  /** The most that a reduce-only order can fill. */
  reducible(order: Pick<VenueOrder, "side" | "legId">): number {
    if (order.legId !== null) return this.leg(order.legId)?.qty ?? 0;
    return Math.max(0, clean(-signOf(order.side) * this.size));
  }

  leg(legId: string): VenueLeg | undefined {
    return this.legs.find((leg) => leg.legId === legId);
  }

  /** The position that an execution of this order goes to: its own, or a new one. `null`: there is but one. */
  legOf(order: VenueOrder): string | null {
    if (this.rules.mode !== "hedging") return null;
    return order.legId ?? order.id;
  }

  /** A person pays coins in, or takes some out: no order has anything to do with it. */
  pay(qty: number): void {
    this.size = clean(this.size + qty);
    this.#byOwner.set("", clean(this.sizeOf(null) + qty));
  }

  take(execution: Execution): void {
    const signed = signOf(execution.side) * execution.qty;
    const fee = execution.baseFee;
    this.size = clean(this.size + signed - fee);
    const owner = execution.owner ?? "";
    this.#byOwner.set(owner, clean((this.#byOwner.get(owner) ?? 0) + signed - fee));
    if (execution.legId !== null) this.#takeLeg(execution, execution.legId);
  }

  #takeLeg(execution: Execution, legId: string): void {
    const { side, qty, price, timeMs, owner, purpose } = execution;
    const leg = this.leg(legId);
    if (leg === undefined) {
      this.legs.push({
        ...{ legId, owner, entryId: purpose.pineId, side, qty, price, openMs: timeMs },
        bracket: null,
      });
      return;
    }
    leg.qty = clean(leg.qty + (leg.side === side ? qty : -qty));
    if (leg.qty <= 0) this.legs.splice(this.legs.indexOf(leg), 1);
  }

  /** What a side of the account holds. */
  held(side: Side): number {
    if (this.rules.mode !== "hedging") return Math.max(0, signOf(side) * this.size);
    return this.legs.filter((leg) => leg.side === side).reduce((sum, leg) => clean(sum + leg.qty), 0);
  }
}
