import type { Scenario } from "./scenario.ts";

/** Spot accounts: coins instead of a position, some of them somebody else's. */
export const spotScenarios: readonly Scenario[] = [
  {
    name: "spot-inventory-fee-residual-roundtrip",
    proves: "fees in coin make the position smaller, and what is left of it leaves the books",
    story:
      "venue spot basefee coins 5; entry L long 1; sync; expect engine_position 0.999; close L; sync; advance 60000; expect engine_position 0; expect position 0.009; sync; entry L long 1; sync; expect engine_position 0.999; peace",
  },
  {
    name: "spot-never-sells-what-was-there-before",
    proves: "coins of somebody else stay",
    story:
      "venue spot coins 5; entry L long 1; sync; exit X from L limit 110 stop 90; sync; close L; sync; price 111; price 89; expect account_position 5; expect engine_position 0; peace",
  },
  {
    name: "spot-missed-fill-is-recovered-once-from-executions",
    proves: "an execution that the stream has not told comes from the account's history, once",
    story:
      "venue spot basefee coins 5; entry L long 1 limit 95; sync; hold; price 94; advance 30000; expect engine_position 0.999; deliver; expect engine_position 0.999; expect fills 1; peace",
  },
  {
    name: "spot-bracket-covers-what-can-be-sold",
    proves: "protection is cut to the grid",
    story:
      "venue spot basefee; entry L long 1; sync; exit X from L limit 110 stop 90; sync; expect open_orders X 2; price 111; expect open_orders 0; advance 60000; expect engine_position 0; peace",
  },
  {
    name: "spot-restart-keeps-the-inventory",
    proves: "what is this run's is known after a kill",
    story:
      "venue spot basefee coins 2; entry L long 2; kill 5; sync; restart; advance 60000; sync; expect engine_position 1.998; close L 1; sync; restart; advance 30000; expect engine_position 0.998; peace",
  },
  {
    name: "spot-flatten-leaves-only-dust",
    proves: "what nobody can sell does not stop a run that was told to close everything",
    story:
      "venue spot basefee coins 5; entry L long 1; sync; flatten; advance 60000; expect live; expect free; expect engine_position 0; expect calls close 1; peace",
  },
  {
    name: "spot-exits-of-one-entry-share-what-a-close-leaves",
    isReferences: true,
    proves: "coins can be promised once: to the close, then to the exits one after the other",
    story: `venue spot slow; entry M long 2; exit Y from M limit 99.47 stop 98.11; depth 0.3; entry M long 0.37 limit 96.68; resync
      price 96.68; exit X from M profit 62 loss 361; close M; sync; price 89.75; fill M; peace`,
  },
  {
    name: "spot-exit-of-too-few-coins-comes-when-there-are-more",
    isReferences: true,
    proves: "a first fill that nobody can sell does not leave the others without their exit",
    story: `venue spot slow basefee; entry L long 1; exit X from L limit 110 stop 90; sync; fill L 0.01; expect open_orders X 0
      fill L 0.5; sync; expect open_orders X 2; peace`,
  },
  {
    name: "spot-exit-that-cannot-be-small-enough-makes-room-for-a-close",
    isReferences: true,
    proves: "an exit whose rest nobody can sell does not hold a close up",
    story: `venue spot slow basefee; entry M long 2; exit Y from M limit 99.47 stop 98.11; depth 0.3; entry M long 0.37 limit 96.68; resync
      price 96.68; close M; sync; fill M 0.29; expect engine_position 0.07963; peace`,
  },
  {
    name: "spot-account-that-was-behind-for-long-keeps-its-position",
    isReferences: true,
    proves: "a conflict that is none any more gives nothing up, in the next process either",
    story: `venue spot; entry S long 0.5 limit 98.89; sync; stale_position; price 96.78; sync; restart; fresh_position; sync
      expect engine_position 0.5; peace; expect engine_position 0.5`,
  },
  {
    name: "spot-exit-of-two-entries-goes-on-when-one-of-them-is-out",
    proves: "what an exit has filled of one entry does not count against what it is to close of the next",
    story: `venue spot pyramiding 2; entry M long 3; sync; entry M long 1 stop 108; sync; exit X from M limit 112 stop 106; latency 80
      sync; price 113; sync; sync; expect engine_position 0; peace`,
  },
  {
    name: "spot-exit-of-contracts-does-not-grow-with-an-entry-that-was-larger",
    proves:
      "an exit has what the script's book gives it, also when its entry had filled before it could become smaller",
    story: `venue spot noamend; price 101.88; entry L long 3 limit 101.57; sync; hold; price 99.35
      exit X from L qty 0.5 limit 99.52 stop 95.32; entry L long 0.5 limit 97.33; resync; kill 11; sync; peace`,
  },
  {
    name: "spot-dust-of-several-fills-can-be-sold-together",
    isReferences: true,
    proves: "what one fill leaves is nothing to the script, what two of them leave is something",
    story: `venue spot basefee; entry L long 3 stop 105.77; sync; fill L entry 0.3; stream_death; exit Y from L limit 107.06 stop 104.32
      sync; fill L entry 0.01; peace`,
  },
  {
    name: "spot-both-legs-of-a-bracket-have-filled-before-a-close",
    proves: "what each leg has filled and nobody has told is not sold again",
    story: `venue spot coins 5; entry M long 1; sync; exit X from M limit 105.3 stop 89.3; latency 700; sync; hold; close M; sync
      fill * 0.25; sync; expect account_position 5; peace`,
  },
  {
    name: "spot-coins-that-are-paid-in-are-somebody-elses",
    proves: "a deposit and a purchase by hand stop nothing, and nothing of them is sold",
    story: `venue spot coins 5; entry L long 1; sync; exit X from L limit 110 stop 90; sync; deposit 2; manual buy 0.5; advance 200000; sync
      expect free; expect engine_position 1; price 111; expect engine_position 0; expect account_position 7.5; peace`,
  },
  {
    name: "spot-coins-that-are-gone-are-not-sold",
    proves:
      "what is missing leaves the position, the rest of it keeps its exits, and what was there before stays",
    story: `venue spot coins 5; entry L long 1; sync; exit X from L limit 110 stop 90; sync; withdraw 0.3; advance 60000; expect quarantined
      expect engine_position 1; advance 200000; expect engine_position 0.7; sync; price 111; expect engine_position 0
      expect account_position 5; peace`,
  },
  {
    name: "spot-exit-that-is-refused-for-want-of-coins-asks-for-what-there-is",
    isReferences: true,
    proves: "a run whose coins are gone in part is not halted again by every start",
    story: `venue spot; entry L long 1; sync; withdraw 0.004; exit X from L limit 120 stop 80; sync; restart; advance 200000; sync; peace
      expect live; expect engine_position 0.996; expect open_orders X 2`,
  },
  {
    name: "spot-fees-in-a-third-coin-touch-no-position",
    proves: "what is bought is there whole, but where the other coin has run out",
    story: `venue spot basefee coinfee; entry L long 1; sync; expect engine_position 1; close L; sync; expect engine_position 0
      entry L long 1; sync; expect engine_position 0.999; peace`,
  },
  {
    name: "spot-exit-that-is-worth-too-little-waits-for-more",
    isReferences: true,
    proves: "a first fill that the venue takes no order for has its exit with the second",
    story: `venue spot slow notional 20; entry L long 1; exit X from L limit 120 stop 80; sync; fill L 0.1; expect engine_position 0.1
      expect open_orders X 0; fill L 0.9; sync; expect open_orders X 2; peace`,
  },
  {
    name: "spot-entry-of-which-too-little-is-left-to-be-changed-goes",
    isReferences: true,
    proves: "nothing rests at a price that the script has taken back",
    story: `venue spot pyramiding 3 notional 20; entry L long 0.5 limit 91.61; price 94.25; sync; fill L entry 0.3; amend L 0.5 limit 93.77
      sync; expect open_orders L 0; peace`,
  },
  {
    name: "spot-coins-in-a-bracket-are-not-sold-beside-it",
    proves: "a close waits until its exit has let go of the coins",
    story:
      "venue spot coins 0.5; entry L long 1; sync; exit X from L limit 110 stop 90; sync; latency 700; close L; sync; advance 5000; expect account_position 0.5; expect live; expect free; peace",
  },
  {
    name: "spot-flatten-leaves-what-is-worth-too-little",
    isReferences: true,
    proves: "what the venue takes no order for does not halt a run that was told to close everything",
    story: `venue spot notional 20; price 96.26; entry M long 1 stop 99.14; sync; fill M entry 0.11; flatten; advance 60000
      expect live; peace; expect live`,
  },
];
