import { isOver, type Draft } from "../draft.ts";
import type { FactOf } from "../facts.ts";

/** The plugin announces cancels of its own: those of the orders that live now are expected, once each. */
export function onBulkCancelExpected(draft: Draft, { symbol }: FactOf<"bulk_cancel_expected">): void {
  if (symbol !== undefined && symbol !== draft.rules.symbol) return;
  for (const order of draft.orders.values())
    if (!isOver(order) && !order.isCancelExpected) draft.setOrder({ ...order, isCancelExpected: true });
}
