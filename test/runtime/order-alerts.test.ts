/** What alerts of fills say, and when they are raised. */
import { describe, expect, test } from "bun:test";
import { type StrategyContext, type StrategySettings, strategy } from "pynecore";

import type { ScriptModule } from "../../src/api/script/declaration.ts";
import { compilePineText } from "../../src/host/pine-compile.ts";
import { barAt } from "../../src/kernel/bar.ts";
import { fillPlaceholders } from "../../src/runtime/alert-text.ts";
import { LiveRun } from "../../src/runtime/live-run.ts";
import type { MessageSink } from "../../src/runtime/pine/messages.ts";
import { runScript } from "../../src/runtime/run.ts";
import { symbol } from "./fixtures.ts";
import { barsOf, minute } from "./strategy/harness.ts";

const startMs = Date.UTC(2024, 0, 1);
const bars = "100 101 102 103 104 105";

function heard(): { readonly texts: string[]; readonly messages: MessageSink } {
  const texts: string[] = [];
  return { texts, messages: { log() {}, alert: (message) => void texts.push(message) } };
}

const scriptOf = (actions: (s: StrategyContext) => void, settings: StrategySettings): ScriptModule =>
  strategy("test", settings, (s) => () => {
    s.plot("RSI", 50 + s.barIndex);
    actions(s);
  });

/** The alerts of a live run whose history is one bar; the fills are at the opens that follow. */
async function alerts(
  actions: (s: StrategyContext) => void,
  settings: StrategySettings = {},
): Promise<string[]> {
  const { texts, messages } = heard();
  const columns = barsOf(bars, { startMs });
  const run = new LiveRun(scriptOf(actions, settings), {
    history: barsOf("100", { startMs }),
    symInfo: symbol({ period: "1", mincontract: 0.01 }),
    timeframe: "1",
    nowMs: () => startMs + 5 * minute + 1234,
    messages,
  });
  await run.warmUp();
  run.goLive();
  for (let index = 1; index < columns.length; index++) run.close(barAt(columns, index));
  return texts;
}

const turn = (alertMessage: string) => (s: StrategyContext) => {
  if (s.barIndex === 1) s.entry("L", "long", { qty: 2, alertMessage, comment: "in" });
  if (s.barIndex === 3) s.entry("S", "short", { qty: 1, alertMessage });
};

describe("a placeholder", () => {
  test.each([
    ["{{strategy.order.action}}", ["buy", "sell"]],
    ["{{strategy.order.contracts}}", ["2", "3"]],
    ["{{strategy.order.price}}", ["102", "104"]],
    ["{{strategy.order.id}}", ["L", "S"]],
    ["{{strategy.order.comment}}", ["in", "S"]],
    ["{{strategy.position_size}}", ["2", "-1"]],
    ["{{strategy.market_position}}", ["long", "short"]],
    ["{{strategy.market_position_size}}", ["2", "1"]],
    ["{{strategy.prev_market_position}}", ["flat", "long"]],
    ["{{strategy.prev_market_position_size}}", ["0", "2"]],
    ["{{ticker}} {{exchange}}", ["TEST TEST", "TEST TEST"]],
    ["{{open}} {{high}} {{low}} {{close}}", ["102 102 102 102", "104 104 104 104"]],
    ["{{time}}", ["2024-01-01T00:02:00Z", "2024-01-01T00:04:00Z"]],
    ["{{timenow}}", ["2024-01-01T00:05:01Z", "2024-01-01T00:05:01Z"]],
    ["{{interval}}", ["1", "1"]],
    // The script has not run on the bar of the fill.
    ['{{plot_0}} {{plot("RSI")}}', ["51 51", "53 53"]],
    ["{{ strategy.order.id }}!", ["L!", "S!"]],
    ["{{nobody}} {{plot_7}}", ["{{nobody}} {{plot_7}}", "{{nobody}} {{plot_7}}"]],
  ])("%s", async (text, said) => {
    expect(await alerts(turn(text))).toEqual(said);
  });

  test("in what a placeholder stands for is text", () => {
    expect(fillPlaceholders("{{a}}{{b}}", (name) => ({ a: "{{b}}", b: "2" })[name])).toBe("{{b}}2");
  });
});

describe("an alert", () => {
  test("is raised for orders that have something to say", async () => {
    expect(await alerts(turn(""))).toEqual([]);
  });

  test("says what the strategy's own message says, with the order's words in it", async () => {
    const settings = { alertMessage: "{{strategy.order.id}}: {{strategy.order.alert_message}}" };
    expect(await alerts(turn("at {{strategy.order.price}}"), settings)).toEqual(["L: at 102", "S: at 104"]);
    expect(await alerts(turn(""), settings)).toEqual(["L: ", "S: "]);
    expect(await alerts(turn(""), { alertMessage: "{{strategy.order.alert_message}}" })).toEqual([]);
  });

  test("of an exit says the words for its way of filling", async () => {
    const says = await alerts((s) => {
      if (s.barIndex === 1) s.entry("L", "long");
      s.exit("X", {
        fromEntry: "L",
        limit: 104,
        stop: 90,
        alertMessage: "out",
        alertProfit: "profit of {{strategy.order.id}}",
      });
    });
    expect(says).toEqual(["profit of X"]);
  });

  test("is not raised where the order says so", async () => {
    const says = await alerts(
      (s) => {
        if (s.barIndex === 1) s.entry("L", "long", { disableAlert: true });
        if (s.barIndex === 3) s.closeAll({ disableAlert: s.close.now > 1000 });
      },
      { alertMessage: "{{strategy.order.id}}" },
    );
    expect(says).toEqual(["Close position order"]);
  });

  test("reaches those who watch", async () => {
    const { texts, messages } = heard();
    const watched: string[] = [];
    const run = new LiveRun(scriptOf(turn("now"), {}), {
      history: barsOf("100", { startMs }),
      symInfo: symbol({ period: "1" }),
      timeframe: "1",
      messages,
      observer: { onAlert: (message, _, bar) => void watched.push(`${message} at ${bar}`) },
    });
    await run.warmUp();
    run.goLive();
    const columns = barsOf(bars, { startMs });
    for (let index = 1; index < 4; index++) run.close(barAt(columns, index));
    expect(watched).toEqual(["now at 2"]);
    expect(texts).toEqual(["now"]);
  });

  test("is of the present: what fills in a backtest raises none", async () => {
    const { texts, messages } = heard();
    await runScript(scriptOf(turn("now"), {}), {
      columns: barsOf(bars, { startMs }),
      symInfo: symbol({ period: "1" }),
      timeframe: "1",
      messages,
    });
    expect(texts).toEqual([]);
  });
});

test("a Pine script says in a comment what its alerts say", () => {
  const compiled = (line: string): string =>
    compilePineText(`//@version=6\n${line}\nstrategy("x")\n`, "x.pine", () => undefined as never);
  expect(compiled('// @strategy_alert_message {{ticker}} "now" ')).toContain(
    String.raw`settings: { alertMessage: "{{ticker}} \"now\"" }`,
  );
  expect(compiled("// strategy_alert_message none")).toContain("settings: {}");
});
