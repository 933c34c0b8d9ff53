/** The download wizard: keys in, screen and effects out. */
import { describe, expect, test } from "bun:test";

import {
  type Browsed,
  type Browser,
  type BrowserEffect,
  type BrowserEvent,
  browserOf,
} from "../../../src/cli/tui/browser.ts";
import { browserScreen } from "../../../src/cli/tui/browser-screen.ts";
import type { WizardPresets } from "../../../src/cli/tui/wizard-state.ts";
import { Bench } from "./screen-keys.ts";

const start = Date.UTC(2024, 5, 15, 12, 30, 45);
const day = 86_400_000;
/** Seconds are cut from "now". */
const now = Date.UTC(2024, 5, 15, 12, 30);

interface Options extends Partial<WizardPresets> {
  readonly exists?: boolean;
  readonly size?: { readonly width: number; readonly height: number };
}

type WizardBench = Bench<Browser, BrowserEvent, BrowserEffect, Browsed>;

/** A wizard for BTC of a venue that has minutes and days; whether there is a file has been looked up. */
function bench({ exists = false, size, ...presets }: Options = {}): WizardBench {
  const state = browserOf(
    {
      title: "venue",
      symbols: ["BTC", "ETH"],
      presets: { timeframe: "1D", from: undefined, to: "now", truncate: false, ...presets },
      refusal: (timeframe) =>
        ["1", "60", "1D"].includes(timeframe) ? undefined : `"${timeframe}" is not supported`,
      hasBrokers: true,
      enter: "download",
    },
    start,
  );
  const wizard: WizardBench = new Bench(browserScreen, state, size);
  wizard.nowMs = start;
  wizard.type("enter");
  look(wizard, exists);
  return wizard;
}

/** Answers the last question whether there is a file. */
function look(wizard: WizardBench, exists: boolean): WizardBench {
  const asked = wizard.asked().findLast((effect) => effect.type === "look");
  if (asked === undefined) throw new Error("nobody asked for the file");
  return wizard.send({ ...asked, type: "looked", exists });
}

/** The values on the screen, by label. */
function values(wizard: WizardBench): Record<string, string> {
  const rows = wizard.lines.map((line) => line.split("│ ").at(-1) ?? "");
  return Object.fromEntries(
    rows.flatMap((row) => {
      const [, label, value] = /^ [› ] (Timeframe|From|To|Truncate)\s+(.*)$/.exec(row) ?? [];
      return label === undefined || value === undefined ? [] : [[label, value]];
    }),
  );
}

const focused = (wizard: WizardBench): string | undefined => wizard.state.wizard?.focus;

describe("what the form begins with", () => {
  test.each([
    [{}, { Timeframe: "1D", From: "365 days back", To: "now" }],
    [{ exists: true }, { Timeframe: "1D", From: "continue", To: "now", Truncate: "no" }],
    [
      { exists: true, from: "30", to: "2024-06-01", timeframe: "60", truncate: true },
      { Timeframe: "60", From: "30 days back", To: "2024-06-01", Truncate: "yes: replace the file" },
    ],
    [{ from: "continue" }, { Timeframe: "1D", From: "continue", To: "now" }],
  ])("%j: %j", (options, expected) => {
    expect(values(bench(options))).toEqual(expected);
  });

  test("another timeframe is another file", () => {
    const wizard = bench({ exists: true }).type("enter home enter");
    look(wizard, false);
    expect(values(wizard)).toEqual({ Timeframe: "1", From: "365 days back", To: "now" });
    // A start that was chosen stays.
    wizard.type("tab enter down enter shift-tab enter down down down down enter");
    look(wizard, true);
    expect(values(wizard)).toMatchObject({ Timeframe: "60", From: "continue" });
  });
});

