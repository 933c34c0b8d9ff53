import type { StoredState } from "../store/load.ts";
import type { Break } from "./profile.ts";

/** What a process finds of its run's earlier ones, less what is forgotten on purpose: orders, what is owed, the position. */
export function forgetful(stored: StoredState, breaks: readonly Break[]): StoredState {
  const { state } = stored;
  const forgets = (what: Break): boolean => breaks.includes(what);
  return {
    ...stored,
    state: {
      ...state,
      ...(forgets("forgets_orders") ? { orders: new Map(), intents: new Map() } : {}),
      ...(forgets("forgets_debts") ? { obligations: new Map(), outbox: new Map() } : {}),
      ...(forgets("forgets_position") ? { book: { ...state.book, size: 0, lots: [] } } : {}),
    },
  };
}
