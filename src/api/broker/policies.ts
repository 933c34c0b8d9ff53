/** Policies that `config/brokers.toml` sets and the host injects. */

/** When somebody else cancels an order of the bot. */
export const unexpectedCancelPolicies = ["stop", "stop_and_cancel", "re_place", "ignore", "halt"] as const;
export type UnexpectedCancelPolicy = (typeof unexpectedCancelPolicies)[number];

/** When the spot inventory is not what the books say. */
export const inventoryConflictPolicies = ["quarantine", "halt"] as const;
export type InventoryConflictPolicy = (typeof inventoryConflictPolicies)[number];

/**
 * When a member of an OCA group that cancels has filled in part: `cancel` takes the others away at once,
 * `full_fill_only` waits until all of it has filled, and leaves more than one open until then.
 */
export const ocaPartialFillPolicies = ["cancel", "full_fill_only"] as const;
export type OcaPartialFillPolicy = (typeof ocaPartialFillPolicies)[number];

/**
 * What came of a cancel.
 *
 * - `cancel_confirmed`: it is gone; what it had filled before is asked for where it matters
 * - `still_open`: it had been open, and this cancel has ended it
 * - `too_late_to_cancel`: it was dead before and had filled nothing at all
 * - `already_filled`: it was too late, all of it has filled
 * - `unknown`: it is tried again
 */
export const cancelOutcomes = [
  "cancel_confirmed",
  "too_late_to_cancel",
  "still_open",
  "already_filled",
  "unknown",
] as const;
export type CancelOutcome = (typeof cancelOutcomes)[number];