describe("moving", () => {
  test.each([
    ["", "timeframe"],
    ["tab", "from"],
    ["right right", "to"],
    ["down down down", "download"],
    ["tab tab tab tab", "timeframe"],
    ["shift-tab", "download"],
    ["left left", "to"],
    ["up", "download"],
  ])("%s is on %s", (keys, field) => {
    expect(focused(bench().type(keys))).toBe(field);
  });

  test("Truncate is among the fields only when there is something to truncate", () => {
    expect(focused(bench({ exists: true }).type("shift-tab shift-tab"))).toBe("truncate");
    expect(focused(bench({ exists: false }).type("shift-tab shift-tab"))).toBe("to");
  });

  test("Esc leaves level by level", () => {
    const wizard = bench().type("tab enter end enter 2024");
    expect(values(wizard)["From"]).toBe("2024_");
    expect(wizard.type("esc").text).toContain("› custom");
    expect(values(wizard.type("esc"))["From"]).toBe("365 days back");
    expect(wizard.type("esc").state.wizard).toBeUndefined();
    expect(wizard.type("esc").done).toEqual({ type: "back" });
  });

  test("q is a letter here", () => {
    const wizard = bench().type("q tab q enter q");
    expect(wizard.done).toBeUndefined();
    expect(wizard.state.wizard).toBeDefined();
  });
});

describe("choosing", () => {
  test.each([
    // Up and Down wrap; the cursor begins on the value.
    ["tab enter down down enter", { From: "continue" }],
    ["tab enter up enter", { From: "180 days back" }],
    ["enter down enter", { Timeframe: "1W" }],
    ["enter home up enter 45 enter", { Timeframe: "45" }],
    ["enter end enter d enter", { Timeframe: "1D" }],
    ["enter end enter nonsense enter", { Timeframe: "nonsense" }],
    ["tab enter end enter 2024-01-01 enter", { From: "2024-01-01" }],
    ["tab enter end enter 20 back 4 tab", { From: "24 days back" }],
    ["tab tab enter end enter paste(2024-02-01) enter", { To: "2024-02-01" }],
    ["tab tab enter end enter enter", { To: "now" }],
  ])("%s makes %j", (keys, expected) => {
    expect(values(bench().type(keys))).toMatchObject(expected);
  });

  test("a value that was typed is there to be changed", () => {
    const wizard = bench().type("tab enter end enter 2024-01-01 enter enter enter");
    expect(values(wizard)["From"]).toBe("2024-01-01_");
  });

  test("Enter toggles Truncate", () => {
    const wizard = bench({ exists: true }).type("shift-tab shift-tab enter");
    expect(values(wizard)["Truncate"]).toBe("yes: replace the file");
    expect(values(wizard.type("enter"))["Truncate"]).toBe("no");
  });

  test("a timeframe the provider does not have is marked", () => {
    const wizard = bench().type("enter");
    expect(wizard.text).toMatch(/1M\s+not offered/);
    expect(wizard.text).not.toMatch(/60\s+not offered/);
  });
});

describe("starting", () => {
  const request = { symbol: "BTC", timeframe: "1D", from: now - 365 * day, to: undefined, truncate: false };

  test.each([
    [{}, "shift-tab enter", request],
    [{ exists: true }, "shift-tab enter", { ...request, from: "continue" }],
    [{ timeframe: "60", from: "7" }, "shift-tab enter", { ...request, timeframe: "60", from: now - 7 * day }],
    [
      { from: "2024-01-01", to: "2024-02-01" },
      "shift-tab enter",
      { ...request, from: Date.UTC(2024, 0), to: Date.UTC(2024, 1) },
    ],
    [
      { exists: true },
      "shift-tab shift-tab enter tab enter",
      { ...request, from: "continue", truncate: true },
    ],
    // Asked for on the command line, but there is no file.
    [{ truncate: true }, "shift-tab enter", request],
  ] as const)("%j, %s", (options, keys, expected) => {
    const wizard = bench(options as Options).type(keys);
    expect(wizard.asked()).toEqual([{ type: "download", request: expected }]);
  });

  test.each([
    [{ timeframe: "1M" }, "timeframe", '"1M" is not supported'],
    [{ from: "yesterday" }, "from", 'From: "yesterday" is not a date'],
    [{ from: "-5" }, "from", 'From: "-5" is not a date'],
    [{ from: "2024-07-01" }, "from", "the end is not after the start, 2024-07-01T00:00"],
    [{ to: "tomorrow" }, "to", 'To: "tomorrow" is not a date'],
    [{ to: "continue" }, "to", 'To: "continue" is not a date'],
    [{ from: "2024-02-01", to: "2024-01-01" }, "to", "the end is not after the start, 2024-02-01T00:00"],
  ])("%j: the focus is on %s: %s", (options, field, message) => {
    const wizard = bench(options).type("shift-tab enter");
    expect(wizard.asked()).toEqual([]);
    expect(focused(wizard)).toBe(field);
    expect(wizard.toned("red").replaceAll("\n   ", " ")).toContain(message);
  });

  test("nonsense typed as a timeframe is found at the start", () => {
    const wizard = bench().type("enter end enter 1h enter");
    look(wizard, false);
    wizard.type("shift-tab enter");
    expect(focused(wizard)).toBe("timeframe");
    expect(wizard.toned("red")).toContain('"1h" is not a timeframe');
    // Another value takes the complaint away.
    expect(wizard.type("enter home enter").toned("red")).toBe("");
  });
});

