import { isOpen, type VenueOrder } from "./venue/model.ts";

/** Takes what was met in a story, in a few words. */
export type Note = (what: string) => void;

/** How an order stood that a request is about. */
export function standing(order: VenueOrder | undefined): string {
  if (order === undefined) return "unknown";
  if (!isOpen(order))
    return order.filled > 0 && order.status !== "filled" ? `${order.status} in part` : order.status;
  return order.filled > 0 ? "filled in part" : "open";
}
