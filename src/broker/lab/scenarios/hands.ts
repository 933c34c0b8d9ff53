import type { Scenario } from "./scenario.ts";

/** Somebody else has a hand in it: people at the venue, the venue itself, an operator, the plugin. */
export const handScenarios: readonly Scenario[] = [
  {
    name: "half-refused-bracket-leaves-nothing-at-the-venue",
    proves:
      "what of a refused bracket is at the venue all the same goes by the name that the plugin gives it",
    isReferences: true,
    story: `venue netting; entry L long 1; sync; fault half_refused exit; exit X from L limit 110 stop 90; sync; advance 5000
      expect position 0; expect open_orders 0; peace`,
  },
  {
    name: "order-refused-after-all-is-sent-anew",
    proves: "a refusal that comes after the answer",
    story:
      "venue netting; entry L long 1 limit 95; sync; venue_reject L; sync; expect total_orders L 2; peace",
  },
  {
    name: "session-end-is-no-external-cancel",
    proves: "cancels that the plugin has announced call for no policy",
    isReferences: true,
    story:
      "venue netting; entry L long 1 limit 95; sync; session_end; expect free; expect open_orders 0; peace",
  },
  {
    name: "operators-stop-leaves-position-and-exits",
    proves: "a run that is stopped goes on where it was",
    story: `venue netting; entry L long 1; sync; exit X from L limit 110 stop 90; sync; stop; expect ended; restart; sync
      expect position 1; expect open_orders X 2; peace`,
  },
  {
    name: "plugins-quarantine-ends-with-its-process",
    proves: "a plugin that does not understand its account stops entries until somebody starts it again",
    story:
      "venue netting; suspect; entry L long 1; sync; expect quarantined; expect position 0; restart; expect free; peace",
  },
  {
    name: "exit-that-never-arrived-is-sent-again-when-its-plugin-says-so",
    proves: "what a plugin finds out by itself",
    isReferences: true,
    story: `venue netting resolves; entry L long 1; sync; fault lost_on_the_way exit; exit X from L limit 110 stop 90; sync
      advance 10000; expect open_orders X 2; peace`,
  },
  {
    name: "exit-amended-by-hand-keeps-its-position-covered",
    proves: "a leg that somebody else has moved",
    story: `venue netting; entry L long 1; sync; exit X from L limit 110 stop 90; sync; venue_amend X<L tp limit 120; sync
      expect open_orders X 2; peace`,
  },
  {
    name: "coins-sold-by-hand-quarantine",
    proves: "an inventory that is not what the books say opens nothing more",
    story: "venue spot; entry L long 1; sync; manual flat; advance 60000; expect quarantined; peace",
  },
  {
    name: "coins-sold-by-hand-halt-where-that-is-wanted",
    proves: "on_inventory_conflict",
    isReferences: true,
    story: "venue spot conflicts halt; entry L long 1; sync; manual flat; advance 60000; expect halted",
  },
  {
    name: "fees-that-change-are-those-of-the-fill",
    proves: "what is owned after another fee",
    story:
      "venue spot basefee; entry L long 1; sync; fee 0.01; entry M long 1; sync; close_all; sync; fee 0; peace",
  },
];
