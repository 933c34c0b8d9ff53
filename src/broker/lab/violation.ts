/** What the lab watches over. Each has a control that breaks it on purpose, to prove that it is seen. */
export const oracleNames = {
  known_owner: "every order of a run at the venue belongs to a run that exists",
  quantity_on_grid: "no quantity is negative or off the venue's grid, and nothing fills beyond its order",
  unique_order_id: "a client order id names one order at the venue",
  durable_before_sent: "an order is in the store before it leaves the machine",
  single_live_order: "an intent never has two living orders for the same leg",
  filled_once: "what the script wanted is never filled more than once over",
  parts_stay_parts:
    "an exit of a part is never larger than what the script asked for of what its entry has opened",
  bounded_retries: "a refused order is sent three times at most",
  market_is_now:
    "an entry at the market reaches the venue within two minutes after it was asked for, or not at all",
  terminal_stays: "what is over stays over: orders, and intents that are done, restarts included",
  exit_never_flips: "what only closes never opens the other side",
  closes_fit: "on an account that others use what closes can fill no more than the run has",
  fills_booked_once: "every fill at the venue is booked, once",
  position_agrees: "position = sum of fills = what the venue has of the run, for engine and script",
  accounts_add_up: "what the runs and people hold is what the account holds",
  no_opposing_runs: "runs on a netting account never hold opposite sides",
  no_cross_run: "a run never takes over what another one did",
  failsafe_rests: "behind every stop that the engine watches a stop rests at the venue, where that is wanted",
  failsafe_is_wider: "it is further from the price than each of them",
  failsafe_fits: "it is no larger than what its entry has open",
  protection_covers: "every exit that the script wants covers its entry with each of its legs",
  no_orphan_order:
    "a living order of a run at the venue is one that its engine knows, and wants or is getting rid of",
  wishes_reach_venue: "what the script wants is at the venue, unless something said why not",
  nothing_owed: "in peace nothing stays unsettled",
  restart_changes_nothing: "to start a second time changes nothing and sends nothing",
  audit_passes: "the chain of the event log holds",
  no_crash: "nothing throws what nobody expected",
  ends: "everything ends: no wait is without an end",
  comes_to_rest: "nobody does the same again and again: an instant has an end, and so has a story",
  stays_inside: "nothing in the lab reaches for the network",
  expectation: "what a step expects",
} as const;
export type OracleName = keyof typeof oracleNames;

/** Something that must not be. */
export class Violation extends Error {
  override readonly name = "Violation";
  constructor(
    readonly oracle: OracleName,
    message: string,
  ) {
    super(message);
  }
}
