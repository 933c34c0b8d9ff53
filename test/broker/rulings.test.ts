/** What a plugin says about orders before they are sent: what of it is believed, and how long it holds. */
import { describe, expect, test } from "bun:test";

import type { InterceptorResult } from "../../src/api/broker/interceptor.ts";
import type { Wanted } from "../../src/broker/engine/desired.ts";
import { keyColumn } from "../../src/broker/store/key-text.ts";
import { initialState } from "../../src/broker/engine/initial.ts";
import { reduce } from "../../src/broker/engine/reduce.ts";
import type { EngineState } from "../../src/broker/engine/state.ts";
import { type AskPlugin, withRulings } from "../../src/broker/rulings.ts";
import { barMs, intentText, Play, rulesOf, wantedOf } from "./engine/notation.ts";

/** What becomes of a wish; of a refused one the reason. */
function becomes(line: string, ask: AskPlugin, state: EngineState = initialState(rulesOf())): string {
  const [wanted] = withRulings(wantedOf(line), state, ask);
  const { intent, ruling } = wanted!;
  if (ruling !== undefined && ruling.given === undefined) return `no: ${ruling.reason}`;
  return `${intentText(intent)}${ruling?.reason === undefined ? "" : ` (${ruling.reason})`}`;
}

const brokenly = "interceptOrder of the plugin is broken,";

describe("an answer", () => {
  test.each<[string, unknown, string]>([
    ["entry L buy 2", null, "entry L buy 2"],
    ["entry L buy 2", undefined, "entry L buy 2"],
    ["entry L buy 2", {}, "entry L buy 2"],
    ["entry L buy 2", { modifiedQty: 1.5 }, "entry L buy 1.5"],
    ["entry L buy 2 limit 99", { modifiedLimit: 98 }, "entry L buy 2 limit 98"],
    ["entry L buy 2 limit 99 stop 101", { modifiedStop: 102 }, "entry L buy 2 limit 99 stop 102"],
    [
      "exit X<L sell 2 tp 110 sl 90",
      { modifiedLimit: 109, modifiedStop: 91 },
      "exit X<L sell 2 tp 109 sl 91",
    ],
    ["entry L buy 2", { rejected: true }, "no: the plugin refuses it"],
    ["entry L buy 2", { rejected: true, rejectReason: "no margin" }, "no: the plugin refuses it: no margin"],
    ["entry L buy 2", { modifiedQty: 3 }, `no: ${brokenly} it makes 2 contracts 3`],
    ["entry L buy 2", { modifiedQty: 0 }, `no: ${brokenly} its quantity is 0`],
    ["entry L buy 2", { modifiedQty: "1" }, `no: ${brokenly} its quantity is 1`],
    ["entry L buy 2", { modifiedLimit: 99 }, `no: ${brokenly} it gives a limit to an order that has none`],
    ["entry L buy 2 limit 99", { modifiedLimit: Number.NaN }, `no: ${brokenly} its limit is NaN`],
    ["entry L buy 2", Promise.resolve(null), `no: ${brokenly} it gave no answer that is one`],
    ["entry L buy 2", "yes", `no: ${brokenly} it gave no answer that is one`],
    ["exit X<L sell 2 sl 90", { rejected: true }, `exit X<L sell 2 sl 90 (${brokenly} it refuses an exit)`],
    [
      "exit X<L sell 2 sl 90",
      { modifiedQty: 1 },
      `exit X<L sell 2 sl 90 (${brokenly} it changes the quantity of an exit)`,
    ],
  ])("to %s: %p", (line, answer, result) => {
    expect(becomes(line, () => answer as InterceptorResult)).toBe(result);
  });

  test("that is an error refuses an entry", () => {
    const ask: AskPlugin = () => {
      throw new TypeError("no price yet");
    };
    expect(becomes("entry L buy 2", ask)).toBe(`no: ${brokenly} it failed: no price yet`);
  });
});

test("closes are not asked about", () => {
  const asked: string[] = [];
  const ask: AskPlugin = ({ pineId }) => (asked.push(pineId), { rejected: true });
  expect(becomes("close L sell 2", ask)).toBe("close L sell 2");
  expect(asked).toEqual([]);
});

