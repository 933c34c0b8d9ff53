import type { Scenario } from "./scenario.ts";

/** Worlds that are broken on purpose: each proves that one oracle sees what it is there for. */
export const controls: readonly Scenario[] = [
  {
    name: "control-under-protection-is-detected",
    proves: "the coverage oracle",
    story:
      "venue netting break half_protection; entry L long 2; sync; exit X from L limit 110 stop 90; sync; peace",
    violates: "protection_covers",
  },
  {
    name: "control-enlarged-part-is-detected",
    proves: "an exit of a part stays one",
    story:
      "venue netting break whole_protection; entry L long 2; sync; exit X from L qtypercent 50 limit 110 stop 90; sync",
    violates: "parts_stay_parts",
  },
  {
    name: "control-exit-beyond-the-own-position-is-detected",
    proves: "on an account that others use what closes fits in the run's own position",
    story:
      "venue netting runs 2 break whole_protection; entry L long 2; sync; exit X from L limit 110 stop 90; sync",
    violates: "closes_fit",
  },
  {
    name: "control-missing-position-bracket-is-detected",
    proves: "the coverage oracle, where brackets hang on positions",
    story:
      "venue hedging break forgets_brackets; entry L long 1; sync; exit X from L limit 110 stop 90; sync; advance 10000",
    violates: "protection_covers",
  },
  {
    name: "control-close-of-a-foreign-position-is-detected",
    proves: "whose a position is",
    story:
      "venue hedging runs 2 break closes_other_legs; entry L long 1; sync; 2: entry L long 1; 2: sync; close L; sync",
    violates: "no_cross_run",
  },
  {
    name: "control-wrong-buy-fee-currency-is-detected",
    proves: "the inventory is what was bought without its fees",
    story: "venue spot basefee break hides_fee_currency; entry L long 1; sync",
    violates: "position_agrees",
  },
  {
    name: "control-half-covered-coins-beside-a-close-are-detected",
    proves: "what a close leaves is covered",
    story: `venue spot slow break half_protection; entry L long 2; sync; fill L 2; close L 1; sync
      exit X from L limit 110 stop 90; sync`,
    violates: "protection_covers",
  },
  {
    name: "control-half-covered-oco-bracket-is-detected",
    proves: "profit and loss are never added together",
    story: "venue netting break one_leg; entry L long 2; sync; exit X from L limit 110 stop 90; sync; peace",
    violates: "protection_covers",
  },
  {
    name: "control-opposing-runs-on-netting-account-are-detected",
    proves: "the netting oracle",
    story: "venue netting runs 2; entry L long 1; sync; 2: entry S short 3; 2: sync",
    violates: "no_opposing_runs",
  },
  {
    name: "control-network-attempt-is-blocked",
    proves: "isolation",
    story: "venue netting break uses_network; sync",
    violates: "stays_inside",
  },
  {
    name: "control-stalled-watch-is-bounded",
    proves: "bounded waits",
    story: "venue netting break endless_stream; sync",
    violates: "comes_to_rest",
  },
  {
    name: "control-poll-without-end-is-bounded",
    proves: "a story has an end",
    story: "venue netting break polls_always; sync; sync",
    violates: "comes_to_rest",
  },
  {
    name: "control-facts-without-end-are-bounded",
    proves: "one fact does not bring the next for ever",
    story: "venue netting break repeats_events; entry L long 1; sync",
    violates: "comes_to_rest",
  },
  {
    name: "control-requests-without-end-are-bounded",
    proves: "who cannot ask does not try for ever without letting time go by",
    story:
      "venue netting break asks_at_once; fault lost_on_the_way entry; fault lost_request find 5000; entry L long 1; sync",
    violates: "comes_to_rest",
  },
  {
    name: "control-stalled-start-is-bounded",
    proves: "bounded waits",
    story: "venue netting break never_answers; sync",
    violates: "ends",
  },
  {
    name: "control-terminal-resurrection-is-detected",
    proves: "the terminal oracle",
    story:
      "venue netting break wakes_dead_orders; entry L long 1 limit 95; sync; cancel L; sync; advance 1000",
    violates: "terminal_stays",
  },
  {
    name: "control-duplicate-dispatch-is-detected",
    proves: "the idempotence oracle",
    story: "venue netting break sends_twice; entry L long 1 limit 95; sync",
    violates: "single_live_order",
  },
  {
    name: "control-aliased-order-id-is-detected",
    proves: "one id, one order",
    story: "venue netting break reuses_ids; entry L long 1 limit 95; sync",
    violates: "unique_order_id",
  },
  {
    name: "control-off-grid-quantity-is-detected",
    proves: "the grid oracle",
    story: "venue netting break off_grid; entry L long 1 limit 95; sync",
    violates: "quantity_on_grid",
  },
  {
    name: "control-cross-run-ownership-is-detected",
    proves: "the owner oracle",
    story: "venue netting runs 2 break foreign_owner; entry L long 1 limit 95; sync",
    violates: "no_cross_run",
  },
  {
    name: "control-unknown-owner-is-detected",
    proves: "every order has a run",
    story: "venue netting break nobody; entry L long 1 limit 95; sync",
    violates: "known_owner",
  },
  {
    name: "control-old-market-order-is-detected",
    proves: "the age of an entry at the market",
    story: "venue netting break sits_on_orders; entry L long 1; sync; advance 200000",
    violates: "market_is_now",
  },
  {
    name: "control-unbounded-retry-is-detected",
    proves: "the retry oracle",
    story: "venue netting break resends_refused; reject_entries 10; entry L long 1; sync",
    violates: "bounded_retries",
  },
  {
    name: "control-economic-drift-is-detected",
    proves: "the account's sum",
    story: "venue netting break drifts; entry L long 1; sync; sync",
    violates: "accounts_add_up",
  },
  {
    name: "control-position-drift-is-detected",
    proves: "the position oracle",
    story: "venue netting break half_fills; entry L long 1; sync",
    violates: "position_agrees",
  },
  {
    name: "control-lost-fill-is-detected",
    proves: "no fill is lost",
    story: "venue netting break loses_fill; entry L long 1; sync; advance 30000",
    violates: "fills_booked_once",
  },
  {
    name: "control-repeated-fill-is-detected",
    proves: "one slice under two ids",
    story: "venue netting break repeats_fill; entry L long 1; sync",
    violates: "fills_booked_once",
  },
  {
    name: "control-overfilled-wish-is-detected",
    proves: "what is wanted fills once",
    story: "venue netting break doubles; entry L long 1; sync",
    violates: "filled_once",
  },
  {
    name: "control-flipping-close-is-detected",
    proves: "a close opens nothing",
    story: "venue netting break flips; entry L long 1; sync; close L; sync",
    violates: "exit_never_flips",
  },
  {
    name: "control-dispatch-before-commit-is-detected",
    proves: "durable before a byte leaves",
    story: "venue netting break forgets_dispatch; entry L long 1 limit 95; sync",
    violates: "durable_before_sent",
  },
  {
    name: "control-edited-log-is-detected",
    proves: "the chain of the log",
    story: "venue netting break edits_log; entry L long 1; sync; peace",
    violates: "audit_passes",
  },
  {
    name: "control-orphan-order-is-detected",
    proves: "no order without an engine",
    story: "venue netting break sends_beside; entry L long 1 limit 95; sync",
    violates: "no_orphan_order",
  },
  {
    name: "control-ignored-amend-is-detected",
    proves: "what is wanted is there",
    story: "venue netting break ignores_amends; entry L long 1 limit 95; sync; amend L limit 96; sync; peace",
    violates: "wishes_reach_venue",
  },
  {
    name: "control-misplaced-entry-stop-is-detected",
    proves: "what is wanted is there, with its stop",
    story: "venue netting break misplaces_entries; entry L long 1 stop 110; sync; peace",
    violates: "wishes_reach_venue",
  },
  {
    name: "control-half-failsafe-is-detected",
    proves: "what is watched has a stop behind it",
    story: `venue netting softparts failsafe break half_protection; entry L long 4; sync
      exit X from L qty 1 limit 120 stop 90; sync; sync`,
    violates: "failsafe_rests",
  },
  {
    name: "control-failsafe-ahead-is-detected",
    proves: "it stands behind what is watched",
    story: `venue netting softparts failsafe break early_failsafe; entry L long 4; sync
      exit X from L qty 1 limit 120 stop 90; sync; sync`,
    violates: "failsafe_is_wider",
  },
  {
    name: "control-oversized-failsafe-is-detected",
    proves: "it closes no more than there is",
    story: `venue netting softparts failsafe break whole_protection; entry L long 4; sync
      exit X from L qty 1 limit 120 stop 90; sync; sync`,
    violates: "failsafe_fits",
  },
  {
    name: "control-endless-cancel-is-detected",
    proves: "nothing stays owed",
    story: "venue netting break never_cancels; entry L long 1 limit 95; sync; cancel L; sync; peace",
    violates: "nothing_owed",
  },
  {
    name: "control-restart-that-sends-is-detected",
    proves: "a second start changes nothing",
    story: "venue netting break sends_at_start; sync; peace",
    violates: "restart_changes_nothing",
  },
  {
    name: "control-crash-is-detected",
    proves: "nothing throws unseen",
    story: "venue netting break crashes; sync",
    violates: "no_crash",
  },
  {
    name: "control-missed-expectation-is-detected",
    proves: "expectations are looked at",
    story: "entry L long 1; sync; expect position 2",
    violates: "expectation",
  },
];
