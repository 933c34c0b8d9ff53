/** What the stream tells twice, late, or in a way that cannot be used. */
import { describe, expect, test } from "bun:test";

import { story } from "./story.ts";

describe("an execution", () => {
  test("without a usable price books nothing, and does not use its id up: it may come again whole", () => {
    story(`
      bar entry L buy 2 limit 99     -> place entry L buy 2 limit 99 @0
      accept entry L                 ->
      fill L entry 2 @0 #f1          ->
      ! fill_unusable
      size 0
      fill L entry 2 @99 #f1         ->
      size 2
      = e|L done filled`);
  });

  test("that is told again counts once, also when its order is long over", () => {
    story(`
      bar entry L buy 2 limit 99     -> place entry L buy 2 limit 99 @0
      accept entry L                 ->
      fill L entry 1 @99 #f1         ->
      fill L entry 1 @99 #f1         ->
      size 1
      fill L entry 1 @99 #f2         ->
      = e|L done filled
      fill L entry 1 @99 #f2         ->
      wait 5m                        ->
      fill L entry 1 @99 #f1         ->
      size 2`);
  });

  test("of an order that is believed to be cancelled counts for the position", () => {
    const play = story(`
      bar entry L buy 2 limit 99     -> place entry L buy 2 limit 99 @0
      accept entry L                 ->
      bar                            -> cancel L
      answer cancel L: cancel_confirmed ->
      fill L entry 2 @99             ->
      size 2`);
    expect(play.state.book.lots.map(({ entryId, qty }) => `${entryId} ${qty}`)).toEqual(["L 2"]);
  });
});
