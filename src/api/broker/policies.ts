/** Policies that `config/brokers.toml` sets and the host injects. */

/** When somebody else cancels an order of the bot. */
export const unexpectedCancelPolicies = ["stop", "stop_and_cancel", "re_place", "ignore", "halt"] as const;
export type UnexpectedCancelPolicy = (typeof unexpectedCancelPolicies)[number];

/** When the spot inventory is not what the books say. */
export const inventoryConflictPolicies = ["quarantine", "halt"] as const;
export type InventoryConflictPolicy = (typeof inventoryConflictPolicies)[number];

/** What came of a cancel. `already_filled` is too late; `unknown` is tried again. */
export const cancelOutcomes = [
  "cancel_confirmed",
  "too_late_to_cancel",
  "still_open",
  "already_filled",
  "unknown",
] as const;
export type CancelOutcome = (typeof cancelOutcomes)[number];
