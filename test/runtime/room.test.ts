/** Columns that get longer under the hands of those who hold them. */
import { describe, expect, test } from "bun:test";

import { columnsOf } from "../../src/kernel/bar.ts";
import { LiveColumns } from "../../src/runtime/live-columns.ts";
import { mostBars, Room } from "../../src/runtime/room.ts";

describe("a room that grows", () => {
  test("gives columns that stay the same arrays and keep what they hold", () => {
    const room = Room.growing(3);
    const [numbers, missing, flags] = [room.numbers(), room.numbers(Number.NaN), room.flags()];
    numbers[2] = 7;
    flags[2] = 1;
    for (const bars of [4, 1000, 100_000]) {
      room.grow(bars);
      for (const column of [numbers, missing, flags]) expect(column.length).toBeGreaterThanOrEqual(bars);
      expect([numbers[2], flags[2], numbers[bars - 1], flags[bars - 1]]).toEqual([7, 1, 0, 0]);
      expect(missing[bars - 1]).toBeNaN();
    }
    expect(room.numbers().length).toBe(numbers.length);
  });

  test("ends where no run goes on", () => {
    const room = Room.growing(1);
    expect(() => room.grow(mostBars + 1)).toThrow("a live run ends after 16,777,216 bars");
  });
});

test("a room of a run over history has its length", () => {
  const room = Room.of(5);
  expect([room.numbers().length, room.flags().length, room.numbers(Number.NaN)[4]]).toEqual([
    5,
    5,
    Number.NaN,
  ]);
  expect(() => room.grow(6)).toThrow();
});

test("live columns copy the history and take bars after it", () => {
  const bar = (openTimeMs: number) => ({ openTimeMs, open: 1, high: 3, low: 0, close: 2, volume: 5 });
  const history = columnsOf([bar(0), bar(1)]);
  const columns = new LiveColumns(history);
  const { close } = columns;
  columns.append(bar(2));
  columns.put({ ...bar(2), close: 9 });
  history.close[0] = 100;
  expect([columns.length, ...close.subarray(0, 3)]).toEqual([3, 2, 2, 9]);
});