/** An engine whose plugin makes 1 of every order, and counts how often it is asked. */
class Halved {
  readonly play = new Play().ready();
  asks = 0;
  #bar = 0;

  wants(lines: string): string[] {
    const wanted: readonly Wanted[] = withRulings(wantedOf(lines), this.play.state, (intent) => {
      this.asks++;
      return intent.kind === "entry" && intent.qty > 1 ? { modifiedQty: 1 } : null;
    });
    const barTimeMs = ++this.#bar * barMs;
    const { effects } = this.play.give({
      kind: "evaluated",
      nowMs: this.play.now(),
      barTimeMs,
      price: 100,
      wanted,
    });
    return effects.map((effect) => ("envelope" in effect ? intentText(effect.envelope.intent) : effect.kind));
  }
}

describe("a ruling", () => {
  test("holds until the script changes the order", () => {
    const at = new Halved();
    expect(at.wants("entry L buy 2 limit 99")).toEqual(["entry L buy 1 limit 99"]);
    at.play.accept("place entry L");
    expect(at.wants("entry L buy 2 limit 99")).toEqual([]);
    // The script's book has been told what has become of it.
    expect(at.play.notices).toContainEqual({ kind: "order_resized", key: "e\0L", generation: 1, qty: 1 });
    expect(at.wants("entry L buy 1 limit 99")).toEqual([]);
    expect(at.wants("entry L buy 0.5 limit 99")).toEqual(["entry L buy 0.5 limit 99"]);
    expect(at.asks).toBe(1);
    at.play.accept("amend entry L");
    expect(at.wants("entry L buy 2 limit 98")).toEqual(["entry L buy 1 limit 98"]);
    expect(at.asks).toBe(2);
    at.play.accept("amend entry L");
    expect(at.wants("entry L#2 buy 2 limit 98")).toEqual(["cancel L"]);
    expect(at.asks).toBe(3);
  });

  test("is in the books with the order that was sent, whichever way it went out", () => {
    const at = new Halved();
    at.wants("entry S sell 1");
    at.play.fill("S entry", 1);
    // A reversal: it waits until the position is closed.
    expect(at.wants("entry L buy 2")).toEqual(["reversal_close L buy 1"]);
    at.play.fill("L close", 1);
    expect(at.play.state.intents.get("e\0L")).toMatchObject({
      phase: "sent",
      intent: { qty: 1 },
      ruling: { asked: { qty: 2 }, given: { qty: 1 } },
    });
    const next = { ...at.play.state, wanted: null };
    const never: AskPlugin = () => {
      throw new Error("it was asked already");
    };
    expect(becomes("entry L buy 2", never, next)).toBe("entry L buy 1");
    expect(becomes("entry L buy 1", never, next)).toBe("entry L buy 1");
  });

  test("of an entry that waits for a close is written down once, however often the process ends", () => {
    const at = new Halved();
    at.wants("entry S sell 1");
    at.play.fill("S entry", 1);
    at.wants("entry L buy 2");
    const state = { ...at.play.state, wanted: null };
    const wanted = withRulings(wantedOf("entry L buy 1"), state, () => null);
    const { journal } = reduce(state, {
      ...{ kind: "evaluated", nowMs: at.play.now(), barTimeMs: 9 * barMs, price: 100, wanted },
    });
    expect(journal.map(({ event }) => event)).not.toContain("order_ruled");
  });

  test("that refuses is told, and the script's book lets go of the order", () => {
    const state = initialState(rulesOf());
    const wanted = withRulings(wantedOf("entry L buy 2"), state, () => ({
      rejected: true,
      rejectReason: "no",
    }));
    const step = reduce(new Play().ready().state, {
      ...{ kind: "evaluated", nowMs: barMs, barTimeMs: barMs, price: 100, wanted },
    });
    expect(step.effects).toEqual([]);
    expect(step.notices.map((notice) => (notice.kind === "event" ? notice.code : notice.kind))).toEqual([
      "entry_vetoed",
      "order_over",
    ]);
    expect([...step.state.intents.values()].map(({ key, end }) => `${keyColumn(key)} ${end}`)).toEqual([
      "e|L skipped",
    ]);
  });
});
