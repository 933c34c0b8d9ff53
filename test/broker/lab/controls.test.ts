/**
 * Random stories find what is broken. Each row breaks a plugin, a venue or a store, and says within how many seeds the
 * walk sees it, by which oracle. A walk or an oracle that stops biting fails here.
 */
import { expect, test } from "bun:test";

import { KeptStores } from "../../../src/broker/lab/kept-stores.ts";
import type { Step } from "../../../src/broker/lab/notation.ts";
import { type Break, breaks } from "../../../src/broker/lab/profile.ts";
import { referenceStage } from "../../../src/broker/lab/reference-stage.ts";
import { play } from "../../../src/broker/lab/story.ts";
import type { AccountMode } from "../../../src/broker/lab/venue/model.ts";
import { type OracleName, oracleNames } from "../../../src/broker/lab/violation.ts";
import { walk } from "../../../src/broker/lab/walk.ts";

/** What is broken, where it is looked for, who sees it, and within how many stories; of those with a word, if there is one. */
type Row = readonly [Break, AccountMode, OracleName, number, only: string];

const rows: readonly Row[] = (
  [
    ["sends_twice", "netting", "single_live_order", 10],
    ["sends_beside", "netting", "no_orphan_order", 5],
    ["sits_on_orders", "netting", "market_is_now", 10],
    ["sends_at_start", "netting", "restart_changes_nothing", 5],
    ["reuses_ids", "netting", "unique_order_id", 5],
    ["calls_lost_unsent", "hedging", "unique_order_id", 40],
    ["off_grid", "netting", "quantity_on_grid", 5],
    ["doubles", "netting", "filled_once", 5],
    ["flips", "spot", "exit_never_flips", 15],
    ["flips", "netting", "no_opposing_runs", 20, "runs"],
    ["half_protection", "netting", "protection_covers", 15],
    ["one_leg", "spot", "protection_covers", 30],
    ["misplaces_stops", "spot", "protection_covers", 10],
    ["bends_trails", "netting", "protection_covers", 50],
    ["forgets_brackets", "hedging", "protection_covers", 40],
    ["whole_protection", "netting", "parts_stay_parts", 50],
    ["whole_protection", "netting", "closes_fit", 15, "runs"],
    ["ignores_amends", "hedging", "wishes_reach_venue", 20],
    ["misplaces_entries", "netting", "wishes_reach_venue", 5],
    ["never_cancels", "netting", "nothing_owed", 30],
    ["confirms_cancels", "netting", "no_orphan_order", 20],
    ["skips_history", "netting", "fills_booked_once", 10],
    ["resends_refused", "spot", "bounded_retries", 20],
    ["half_fills", "netting", "position_agrees", 5],
    ["hides_fee_currency", "spot", "position_agrees", 10],
    ["loses_fill", "netting", "fills_booked_once", 5],
    ["repeats_fill", "netting", "fills_booked_once", 5],
    ["endless_stream", "netting", "comes_to_rest", 1],
    ["polls_always", "netting", "comes_to_rest", 1],
    ["repeats_events", "netting", "comes_to_rest", 5],
    ["asks_at_once", "netting", "comes_to_rest", 40],
    ["never_answers", "netting", "ends", 1],
    ["uses_network", "netting", "stays_inside", 1],
    ["crashes", "netting", "no_crash", 1],
    ["foreign_owner", "netting", "no_cross_run", 10],
    ["closes_other_legs", "hedging", "no_cross_run", 40],
    ["nobody", "netting", "known_owner", 5],
    ["wakes_dead_orders", "spot", "terminal_stays", 10],
    ["drifts", "netting", "accounts_add_up", 5],
    ["forgets_dispatch", "netting", "durable_before_sent", 5],
    ["forgets_orders", "netting", "terminal_stays", 5],
    ["forgets_debts", "hedging", "nothing_owed", 45],
    ["forgets_position", "netting", "position_agrees", 5],
    ["edits_log", "netting", "audit_passes", 5],
    ["half_protection", "netting", "failsafe_rests", 15, "failsafe"],
    ["early_failsafe", "netting", "failsafe_is_wider", 30, "failsafe"],
    ["whole_protection", "netting", "failsafe_fits", 20, "failsafe"],
  ] as readonly (readonly [Break, AccountMode, OracleName, number, string?])[]
).map(([word, mode, oracle, most, only = ""]) => [word, mode, oracle, most, only]);

const broken = ([venue, ...rest]: readonly Step[], word: Break): Step[] => [
  { ...venue!, words: [...venue!.words, "break", word] },
  ...rest,
];

test.each(rows)(
  "%s on a %s account is seen by %s within %i stories",
  async (word, mode, oracle, most, only) => {
    using stores = new KeptStores();
    const stage = referenceStage(stores.open);
    let played = 0;
    for (let seed = 1; played < most; seed++) {
      const steps = walk(seed, mode);
      if (only !== "" && steps[0]?.words.includes(only) !== true) continue;
      played++;
      const { violation } = await play(broken(steps, word), stage);
      if (violation?.oracle === oracle) return;
    }
    expect(`not seen by ${oracle}`).toBe("seen");
  },
);

test("everything that can be broken is looked for, and every oracle that the walk asks sees something", () => {
  const looked = new Set(rows.map(([word]) => word));
  expect(breaks.filter((word) => !looked.has(word))).toEqual([]);
  const seeing = new Set(rows.map(([, , oracle]) => oracle));
  const blind = Object.keys(oracleNames).filter((name) => !seeing.has(name as OracleName));
  // Random stories expect nothing but what the oracles ask.
  expect(blind).toEqual(["expectation"]);
});
