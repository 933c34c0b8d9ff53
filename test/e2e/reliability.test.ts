/** A small share of what `bun run bench reliability` does a thousand times. */
import { expect, test } from "bun:test";

import { reliability } from "../../scripts/bench/reliability.ts";

test("downloads that are killed and fail leave exactly the venue's bars", async () => {
  const { damaged, lost, duplicated, wrong, unreportedHoles, misplacedExtras, incomplete, bars } =
    await reliability(16, 4711);
  expect(bars).toBeGreaterThan(0);
  expect({ damaged, lost, duplicated, wrong, unreportedHoles, misplacedExtras, incomplete }).toEqual({
    damaged: 0,
    lost: 0,
    duplicated: 0,
    wrong: 0,
    unreportedHoles: 0,
    misplacedExtras: 0,
    incomplete: 0,
  });
}, 120_000);
