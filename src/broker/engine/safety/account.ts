import type { Draft } from "../draft.ts";
import type { FactOf } from "../facts.ts";

/** Others trade the symbol on this account as well, or do not any more. */
export function onAccount(draft: Draft, { isShared }: FactOf<"account">): void {
  if (draft.view.isShared === isShared) return;
  draft.setView({ isShared });
  draft.journal(isShared ? "account_shared" : "account_alone");
}
