import type { Scenario } from "./scenario.ts";

/** Runs that trade one symbol on one account. */
export const sharedScenarios: readonly Scenario[] = [
  {
    name: "cancelled-entry-of-a-shared-account-waits-for-the-word-of-the-stream",
    proves: "a venue that cannot be asked by an id",
    isReferences: true,
    story: `venue netting noamend nofind runs 2; entry L long 2 limit 99; sync; advance 2000; hold; fill L 1; amend L limit 98; resync
      advance 12000; expect open_orders 0; deliver; advance 1000; expect open_orders 1; price 97; expect position 2; peace`,
  },
  {
    name: "account-global-restart-adopts-only-owned-exposure",
    proves: "an idle run adopts nothing",
    story:
      "venue netting runs 2; entry L long 2; sync; 2: sync; 2: restart; 2: sync; 2: expect engine_position 0; 2: expect total_orders 0; expect engine_position 2; peace",
  },
  {
    name: "concurrent-run-ownership",
    proves: "two runs are isolated",
    story:
      "venue netting runs 2; entry L long 2; 2: entry L long 1 limit 95; sync; 2: sync; expect engine_position 2; 2: expect engine_position 0; cancel L; sync; 2: expect open_orders 1; price 94; 2: expect engine_position 1; expect account_position 3; peace",
  },
  {
    name: "close-beside-an-exit-takes-nothing-of-another-run",
    proves: "an account that is shared",
    story:
      "venue netting runs 2; latency 400; entry L long 1; 2: entry L long 1; sync; 2: sync; advance 1000; exit X from L limit 106 stop 95; sync; advance 1000; close L; sync; price 107; advance 2000; expect position 0; 2: expect position 1; peace",
  },
  {
    name: "shared-netting-cancel-of-a-bracket-says-what-its-stop-has-filled",
    proves:
      "of a leg that has filled a part it is not said that nothing has filled, and the position is closed to the contract",
    story:
      "venue netting runs 2; entry M long 1; 2: entry S long 3 limit 97.83; 2: exit X from S limit 98.18 stop 94.42; 2: sync; price 96.35; resync; depth 0.3; 2: stream_death; price 89.16; 2: flatten; peace; 2: expect position 0; 1: expect position 1",
  },
  {
    name: "shared-netting-close-of-one-entry-leaves-the-exits-of-another",
    proves: "on an account that others use exits come one after the other for what their own entry has left",
    story:
      "venue netting pyramiding 2 runs 2; entry L long 1; entry M long 1; sync; exit X qtypercent 33 limit 101.57 stop 97.96; exit Y qtypercent 33 profit 258 loss 156; exit Z limit 100.37 stop 97.96; close_percent M 50; peace",
  },
  {
    name: "shared-netting-close-waits-for-what-a-broken-stream-has-not-told",
    proves:
      "what an exit has filled is waited for from when it can be heard, and the close beside it as well",
    story:
      "venue netting runs 2; order M long 0.37; latency 80; sync; advance 50; stream_death; exit X from M limit 104.11 stop 100.79; sync; 2: entry L long 1; close_all; sync; price 108.67; 2: sync; advance 9000; peace; expect position 0; 2: expect position 1",
  },
  {
    name: "shared-netting-exits-of-all-entries-fit-beside-a-close",
    proves:
      "exits of several entries together close no more than a close of everything leaves of the position",
    story: `venue netting slow runs 2; 2: order L long 0.5; 2: entry M long 2 limit 95.54; entry S long 0.5 limit 94.72; sync; 2: exit X from L limit 100.08 stop 98.4; 2: sync
      2: exit X from M limit 99.06 stop 94.18; price 93.16; 2: close_all; 2: sync; peace; 2: expect engine_position 0; expect engine_position 0.5`,
  },
  {
    name: "attached-brackets-follow-fills-on-a-shared-account",
    proves: "a venue's own brackets are no larger than what the run has, where another run holds the rest",
    story:
      "venue netting nativebracket runs 2; entry M long 1; sync; 2: entry L long 2 limit 99; 2: exit X from L limit 110 stop 90; 2: sync; 2: fill L entry 0.5; 2: sync; 2: expect open_orders X 2; price 89; expect position 1; 2: expect position 0; peace",
  },
];
