/** An entry that the venue refuses again and again: on one bar, and on every bar on which the script asks for it. */
import { expect, test } from "bun:test";

import type { Notice } from "../../../src/broker/engine/effects.ts";
import { goOn, story } from "./story.ts";

/** Refused three times, and left alone. */
const refused = `
  bar entry L buy 2                  -> place entry L buy 2 @0
  answer entry L: rejected           ->
  wait 1s                            -> place entry L buy 2 @1
  answer entry L: rejected           ->
  wait 2s                            -> place entry L buy 2 @2
  answer entry L: rejected           ->
  ! entry_suppressed`;

const suppressed = ({ kind, ...notice }: Notice): boolean =>
  kind === "event" && "code" in notice && notice.code === "entry_suppressed";

test("it is left alone on later bars as well, and that is said once", () => {
  const play = story(`${refused}
    again entry L#2 buy 2            ->
    over e|L#2 skipped
    bar                              ->`);
  const other = story(`${refused}
    bar entry L#2 buy 2              ->
    over e|L#2 skipped
    bar entry L#3 buy 2              ->
    bar entry L#4 buy 2              ->
    over e|L#4 skipped`);
  for (const { notices } of [play, other]) expect(notices.filter(suppressed).length).toBe(1);
});

test("over a restart", () => {
  story(`${refused}
    bar entry L#2 buy 2              ->
    restart 0                        ->
    stream up                        ->
    bar entry L#3 buy 2              ->
    over e|L#3 skipped`);
});

test("another order under its name has one try at a time", () => {
  story(`${refused}
    bar entry L#2 buy 3              -> place entry L buy 3 @0
    answer entry L: rejected         ->
    ! entry_suppressed
    bar entry L#3 buy 3              ->
    bar entry L#4 buy 2.5            -> place entry L buy 2.5 @0
    accept entry L                   ->
    fill L entry 2.5                 ->
    size 2.5`);
});

test("a bar without it ends the row", () => {
  story(`${refused}
    bar                              ->
    bar entry L#2 buy 2              -> place entry L buy 2 @0
    answer entry L: rejected         ->
    wait 1s                          -> place entry L buy 2 @1`);
});

test("a fill may have changed what it was refused for: it has one more try", () => {
  const play = story(
    `
    bar entry M buy 1 limit 99       -> place entry M buy 1 limit 99 @0
    accept entry M                   ->
    bar entry M buy 1 limit 99; entry L buy 2 -> place entry L buy 2 @0
    answer entry L: rejected         ->
    wait 1s                          -> place entry L buy 2 @1
    answer entry L: rejected         ->
    wait 2s                          -> place entry L buy 2 @2
    answer entry L: rejected         ->`,
    { pyramiding: 3 },
  );
  goOn(
    play,
    `
    bar entry M buy 1 limit 99; entry L#2 buy 2 ->
    fill M entry 1                   ->
    bar entry L#3 buy 2              -> place entry L buy 2 @0
    answer entry L: rejected         ->
    ! entry_suppressed
    bar entry L#4 buy 2              ->`,
  );
});

test("a size that the venue never takes is not asked for again on the next bar", () => {
  story(`
    bar entry L buy 0.001            -> place entry L buy 0.001 @0
    answer entry L: skipped below_min_size ->
    ! order_skipped
    bar entry L#2 buy 0.001          ->
    over e|L#2 skipped
    bar entry L#3 buy 1              -> place entry L buy 1 @0`);
});
