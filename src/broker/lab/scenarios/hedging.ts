import type { Scenario } from "./scenario.ts";

/** Accounts that keep positions side by side: the script's net position is made of them. */
export const hedgingScenarios: readonly Scenario[] = [
  {
    name: "opposing-runs-remain-distinct-on-hedged-account",
    proves: "one is long and one is short, and the account is flat",
    story:
      "venue hedging runs 2; entry L long 1; sync; 2: entry S short 1; 2: sync; expect account_position 0; expect engine_position 1; 2: expect engine_position -1; restart; 2: restart; close L; sync; expect engine_position 0; 2: expect position -1; peace",
  },
  {
    name: "hedged-two-leg-restart-keyed-close-targets-only-one-position",
    proves: "a close of one entry closes its own position",
    story:
      "venue hedging pyramiding 2; entry A long 1; sync; entry B long 2; sync; expect legs 2; restart; close B; sync; expect legs 1; expect position 1; peace; expect engine_position 1",
  },
  {
    name: "hedged-partial-close-preserves-target-leg-residual",
    proves: "a part of a position is closed, and the rest stays",
    story: "venue hedging; entry L long 3; sync; close L 1; sync; expect legs 1; expect position 2; peace",
  },
  {
    name: "hedged-reversal-closes-old-leg-before-opening-residual",
    proves: "there is never a position on both sides",
    story:
      "venue hedging; entry L long 2; sync; entry S short 1; sync; expect legs 1; expect position -1; expect calls close 1; restart; sync; expect position -1; peace",
  },
  {
    name: "hedged-close-of-a-part-is-refused-where-only-whole-ones-go",
    isReferences: true,
    proves: "nothing is closed that was not meant",
    story:
      "venue hedging wholelegs; entry L long 3; sync; close L 1; sync; expect calls close 0; expect position 3; close L; sync; expect position 0; peace",
  },
  {
    name: "hedged-bracket-hangs-on-each-position",
    proves: "what an exit closes is the position of its entry",
    story:
      "venue hedging pyramiding 2; entry A long 1; entry B long 2; sync; exit XA from A limit 110 stop 90; exit XB from B limit 120 stop 80; sync; price 111; expect legs 1; expect engine_position 2; restart; price 79; expect engine_position 0; peace",
  },
  {
    name: "protected-partial-close-preserves-venue-protection",
    proves: "a bracket survives the close of a part",
    story:
      "venue hedging; entry L long 3; sync; exit X from L limit 110 stop 90; sync; close L 1; sync; expect position 2; price 89; expect position 0; expect engine_position 0; peace",
  },
  {
    name: "bracket-cancel-stays-cleared-after-restart",
    proves: "a bracket that was taken away does not come back",
    story:
      "venue hedging; entry L long 1; sync; exit X from L limit 110 stop 90; sync; cancel X; sync; restart; sync; price 89; expect position 1; peace",
  },
  {
    name: "trail-only-amend-restart-clear-preserves-anchor",
    isReferences: true,
    proves: "a trailing stop follows, survives a start, and goes when it is taken back",
    story:
      "venue hedging; entry L long 1; sync; exit X from L trail_points 200 trail_offset 300; sync; price 105; sync; restart; price 108; price 105.5; expect position 1; price 104.9; expect position 0; expect engine_position 0; peace",
  },
  {
    name: "hedged-lost-bracket-ack-attaches-once",
    proves: "the same bracket again changes nothing",
    story:
      "venue hedging; entry L long 1; sync; fault lost_ack leg; exit X from L limit 110 stop 90; sync; advance 60000; price 111; expect position 0; expect engine_position 0; peace",
  },
  {
    name: "hedged-lost-close-ack-closes-once",
    proves: "a close whose answer was lost does not close the next position",
    story:
      "venue hedging pyramiding 2; entry A long 1; entry B long 1; sync; fault lost_ack close; close A; sync; advance 60000; expect position 1; expect legs 1; peace; expect position 1",
  },
  {
    name: "hedged-entry-that-fills-in-parts-is-one-position",
    proves: "what an order fills later belongs to the position that it has opened",
    story:
      "venue hedging slow; entry L long 3; sync; fill L 1; advance 30000; fill L 2; advance 60000; expect legs 1; expect free; exit X from L limit 110 stop 90; sync; price 111; advance 5000; expect position 0; expect engine_position 0; peace",
  },
  {
    name: "hedged-entry-that-rested-turns-the-position-beside-another",
    isReferences: true,
    proves: "the newest entry says on which side the script is, and what it is against is closed",
    story:
      "venue hedging pyramiding 2; entry L long 1; sync; entry S short 2 limit 90.17; entry M long 0.5; sync; advance 5000; expect engine_position 0.5; expect script_position 0.5; close_all; sync; entry M long 0.5; sync; expect engine_position 0.5; peace",
  },
  {
    name: "hedged-bracket-closes-what-its-position-has-grown-to",
    isReferences: true,
    proves: "a bracket that is reached while its entry still fills closes once, across a restart",
    story:
      "venue hedging keeps; entry L long 0.37; depth 0.3; exit X qty 1 limit 102.03 stop 99.3; sync; price 99.29; restart; sync; price 99; expect position 0; peace",
  },
  {
    name: "hedged-second-exit-of-a-position-is-watched",
    isReferences: true,
    proves: "what cannot hang on a position closes it all the same",
    story: `venue hedging; entry L long 0.37; exit X from L qtypercent 33 limit 105.97 stop 95; exit Z from L profit 307 loss 139
      entry L long 0.05; restart; sync; sync; price 103.1; expect position 0; expect script_position 0; peace`,
  },
  {
    name: "flatten-that-was-refused-goes-on-with-the-next-start",
    isReferences: true,
    proves: "whoever has looked and starts the run again has it closed",
    story: `venue hedging; entry L long 0.5 limit 98.23; sync; fault margin write 3; price 97.93; flatten; advance 9000
      restart; advance 9000; expect live; expect legs 0; peace`,
  },
  {
    name: "hedged-bracket-that-is-told-before-its-entry-has-closed-it",
    isReferences: true,
    proves: "what an entry filled before its bracket did is not open",
    story: `venue hedging; entry M long 0.37 stop 106.95; sync; fill M entry 0.1; price 106.48; exit X from M limit 108.98 stop 105.95
      resync; advance 31000; drop_events 2; price 108.42; price 101.25; peace; expect engine_position 0`,
  },
  {
    name: "hedged-position-of-an-order-that-is-forgotten-is-still-ours",
    isReferences: true,
    proves: "a position that was read before its fill was told is nobody else's",
    story: `venue hedging slow; entry S short 0.37; sync; disconnect; price 111.33; entry S long 2 limit 109.32 stop 116.16
      exit X from S limit 114.26 stop 108.66; sync; peace`,
  },
  {
    name: "hedged-exit-of-a-part-has-its-part-of-an-entry-once",
    isReferences: true,
    proves: "an entry that was against the position is one entry when that is closed",
    story: `venue hedging; entry M long 1 limit 96.06; entry S short 0.37; sync; depth 0.3; start
      exit X from M qty 0.5 trail_points 72 trail_offset 264; fill * 10; sync; price 106.06; peace`,
  },
  {
    name: "hedged-closes-in-doubt-explain-no-more-than-what-is-gone",
    isReferences: true,
    proves: "of two closes of one position whose answers are lost the one that never arrived is sent again",
    story: `venue hedging; entry M long 3; sync; close_percent M 25; kill_at after close; entry S short 1; sync; peace; expect position -1`,
  },
  {
    name: "hedged-close-in-doubt-is-not-the-one-beside-it",
    isReferences: true,
    proves: "what another close has taken does not prove the lost one",
    story: `venue hedging; entry M long 0.37 limit 98.48; exit X from M qty 0.3 limit 100.03 stop 99.33
      exit Y from M qty 0.7 limit 109.34 stop 99.33; hold; sync; price 98.86; fill M entry 1; fault lost_on_the_way write; sync; peace
      expect position 0`,
  },
  {
    name: "hedged-exit-of-a-part-is-refused-where-only-whole-ones-go",
    isReferences: true,
    proves: "no price is waited for at which nothing could be closed",
    story: `venue hedging wholelegs; entry S short 0.5; sync; exit X from S qty 0.25 limit 97.73 stop 101.12; sync; price 96.3; sync
      expect live; expect position -0.5; peace`,
  },
  {
    name: "hedged-bracket-that-cannot-become-one-of-a-part-stays",
    isReferences: true,
    proves: "what hangs on a position that is closed whole or not at all is not taken away",
    story: `venue hedging wholelegs; entry M long 1; sync; exit X from M limit 110 stop 90; sync; exit X from M qty 0.5 limit 110 stop 90; sync
      price 89; expect position 0; peace`,
  },
  {
    name: "hedged-close-cannot-be-called-back",
    isReferences: true,
    proves: "what closes a position works until it has filled, whatever the script wants meanwhile",
    story: `venue hedging slow; entry L long 0.5; sync; fill * 1; close_percent L 100; sync; cancel_all; sync; close_all; sync; fill * 1
      expect position 0; expect calls cancel 0; peace`,
  },
  {
    name: "hedged-close-that-one-position-refuses-is-tried-again",
    isReferences: true,
    proves: "a close that was refused in part is not over",
    story: `venue hedging pyramiding 2; entry A long 1; sync; entry B long 2; sync; fault reject close; close_all; sync; advance 9000
      expect live; expect position 0; expect script_position 0; peace`,
  },
  {
    name: "hedged-exit-of-what-turned-around-comes-back-as-it-was",
    isReferences: true,
    proves: "the script's book knows of which entry a position is that opened against another",
    story: `venue hedging pyramiding 2; depth 1; sync; entry S short 3 limit 102.1; entry L long 2 stop 102.13; resync; price 104.03; advance 25000
      exit X from S trail_points 12 trail_offset 195; amend S limit 106.74; price 103.5; kill 12; sync; price 102.64; start; sync
      fill * 0.25; peace`,
  },
  {
    name: "hedged-position-closed-by-hand-is-given-up-alone",
    isReferences: true,
    proves:
      "the other positions stay what they are, with what protects them, to the engine and to the script",
    story: `venue hedging pyramiding 2; entry A long 1; sync; entry B long 2; exit XA from A limit 110 stop 90
      exit XB from B limit 120 stop 80; sync; sync; manual close B; advance 31000; expect engine_position 3; advance 200000; expect engine_position 1
      expect script_position 1; restart; sync; price 89; expect script_position 0; expect legs 0; expect live; peace`,
  },
  {
    name: "hedged-bracket-is-not-overtaken-by-a-write-of-the-process-before",
    isReferences: true,
    proves: "what a dead process had on its way does not undo what the next one hangs on a position",
    story: `venue hedging; entry M long 0.5; latency 80; sync; pause; exit X from M limit 111.05 stop 94.01; sync; order M long 3; sync; kill; latency 0
      start; advance 9000; price 94; expect position 0; peace`,
  },
  {
    name: "hedged-position-closed-by-hand-before-it-was-found-is-given-up",
    isReferences: true,
    proves: "what no position at the venue can be is none",
    story: `venue hedging; stale_position; entry A long 1; exit X from A limit 110 stop 90; sync; manual close A; fresh_position; advance 31000
      expect engine_position 1; advance 130000; expect engine_position 0; expect script_position 0; expect live; peace; expect engine_position 0`,
  },
  {
    name: "lost-close-beside-a-manual-one-is-not-awaited-for-ever",
    proves:
      "a position that somebody else has made smaller is no word of a close whose answer was lost, after some time",
    story:
      "venue hedging slow noamend runs 3; entry M long 0.37 stop 101.51; resync; amend M stop 102.59; entry S short 2 stop 99.65; resync; fill * 1; 3: sync; sync; manual flat; kill 3; 2: sync; price 99.08; peace",
  },
  {
    name: "hedged-position-whose-fill-is-told-late-is-not-given-up",
    proves: "a position that was seen before its fill was told, and named after its order, is the run's",
    story:
      "venue hedging; entry L long 2 limit 89.51; resync; stream_death; fill L entry 0.25; cancel L; sync; advance 25000; peace",
  },
];
