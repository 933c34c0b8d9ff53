/** What may be typed wrongly at a broker: each is refused in a line that says what was found, and nothing is sent. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";

import { Sandbox } from "./pyne.ts";
import { venue } from "./venue.ts";

let box: Sandbox;
const books = (): string => join(box.workdir, "output/logs/broker.sqlite");

beforeAll(async () => {
  box = await Sandbox.withWorkdir();
  box.plugin("venue", venue);
  box.write(
    join(box.workdir, "scripts/step.pine"),
    '//@version=6\nstrategy("Step")\nif bar_index % 4 == 1\n    strategy.entry("L", strategy.long)\n',
  );
  const { exitCode, stderr } = await box.pyne("run", "step", "venue:FINE@1", "--broker");
  if (exitCode !== 0) throw new Error(stderr);
}, 60_000);
afterAll(() => box[Symbol.dispose]());

const reads = ["orders", "events", "show", "audit"];
const commands = ["pause", "resume", "flatten"];

describe("pyne broker refuses", () => {
  test.each([
    ...[...reads, ...commands].flatMap((command): [string[], number, string][] => [
      [[command], 2, "RUN is missing"],
      [[command, "99"], 2, 'there is no run "99"'],
    ]),
    ...commands.map((command): [string[], number, string] => [
      [command, "1"],
      2,
      "step@venue-1:FINE:1 is not live: ended",
    ]),
    [["show", ""], 2, 'there is no run ""'],
    [["show", "1.5"], 2, 'there is no run "1.5"'],
    [["show", "%"], 2, 'there is no run "%"'],
    [["show", "'; DROP TABLE runs; --"], 2, "there is no run"],
    [["show", "-1"], 2, "unknown option -1"],
    [["events", "1", "--limit", "x"], 2, "unknown option --limit"],
    [["nope"], 2, 'unknown command "nope" of pyne broker'],
    [["runs", "extra"], 2, 'unexpected argument "extra"'],
    [["backup"], 2, "FILE is missing"],
    [["backup", "."], 2, "is a folder"],
    [["lab"], 2, "PLUGIN is missing"],
    [["lab", "nobody"], 2, "nobody is not the lab's own broker"],
    [
      ["lab", "reference", "--scenario", "real-pyne-run-clean-lifecycle"],
      2,
      "it is proven by test/e2e/broker-process.test.ts",
    ],
    [["lab", "reference", "--scenario", "nope"], 2, "there is no story nope"],
    [["lab", "reference", "--seed", "x"], 2, 'a whole number from 0 on is wanted, not "x"'],
  ])("%p", async (args, code, message) => {
    const { exitCode, stderr, stdout } = await box.pyne("broker", ...args);
    expect(stderr).toContain(message);
    expect([exitCode, stdout]).toEqual([code, ""]);
    expect(existsSync(books())).toBe(true);
  });
});

test.each([
  ["export const x = 1;", 1, "does not say how the plugin is made: its default export is no function"],
  ["export default () => ({});", 2, "the default export of lab.ts makes no broker"],
  ['throw new Error("mine");', 1, "lab.ts: mine"],
])("a lab.ts of %j is refused, before a story is told", async (source, code, message) => {
  box.write("project/own/lab.ts", source);
  const { exitCode, stderr, stdout } = await box.pyne("broker", "lab", "./own");
  expect(stderr).toContain(message);
  expect([exitCode, stdout]).toEqual([code, ""]);
});

test("a venue's name for a story plays the story that stands for it", async () => {
  const name = "bybit-working-order-adopted-after-restart";
  const { exitCode, stdout } = await box.pyne("broker", "lab", "reference", "--scenario", name);
  expect([exitCode, stdout]).toEqual([0, "1 named story: nothing violated\n"]);
});

describe("pyne run --broker refuses", () => {
  test.each([
    [["step", "venue:FINE@1", "--run-label", ""], 2, 'not ""'],
    [["step", "venue:FINE@1", "--run-label", "../x"], 2, 'not "../x"'],
    [["step", "venue:FINE@1", "--shutdown-timeout", "x"], 2, '"x" is not a whole number from 0 on'],
    [["step", "venue:FINE@1", "--shutdown-timeout", "-1"], 2, '"-1" is not a whole number from 0 on'],
    [["step", "venue:FINE@7"], 1, 'the timeframe "7" is not supported; supported: 1'],
    [["nope", "venue:FINE@1"], 1, 'there is no script "nope"'],
    [["step", "venue:@1"], 2, "the symbol before @ is empty"],
    [["step", "venue:FINE"], 2, '"venue:FINE" names no timeframe'],
    [["step"], 2, "DATA is missing"],
  ])("%p", async (args, code, message) => {
    const { exitCode, stderr } = await box.pyne("run", ...args, "--broker");
    expect(stderr).toContain(message);
    expect(stderr).not.toContain("SEND");
    expect(exitCode).toBe(code);
  });
});
