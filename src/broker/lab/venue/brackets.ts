import type { Account } from "./account.ts";
import {
  type OrderRequest,
  Refusal,
  signOf,
  type VenueBracket,
  type VenueLeg,
  type VenueOrder,
} from "./model.ts";

/** The venue whose positions they are. */
export interface BracketVenue {
  readonly account: Account;
  readonly price: number;
  readonly fillsMarket: boolean;
  place(owner: string | null, request: OrderRequest): VenueOrder;
  fill(order: VenueOrder): void;
  find(clientOrderId: string): VenueOrder | undefined;
}

/** What hangs on the positions of an account that keeps several, and goes with them. */
export class Brackets {
  readonly #venue: BracketVenue;
  /** The best price that a trailed position has seen. */
  readonly #best = new Map<string, number>();

  constructor(venue: BracketVenue) {
    this.#venue = venue;
  }

  /** A position that is gone has nothing to hang it on, and that is no failure. @throws Refusal of another's position */
  amend(owner: string, legId: string, bracket: VenueBracket): void {
    const leg = this.#venue.account.leg(legId);
    if (leg === undefined || leg.bracket?.clientOrderId === bracket.clientOrderId) return;
    // It was reached already.
    if (this.#venue.find(bracket.clientOrderId) !== undefined) return;
    if (leg.owner !== owner) throw new Refusal("rejected", `position ${legId} is somebody else's`);
    const isNone = bracket.takeProfit === null && bracket.stopLoss === null && bracket.trailOffset === null;
    leg.bracket = isNone ? null : bracket;
    if (bracket.trailOffset === null) this.#best.delete(legId);
    else if (!this.#best.has(legId)) this.#best.set(legId, this.#venue.price);
    this.watch();
  }

  /** Closes what the market has taken to the end of its bracket. */
  watch(): void {
    for (const leg of [...this.#venue.account.legs]) {
      const { bracket } = leg;
      if (bracket === null) continue;
      const end = this.#reached(leg, bracket);
      if (end !== null) this.#close(leg, bracket, end);
    }
  }

  #reached(leg: VenueLeg, { takeProfit, stopLoss, trailOffset }: VenueBracket): "tp" | "sl" | null {
    const { price } = this.#venue;
    const sign = signOf(leg.side);
    const isBeyond = (level: number): boolean => sign * (level - price) >= 0;
    if (stopLoss !== null && isBeyond(stopLoss)) return "sl";
    if (trailOffset !== null) {
      const seen = this.#best.get(leg.legId) ?? price;
      const best = sign * (price - seen) > 0 ? price : seen;
      this.#best.set(leg.legId, best);
      if (isBeyond(best - sign * trailOffset)) return "sl";
    }
    return takeProfit !== null && sign * (price - takeProfit) >= 0 ? "tp" : null;
  }

  /** The bracket becomes an order of its own, at the market, and is none any more. */
  #close(leg: VenueLeg, { clientOrderId }: VenueBracket, legType: "tp" | "sl"): void {
    leg.bracket = null;
    const order = this.#venue.place(leg.owner, {
      ...{ clientOrderId, pineId: "", fromEntry: leg.entryId, legType },
      side: leg.side === "buy" ? "sell" : "buy",
      qty: leg.qty,
      ...{ limit: null, stop: null, reduceOnly: true, group: null, legId: leg.legId },
    });
    if (!this.#venue.fillsMarket) this.#venue.fill(order);
  }
}
