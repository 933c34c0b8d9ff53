import type { Scenario } from "./scenario.ts";

/** What every broker has to survive, by the names under which it is known: orders, processes, and what is lost on the way. */
export const coreScenarios: readonly Scenario[] = [
  {
    name: "market-entry-fill",
    proves: "an entry reaches the venue and the book",
    story:
      "entry L long 2; sync; expect calls entry 1; expect position 2; expect engine_position 2; expect script_position 2; peace",
  },
  {
    name: "market-long-short-open-close-repeated-rounds",
    proves: "repeated round trips end flat",
    story: `entry L long 1; sync; close L; sync; expect position 0; entry S short 2; sync; close S; sync
      expect position 0; entry L long 1; sync; close L; sync; entry S short 2; sync; close_all; sync
      expect position 0; expect closed_trades 4; expect distinct_order_ids 8; peace; expect position 0`,
  },
  {
    name: "duplicate-fill-is-idempotent",
    proves: "one fill id books once",
    story:
      "duplicate_event 3; entry L long 1; sync; expect engine_position 1; expect fills 1; restart; expect engine_position 1; expect fills 1; peace",
  },
  {
    name: "reordered-partial-fills-are-idempotent",
    proves: "the order of partial fills is irrelevant",
    story:
      "venue netting slow; entry L long 3; sync; hold; reorder_events; fill L 1; fill L 1; fill L 1; deliver; expect engine_position 3; expect fills 3; peace",
  },
  {
    name: "restart-adopts-working-order",
    proves: "no second resting order",
    story:
      "entry L long 1 limit 95; sync; restart; sync; restart; sync; expect total_orders 1; expect open_orders 1; cancel L; sync; expect open_orders 0; peace",
  },
  {
    name: "cancelled-entry-is-not-sent-again-before-it-is-known-what-it-had-filled",
    proves: "a venue that cannot be asked by an id",
    isReferences: true,
    story: `venue netting noamend nofind; entry L long 2 limit 99; sync; advance 2000; hold; fill L 1; amend L limit 98; resync
      advance 12000; expect open_orders 0; deliver; advance 6000; expect open_orders 1; price 97; expect position 2; peace`,
  },
  {
    name: "reversal-does-not-open-after-two-minutes",
    proves: "a market order is an opinion about now",
    isReferences: true,
    story: `venue netting slow; entry L long 2; sync; fill L; exit X from L limit 110 stop 90; sync; expect open_orders 2
      entry S short 1; sync; fill __pyne_reversal_close__S 1; advance 121000; fill __pyne_reversal_close__S; expect position 0; expect calls entry 1
      sync; entry S short 1; sync; expect calls entry 2; fill S; expect position -1; peace`,
  },
  {
    name: "reversal-with-a-price-is-parked-no-longer",
    proves: "what is parked follows the script",
    isReferences: true,
    story:
      "venue netting; entry M long 3; sync; entry S short 1; depth 0.3; sync; stream_death; amend S limit 95.57; sync; peace",
  },
  {
    name: "reversal-waits-for-the-script-after-restart",
    proves: "nothing opens before the script has run",
    isReferences: true,
    story: `venue netting slow; entry L long 2; sync; fill L; entry S short 1; sync; kill; fill __pyne_reversal_close__S; restart
      expect engine_position 0; expect calls entry 1; sync; expect calls entry 2; fill S; expect position -1; peace`,
  },
  {
    name: "market-entry-is-not-sent-after-a-long-silence",
    proves: "a market order is an opinion about now",
    story:
      "read_error 60; advance 25000; entry L long 1; sync; advance 400000; expect calls entry 0; expect free; sync; entry L long 1; sync; expect calls entry 1; peace",
  },
  {
    name: "entry-that-nothing-completes-leaves-the-book",
    proves: "the script may enter again",
    isReferences: true,
    story: `venue netting pyramiding 2; entry L long 2; sync; entry S short 2 limit 105; entry M long 2; sync; price 105; sync; advance 130000
      sync; close_all; sync; entry S short 1; sync; expect position -1; peace`,
  },
  {
    name: "sleeping-stop-limit-survives-restart",
    proves: "a stop that the engine watches",
    isReferences: true,
    story:
      "venue netting nostops; entry L long 1 limit 99 stop 103; sync; expect total_orders 0; restart; price 103; expect open_orders 1; restart; sync; expect total_orders 1; price 98; expect position 1; peace",
  },
  {
    name: "completed-intent-does-not-resurrect-after-restart",
    proves: "a filled entry is not sent again",
    story:
      "entry L long 1; sync; restart; sync; sync; restart; sync; expect calls entry 1; expect position 1; peace",
  },
  {
    name: "provider-symbol-alias-survives-restart-adoption",
    proves: "the chart's symbol is not the venue's",
    story:
      "venue netting alias; entry L long 1 limit 95; sync; restart; sync; expect total_orders 1; price 94; expect engine_position 1; peace",
  },
  {
    name: "per-entry-hedge-reconstruction-survives-restart",
    proves: "lots are rebuilt per entry, and keyed exits protect their own",
    story: `venue netting pyramiding 3; entry A long 1; entry B long 2; sync; exit XA from A limit 120 stop 80; exit XB from B limit 130 stop 70
      sync; expect open_orders 4; restart; sync; expect open_orders 4; close A; sync; expect position 2; expect open_orders XB 2; peace`,
  },
  {
    name: "bounded-entry-rejection",
    proves: "three attempts, then silence",
    story:
      "reject_entries 10; entry L long 1; sync; advance 60000; sync; sync; expect calls entry 3; expect position 0; expect free; expect live",
  },
  {
    name: "refused-entry-is-not-sent-on-every-bar",
    proves: "bounded retries, whatever the script asks for",
    story: `reject_entries 100; entry L long 1; sync; advance 60000; entry L long 1; sync; entry L long 1; sync; restart
      entry L long 1; sync; expect calls entry 3; entry L long 2; sync; advance 60000; expect calls entry 4; expect live`,
  },
  {
    name: "minimum-below-order-is-observable-and-bounded",
    proves: "one skip only",
    story:
      "order L long 1; sync; close_percent L 0.4; sync; advance 60000; sync; expect calls close 0; expect position 1; expect live; peace",
  },
  {
    name: "read-failure-defers-new-exposure",
    proves: "an entry waits for a good read",
    story:
      "read_error 12; advance 25000; entry L long 1 limit 95; sync; expect live; advance 120000; expect open_orders 1; peace",
  },
  {
    name: "stale-read-fails-closed-before-dispatch",
    proves: "nothing is sent on a view that could not be confirmed",
    story:
      "fault lost_request position 6; advance 21000; entry L long 1; sync; expect calls entry 0; advance 90000; expect calls entry 1; peace",
  },
  {
    name: "cancel-ack-without-push-is-terminal",
    proves: "the answer to a cancel suffices",
    story:
      "entry L long 1 limit 95; sync; drop_events 1; cancel L; sync; expect open_orders 0; expect live; peace; expect total_orders 1",
  },
  {
    name: "entry-amend-replaces-one-physical-order",
    isReferences: true,
    proves: "one living order",
    story:
      "entry L long 1 limit 95; sync; amend L limit 96; sync; amend L 2 limit 97; sync; expect open_orders 1; expect total_orders 1; price 96.5; expect position 2; peace",
  },
  {
    name: "entry-amend-without-amends-replaces-one-physical-order",
    isReferences: true,
    proves: "cancel first, then the new one, where the venue cannot amend",
    story:
      "venue netting noamend; entry L long 1 limit 95; sync; amend L limit 96; sync; expect open_orders 1; expect total_orders 2; expect distinct_order_ids 2; price 95.5; expect position 1; peace",
  },
  {
    name: "cancel-all-terminalizes-every-active-order",
    proves: "all are gone",
    story:
      "entry A long 1 limit 95; entry B long 1 limit 94; entry C short 1 limit 110; sync; expect open_orders 3; cancel_all; sync; expect open_orders 0; peace",
  },
  {
    name: "same-id-cancel-then-recreate-uses-new-physical-order",
    proves: "a fresh order at the venue",
    story:
      "entry L long 1 limit 95; sync; cancel L; sync; entry L long 1 limit 95; sync; expect total_orders 2; expect distinct_order_ids 2; expect open_orders 1; peace",
  },
  {
    name: "long-to-short-reversal-has-exact-economic-size",
    proves: "no overshoot",
    story:
      "entry L long 2; sync; entry S short 3; sync; expect position -3; expect calls close 1; expect calls entry 2; peace; expect position -3",
  },
  {
    name: "short-to-long-reversal-has-exact-economic-size",
    proves: "the mirror",
    story:
      "entry S short 2; sync; entry L long 3; sync; expect position 3; expect calls close 1; expect calls entry 2; peace; expect position 3",
  },
  {
    name: "marketable-limit-and-stop-are-direction-symmetric",
    proves: "both sides alike",
    story: `entry L long 1 limit 101; sync; expect position 1; close_all; sync; entry S short 1 limit 99; sync; expect position -1; close_all; sync
      entry L long 1 stop 99; sync; expect position 1; close_all; sync; entry S short 1 stop 101; sync; expect position -1; close_all; sync; expect position 0; peace`,
  },
  {
    name: "lost-create-ack-adopts-exactly-once",
    proves: "a lost answer makes no second order",
    story:
      "fault lost_ack entry; entry L long 1 limit 95; sync; advance 30000; sync; expect total_orders 1; expect open_orders 1; price 94; expect engine_position 1; peace",
  },
  {
    name: "request-lost-on-the-way-is-sent-again-once",
    proves: "what never arrived is sent again under another id",
    story:
      "fault lost_on_the_way entry; entry L long 1 limit 95; sync; advance 60000; sync; expect total_orders 1; expect open_orders 1; peace",
  },
  {
    name: "lost-cancel-ack-is-settled",
    proves: "a cancel is owed until its end is known",
    story:
      "entry L long 1 limit 95; sync; fault lost_ack cancel; cancel L; sync; advance 30000; expect open_orders 0; peace",
  },
  {
    name: "kill-between-effect-and-result",
    proves: "what left the machine is found by its id",
    story:
      "entry L long 1 limit 95; kill 3; sync; restart; sync; advance 30000; expect total_orders 1; peace",
  },
  {
    name: "kill-in-the-middle-of-recovery",
    proves: "a recovery that is cut off is begun again",
    story:
      "entry L long 2; kill 4; sync; restart 2; restart 4; restart 6; restart; sync; advance 30000; expect position 2; expect engine_position 2; peace",
  },
  {
    name: "external-manual-close-retires-intent-once",
    proves: "a position that somebody closed is noticed",
    story:
      "entry L long 1; sync; exit X from L limit 120 stop 80; sync; manual sell 1; advance 200000; sync; expect engine_position 0; expect script_position 0; expect open_orders 0",
  },
  {
    name: "strategy-order-oca-cancel-sweeps-sibling-once",
    proves: "one of a group cancels the others",
    story:
      "entry A long 1 limit 95 oca G; entry B long 1 limit 94 oca G; sync; expect open_orders 2; price 94.5; expect position 1; expect open_orders 0; peace",
  },
  {
    name: "interceptor-veto",
    proves:
      "an entry that the plugin refuses is not sent, and one at the venue is not changed by what it refuses",
    isReferences: true,
    story: `venue netting intercepts; entry L long 3; sync; expect calls entry 0; expect script_position 0; expect live
      entry L long 1 limit 95; sync; amend L 5 limit 96; sync; expect open_orders 1; expect total_orders 1; price 95.5; expect position 0; price 94
      expect position 1; expect script_position 1; peace`,
  },
  {
    name: "interceptor-resize-is-decided-once",
    proves:
      "what the plugin has made of an order holds for its life, although the next process would say something else",
    isReferences: true,
    story: `venue netting intercepts; entry L long 2 limit 95; sync; expect open_orders 1; kill; restart; sync; entry L long 2 limit 95; sync
      expect total_orders 1; price 94; expect position 1; expect script_position 1; exit X from L limit 110 stop 90; sync; restart; sync
      expect open_orders 2; price 89.995; expect position 1; price 89.99; expect position 0; entry L long 2; sync; expect position 1; peace`,
  },
  {
    name: "oca-full-fill-only-waits-for-the-whole-of-a-member",
    proves:
      "a part that fills takes nothing away, all of it does, also when it was made smaller or a process ends",
    story: `venue netting slow wholeoca; order A long 2 limit 95 oca G; order B long 2 limit 94 oca G; sync; fill A 1; expect open_orders 2
      restart; sync; expect open_orders 2; fill A 1; expect open_orders 0; expect position 2; peace`,
  },
  {
    name: "oca-full-fill-only-ends-with-a-member-that-was-made-smaller",
    proves: "a member that is only to fill what it has filled is whole",
    isReferences: true,
    story: `venue netting slow wholeoca pyramiding 2; entry C short 2 limit 105 oca H; entry D long 2 limit 94 oca H; sync; fill C 1; expect open_orders 2
      amend C 1 limit 105; sync; advance 5000; expect open_orders 0; expect position -1; peace`,
  },
  {
    name: "strategy-order-oca-reduce-amends-sibling-once",
    proves: "one of a group shrinks the others",
    story:
      "order A long 1 limit 95 reduce G; order B long 3 limit 90 reduce G; sync; price 94.5; expect position 1; price 89; expect position 3; peace",
  },
  {
    name: "buy-stop-limit-stays-dormant-until-rising-trigger",
    proves: "an entry with both prices sleeps until its stop",
    story:
      "entry L long 1 limit 104 stop 105; sync; price 103; expect position 0; price 105.5; expect position 0; price 103.9; expect position 1; peace",
  },
  {
    name: "sell-stop-limit-stays-dormant-until-falling-trigger",
    proves: "the mirror",
    story:
      "entry S short 1 limit 96 stop 95; sync; price 97; expect position 0; price 94.5; expect position 0; price 96.1; expect position -1; peace",
  },
  {
    name: "venue-cancel-stops-new-exposure",
    proves: "the policy for orders that somebody else cancels",
    story:
      "entry L long 1 limit 95; sync; venue_cancel L; expect quarantined; entry M long 1; sync; expect calls entry 1; restart; expect free",
  },
  {
    name: "stream-death-stops-new-exposure",
    proves: "a deaf run opens nothing",
    story:
      "stream_death; advance 5000; entry L long 1; sync; expect calls entry 0; expect live; stream_back; restart; entry L long 1; sync; expect position 1; peace",
  },
  {
    name: "operator-pause-and-flatten",
    proves: "a person's hand reaches the run through the store",
    story:
      "entry L long 2; sync; pause; entry M long 1; sync; expect calls entry 1; flatten; advance 20000; expect position 0; resume; entry L long 1; sync; expect position 1",
  },
  {
    name: "clock-skew-is-harmless",
    proves: "a clock that is set back takes nothing back",
    story:
      "entry L long 1; sync; skew -3600000; close L; sync; expect position 0; skew 7200000; entry L long 1; sync; expect position 1; restart; sync; expect engine_position 1; skew 0; peace",
  },
  {
    name: "graceful-shutdown-keeps-orders",
    proves: "a run that ends in peace finds its order again",
    story:
      "entry L long 1 limit 95; sync; shutdown; expect open_orders 1; restart; sync; expect total_orders 1; peace",
  },
  {
    name: "gap-in-the-stream-is-recovered-once-from-history",
    proves: "pieces that filled while nobody was told are booked once",
    story:
      "venue netting slow; entry L long 3; sync; disconnect; fill L 1; fill L 0.5; reconnect; fill L 1.5; advance 60000; expect engine_position 3; expect fills 3; restart; expect fills 3; peace",
  },
  {
    name: "fills-are-deduplicated-across-a-restart",
    proves: "a new process reads the whole history again, and books nothing twice",
    story:
      "entry L long 2; sync; close L 1; sync; expect fills 2; kill; restart; duplicate_event 2; advance 60000; expect fills 2; expect engine_position 1; peace",
  },
  {
    name: "refused-for-lost-ack-causes-no-duplicate",
    proves: "an answer that is lost is no refusal",
    story:
      "fault lost_ack entry; entry L long 1 limit 95; sync; sync; advance 60000; expect total_orders 1; expect open_orders 1; peace",
  },
  {
    name: "already-crossed-buy-stop-limit-drops-trigger",
    proves: "a stop that was reached before the order came is reached",
    story: "entry L long 1 limit 101 stop 99; sync; advance 5000; expect position 1; peace",
  },
  {
    name: "already-crossed-sell-stop-limit-drops-trigger",
    proves: "the mirror",
    story: "entry S short 1 limit 99 stop 101; sync; advance 5000; expect position -1; peace",
  },
  {
    name: "lost-amend-ack-reconciles-without-duplicate",
    proves: "a change whose answer was lost is not made twice over",
    story:
      "entry L long 1 limit 95; sync; fault lost_ack modify; amend L limit 96; sync; advance 60000; sync; expect open_orders 1; price 95.5; expect position 1; peace",
  },
  {
    name: "change-that-was-seen-outlives-its-process",
    proves: "what the venue has told of a change is what there is, although its answer never comes",
    story:
      "entry L long 2 limit 99.65; price 101.34; fault hangs modify; sync; entry L long 2 limit 101.05; sync; restart 8; peace; expect open_orders 1; price 101; expect position 2",
  },
  {
    name: "late-fill-of-an-earlier-order-is-no-word-of-the-next",
    proves:
      "an order that never arrived is sent again, although the order before it has filled a part meanwhile",
    story:
      "venue netting noamend; price 111.97; entry L long 2 limit 104.53; fault hangs history 3; sync; kill 10; fill L entry 0.3; amend L limit 107.85; resync; peace; expect open_orders 1",
  },
  {
    name: "order-that-never-arrived-is-called-off-with-the-others",
    proves: "what a policy takes away is not sent again because it was lost on its way",
    story:
      "venue netting cancels stop_and_cancel; fault lost_on_the_way entry; price 107.11; entry L long 1 limit 104.51; entry M long 0.37 limit 105.47; sync; venue_cancel *; peace; expect open_orders 0",
  },
  {
    name: "market-order-lost-with-its-process-is-placed-anew",
    proves: "an order that never left its process lends its number to the next, and not its age",
    story:
      "venue netting runs 2; 2: disconnect; 2: entry L long 0.5; 2: sync; 2: restart; sync; 2: entry L long 0.5; peace; 2: expect position 0.5",
  },
  {
    name: "pre-write-disconnect-retries-once-without-duplicate-order",
    proves: "what is known not to have been sent is sent again",
    story:
      "fault lost_request entry; entry L long 1 limit 95; sync; advance 60000; sync; expect total_orders 1; expect open_orders 1; peace",
  },
];
