/** The stories that have names: each ends well, and each control is seen. */
import { existsSync } from "node:fs";
import { describe, expect, test } from "bun:test";

import { parseSteps } from "../../../src/broker/lab/notation.ts";
import { referenceStage } from "../../../src/broker/lab/reference-stage.ts";
import { scenarios } from "../../../src/broker/lab/scenarios/all.ts";
import { provenElsewhere } from "../../../src/broker/lab/scenarios/elsewhere.ts";
import { play } from "../../../src/broker/lab/story.ts";
import { oracleNames } from "../../../src/broker/lab/violation.ts";

const all = scenarios();

describe("a story", () => {
  test.each(all.map((scenario) => [scenario.name, scenario] as const))("%s", async (_, scenario) => {
    const { violation } = await play(parseSteps(scenario.story), referenceStage());
    const found = violation === null ? "nothing" : `${violation.oracle}: ${violation.message}`;
    expect(violation?.oracle ?? "nothing", found).toBe(scenario.violates ?? "nothing");
  });
});

test("every name is there once, and what is proven elsewhere by a story is proven by one that exists", () => {
  const names = all.map(({ name }) => name);
  const others = provenElsewhere.map(({ name }) => name);
  expect(new Set([...names, ...others]).size).toBe(names.length + others.length);
  const unknown = provenElsewhere.filter(
    ({ where }) => /^[a-z\d]+(-[a-z\d]+)+$/.test(where) && !names.includes(where),
  );
  expect(unknown).toEqual([]);
  const files = provenElsewhere.map(({ where }) => where).filter((where) => where.startsWith("test/"));
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
});

test("every oracle has a control that breaks it", () => {
  const seen = new Set(all.flatMap(({ violates }) => violates ?? []));
  expect(Object.keys(oracleNames).filter((name) => !seen.has(name as keyof typeof oracleNames))).toEqual([]);
});