describe("the running download", () => {
  const running = (): WizardBench => {
    const wizard = bench().type("shift-tab enter");
    wizard.asked();
    return wizard;
  };

  test("shows how far it is and ignores keys", () => {
    const wizard = running();
    wizard.send({ type: "progress", progress: { fraction: 0.5, text: "120 bars" } });
    expect(wizard.text).toMatch(/│  █{22}░{22}\n/);
    expect(wizard.text).toContain("120 bars");
    wizard.type("q esc enter tab x esc");
    expect(wizard.done).toBeUndefined();
    expect(wizard.text).toContain("120 bars");
    expect(wizard.asked()).toEqual([]);
  });

  test("without an end there is no bar", () => {
    const wizard = running().send({ type: "progress", progress: { fraction: undefined, text: "120 bars" } });
    expect(wizard.text).not.toContain("░");
  });

  test("says so when it has been asked to end", () => {
    expect(running().send({ type: "interrupted" }).text).toContain("stopping");
  });

  test("a success leads back to the list and stays 4 s", () => {
    const wizard = running().send({ type: "downloaded", message: "120 bars added" });
    expect(wizard.toned("green")).toBe(" 120 bars added");
    expect(wizard.state.wizard).toBeUndefined();
    expect(wizard.pass(3999).text).toContain("120 bars added");
    expect(wizard.pass(1).text).not.toContain("120 bars added");
  });

  test("a failure leaves the form as it was and stays 8 s", () => {
    const wizard = running().send({ type: "not-downloaded", message: "the venue is closed" });
    expect(wizard.toned("red")).toBe(" the venue is closed");
    expect(focused(wizard)).toBe("download");
    // What came before the failure is in a file, which the next try continues.
    expect(values(look(wizard, true))["From"]).toBe("continue");
    expect(wizard.pass(7999).text).toContain("the venue is closed");
    expect(wizard.pass(1).text).not.toContain("the venue is closed");
  });

  describe("a conflict with what is stored", () => {
    const conflict = () => running().send({ type: "conflict", message: "the file begins in 2023" });

    test("is told, and waits", () => {
      const wizard = conflict();
      expect(wizard.toned("yellow")).toContain("the file begins in 2023");
      // Nothing but an answer counts, and no answer throws bars away.
      wizard.type("enter t y q tab").pass(60_000);
      expect(wizard.asked()).toEqual([]);
      expect(wizard.text).toContain("the file begins in 2023");
    });

    test.each([
      ["b", "backfill"],
      ["esc", "abort"],
      ["a", "abort"],
    ] as const)("%s answers %s", (keys, answer) => {
      const wizard = conflict().type(keys);
      expect(wizard.asked()).toEqual([{ type: "answer", answer }]);
      expect(wizard.type(keys).asked()).toEqual([]);
    });
  });
});

test.each([
  [80, 24],
  [63, 14],
  [40, 10],
  [20, 6],
])("on %d x %d everything that is open can be seen", (width, height) => {
  const wizard = bench({ exists: true, size: { width, height } });
  for (const keys of ["enter", "up", "home", "esc", "tab", "enter", "end"]) {
    wizard.type(keys);
    expect(wizard.lines).toHaveLength(height);
    if (height < 10) continue;
    expect(wizard.toned("inverse")).not.toBe("");
    expect(wizard.text).toContain("Download");
    // The value or the row of the dropdown under the cursor.
    const shown = wizard.lines.filter((line) => line.includes("›"));
    expect(shown.length).toBeGreaterThan(0);
  }
});
