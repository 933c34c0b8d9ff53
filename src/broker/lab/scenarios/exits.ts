import type { Scenario } from "./scenario.ts";

/** What becomes of exits, brackets and closes. */
export const exitScenarios: readonly Scenario[] = [
  {
    name: "refused-bracket-does-not-come-again-after-restarts",
    proves: "a bracket that the venue never takes",
    isReferences: true,
    story:
      "venue netting nativebracket; entry L long 1 limit 95; exit X from L limit 110 stop 90; fault reject exit 40; sync; restart; sync; restart; sync; restart; sync; expect calls exit 1; expect open_orders 1; peace",
  },
  {
    name: "keyed-close-does-not-repeat-after-restart",
    proves: "a partial close is not sent again",
    story:
      "entry L long 3; sync; close L 1; kill 5; sync; restart; sync; sync; expect position 2; expect calls close 1; peace; expect position 2",
  },
  {
    name: "global-exit-protection-coverage",
    proves: "one exit id covers two entries",
    story:
      "venue netting pyramiding 2; entry A long 1; entry B long 2; sync; exit X from A limit 120 stop 80; exit X from B limit 120 stop 80; sync; expect open_orders X 4; price 121; expect position 0; peace",
  },
  {
    name: "partial-close-preserves-exact-residual",
    proves: "3 - 1 = 2",
    story: "entry L long 3; sync; close L 1; sync; expect position 2; expect engine_position 2; peace",
  },
  {
    name: "percentage-close-preserves-derived-residual",
    proves: "25 % of 4 leaves 3",
    story: "entry L long 4; sync; close_percent L 25; sync; expect position 3; peace",
  },
  {
    name: "over-close-is-capped-at-live-position",
    proves: "a close never flips",
    story:
      "entry L long 1; sync; close L 5; close_all; sync; expect position 0; expect account_position 0; peace",
  },
  {
    name: "bracket-amend-and-cancel-retains-no-orphan-leg",
    isReferences: true,
    proves: "the life of a bracket",
    story:
      "entry L long 1; sync; exit X from L limit 110 stop 90; sync; amend_exit X from L limit 111; sync; expect open_orders 2; expect total_orders X 2; cancel X; sync; expect open_orders 0; peace",
  },
  {
    name: "filled-bracket-leg-cancels-reduce-only-sibling",
    proves: "the survivor is swept",
    story:
      "venue netting keeps; entry L long 1; sync; exit X from L limit 110 stop 90; sync; price 111; expect position 0; expect open_orders 0; peace",
  },
  {
    name: "partial-fills-grow-the-bracket",
    proves: "protection follows the fills of its entry",
    story:
      "venue netting slow; entry L long 3; exit X from L limit 120 stop 80; sync; fill L 1; expect open_orders X 2; fill L 2; expect engine_position 3; expect open_orders X 2; peace",
  },
  {
    name: "defensive-close-of-a-refused-bracket",
    proves: "a position without protection is closed",
    story:
      "entry L long 1; sync; fault reject exit; exit X from L limit 120 stop 80; sync; advance 40000; expect position 0; expect engine_position 0",
  },
  {
    name: "marketable-limit-exit-closes-once",
    proves: "an exit whose profit was reached before it was sent closes at once, and once",
    story:
      "entry L long 2; sync; exit X from L limit 99; sync; advance 5000; expect position 0; expect engine_position 0; expect open_orders 0; expect closed_trades 1; peace",
  },
  {
    name: "marketable-stop-exit-closes-once",
    proves: "the mirror",
    story:
      "entry L long 2; sync; exit X from L stop 101; sync; advance 5000; expect position 0; expect engine_position 0; expect open_orders 0; expect closed_trades 1; peace",
  },
  {
    name: "partial-marketable-exit-closes-exactly-its-part",
    proves: "a part that was reached before it was sent leaves the rest",
    story:
      "entry L long 3; sync; exit X from L qty 1 limit 99; sync; advance 5000; expect position 2; expect open_orders 0; peace; expect position 2",
  },
  {
    name: "exit-of-a-part-is-refused-where-there-is-none",
    proves: "it is not sent, and the entry that only it would protect is not opened",
    isReferences: true,
    story: `venue netting noparts; entry L long 2; exit X from L qty 1 limit 110 stop 90; sync; expect calls entry 0; expect live
      entry L long 2; sync; exit X from L qty 1 limit 110 stop 90; sync; expect calls exit 0; expect position 2
      exit X from L limit 110 stop 90; sync; expect open_orders X 2; exit X from L qty 1 limit 111 stop 90; sync; restart; sync
      expect open_orders X 2; price 110.5; expect position 0; peace`,
  },
  {
    name: "bracket-whose-change-was-cut-off-twice-has-even-legs",
    proves: "a change that has reached one leg is made for the other, however often the process ends",
    story:
      "venue netting slow; depth 1; entry M long 2 limit 98.91; exit X from M limit 102.28 stop 98.7; sync; drop_events; delayed_deliver 150; price 97.81; sync; kill 10; price 96.42; sync; restart 11; restart; peace",
  },
  {
    name: "leg-cancelled-while-its-bracket-changes-comes-again",
    proves: "a refused change of a bracket whose leg is gone leaves no position with one leg",
    story:
      "venue netting; entry L long 0.05 limit 97.45; sync; exit X from L limit 102.65 stop 96.45; fill L entry 0.01; restart; sync; kill 5; fill L entry 1; venue_cancel X<L sl; peace; expect open_orders 2",
  },
  {
    name: "leg-cancelled-while-the-other-fills-by-a-change-is-over",
    proves:
      "what was cancelled during a change that the other leg's fill has overtaken is not held for alive",
    story:
      "venue netting nativebracket; latency 80; delayed_deliver 150; entry L long 0.37; exit X from L limit 101.51 stop 96.34; sync; amend_exit X from L limit 98.77; sync; venue_cancel X<L sl; advance 9000; peace; expect position 0",
  },
  {
    name: "leg-cancelled-and-replaced-by-nothing-comes-again-after-a-crash",
    proves: "what the venue says late of a leg that is gone is no proof that it is there",
    story:
      "venue netting nativeoca; entry M long 2 limit 94.92; price 96.79; exit X from M limit 96.9 stop 95.85; resync; fill * 0.5; fault hangs modify; fill * 1; kill 4; sync; peace; expect open_orders 3",
  },
  {
    name: "leg-that-fills-by-its-change-leaves-less-to-the-other",
    proves: "the legs of a bracket share what they close, also while they are changed one after the other",
    story:
      "entry L long 3 limit 96.04; delayed_deliver 2000; exit X from L qtypercent 50 limit 102.31 stop 96.33; sync; fill L entry 0.25; exit X from L qtypercent 33 profit 208 loss 382; sync; expect open_orders 1; peace",
  },
  {
    name: "attached-bracket-sleeps-until-its-entry-has-filled",
    proves: "the exit of an entry that rests does not close what another has opened",
    story:
      "venue netting nativebracket pyramiding 2; entry M long 2 limit 96.21; entry L long 2; exit Y from M qtypercent 50 limit 100.83 stop 96.6; restart; sync; price 101.31; expect position 2; exit Y qtypercent 50 limit 102.53 stop 100.76; peace",
  },
  {
    name: "watched-part-that-has-closed-is-over",
    proves: "an exit that is watched and has closed its part is not begun anew at every fact",
    story:
      "venue netting softparts failsafe nativebracket; entry L long 2 limit 107.36; price 112.84; sync; exit X qtypercent 50 profit 232 loss 376; fill * 0.5; peace",
  },
  {
    name: "lost-close-ack-recovers-without-double-close",
    proves: "a close whose answer was lost closes once",
    story:
      "entry L long 2; sync; fault lost_ack close; close L 1; sync; advance 60000; sync; expect position 1; expect calls close 1; peace",
  },
  {
    name: "partial-then-full-close-leaves-no-bracket",
    proves: "no orphan leg after the position is gone, restarts included",
    story:
      "venue netting keeps; entry L long 3; sync; exit X from L limit 120 stop 80; sync; close L 1; sync; restart; sync; close L; sync; advance 5000; expect position 0; expect open_orders 0; peace",
  },
  {
    name: "exit-of-two-entries-goes-on-when-one-of-them-is-out",
    proves: "what an exit has filled of one entry does not count against what it is to close of the next",
    story: `venue netting pyramiding 2; entry M long 3; sync; entry M long 1 stop 108; sync; exit X from M limit 112 stop 106; latency 80
      sync; price 113; sync; sync; expect engine_position 0; peace`,
  },
  {
    name: "change-of-an-earlier-process-that-comes-last-is-undone",
    proves: "a change that was on its way when its process ended does not have the last word",
    story:
      "venue netting; latency 80; entry M long 1 limit 98.49; exit X qty 0.3 limit 100.65 stop 95.45; entry M long 0.37; sync; depth 0.3; exit X qtypercent 50 limit 103.48 stop 98.7; sync; kill; peace",
  },
  {
    name: "uneven-leg-is-not-left-to-the-venue",
    proves:
      "a leg that a change has not reached is cancelled when the other has filled: more is left of it than the venue takes away",
    story:
      "venue netting slow nativebracket; entry M long 3; sync; fill M entry 0.25; exit X from M qtypercent 50 limit 102.31 stop 99.79; sync; exit X qtypercent 33 profit 98 loss 380; exit Y qtypercent 33 limit 108.73 stop 100.49; kill_at before exit; sync; price 101.1; peace",
  },
  {
    name: "bracket-that-fills-while-it-grows-comes-again-whole",
    proves: "a bracket of which one leg is over is not changed any more, it is sent anew for what is left",
    story:
      "venue netting pyramiding 3; entry L long 2 limit 97.22; exit X qtypercent 30 limit 102.8 stop 96.85; exit Y qtypercent 70 limit 100.46 stop 96.85; sync; fill L entry 0.1; entry L long 2 limit 105.33; exit X from L qtypercent 30 limit 103.79 stop 97.24; exit Y from L qtypercent 70 profit 228 loss 172; kill_at after exit; sync; price 92.12; peace",
  },
  {
    name: "exit-is-not-for-an-entry-that-the-rules-hold-back",
    proves: "what pyramiding does not let out of the house makes no exit larger",
    story:
      "venue netting nativebracket; entry M long 0.05; entry L long 1 limit 103.95; sync; exit X from L qty 1 limit 102.48 stop 99.82; sync; peace",
  },
  {
    name: "exit-follows-its-entry-to-the-other-side-after-restart",
    proves: "an exit that waits for an entry protects what that opens, on whichever side",
    story:
      "entry L long 1; exit X from L limit 95 stop 105; entry L short 2 limit 103.99; sync; kill_at after commit; fill L entry 1; start; expect open_orders X 2; peace",
  },
  {
    name: "close-proven-by-the-position-does-not-come-later",
    proves: "the order of a close that somebody else has made needless is looked for, and is not sent again",
    story:
      "venue netting runs 2; entry S long 3; manual sell 1; fault lost_ack close; sync; fault reject write 1; fault hangs close; close_percent S 100; exit X from S stop 91.36; sync; 2: sync; peace",
  },
  {
    name: "failsafe-comes-again-with-the-next-position",
    proves: "a failsafe stop that the venue has swept with its position is none that somebody did not want",
    story:
      "venue netting softparts failsafe; entry M long 3 limit 97.23; sync; entry M long 3; exit X from M qty 0.5 profit 187 loss 134; fill M entry 0.01; peace",
  },
];
