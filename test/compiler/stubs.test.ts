/** A script that uses what cannot have its effect carries the news to its run. */
import { expect, test } from "bun:test";

import { compilePine } from "../../src/compiler/compile.ts";
import { Source } from "../../src/compiler/source.ts";

/** The names that a run of the script would mention. */
function mentioned(body: string): string[] {
  const text = `//@version=6\nindicator("T")\n${body}\nplot(close)\n`;
  const { code } = compilePine(new Source("t.pine", text), () => undefined);
  const stubs = /stubs: (\{[^}]*\})/.exec(code!);
  return Object.keys(JSON.parse(stubs?.[1] ?? "{}") as Record<string, string>);
}

test.each<[string, string[]]>([
  ["x = 1", []],
  ["plot(bid + ask + bid)", ["bid", "ask"]],
  ["f() => session.ispremarket\nplot(f() ? 1 : 0)", ["session.ispremarket"]],
  ['alertcondition(true, "x")', ["alertcondition"]],
  ["max_bars_back(close, 100)\nplot(timeframe.isticks ? 1 : 0)", []],
  ["bid = 1.0\nplot(bid)", []],
])("%j mentions %j", (body, expected) => {
  expect(mentioned(body)).toEqual(expected);
});
