import type { Side } from "../../../api/broker/orders.ts";

/** Whether a price has reached the level of an exit on this side: profits from below for a long position, losses from above. */
export function isReached(leg: "tp" | "sl" | "trail", side: Side, price: number, level: number): boolean {
  return (leg === "tp") === (side === "sell") ? price >= level : price <= level;
}
