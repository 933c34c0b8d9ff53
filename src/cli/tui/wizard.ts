import { parseDateOption } from "../../data/date-option.ts";
import { messageOf } from "../../kernel/errors.ts";
import { canonicalTimeframe } from "../../kernel/timeframe.ts";
import type { Input } from "./keys.ts";
import { singleLine } from "./list.ts";
import type { ScreenEvent } from "./screen.ts";

/** The form that downloads one symbol: a machine of its own inside the symbol browser. Pure. */

/** Fields with a dropdown. */
export type Choice = "timeframe" | "from" | "to";
export type Field = Choice | "truncate" | "download";

/** What the fields are called. */
export const labels: Readonly<Record<Field, string>> = {
  timeframe: "Timeframe",
  from: "From",
  to: "To",
  truncate: "Truncate",
  download: "Download",
};

/** What each dropdown offers, as it would be typed on the command line; `custom` takes any text. */
export const choices: Readonly<Record<Choice, readonly string[]>> = {
  timeframe: ["1", "5", "15", "30", "60", "240", "1D", "1W", "1M", "custom"],
  from: ["continue", "1", "7", "30", "90", "180", "365", "custom"],
  to: ["now", "custom"],
};

/** Days back that are taken where nothing is stored yet and nobody said otherwise. */
const defaultDaysBack = "365";

/** What the command line said. */
export interface WizardPresets {
  readonly timeframe: string;
  /** `undefined`: `--from` was not given. */
  readonly from: string | undefined;
  readonly to: string;
  readonly truncate: boolean;
}

/** What a download is started with. Times are epoch ms, both inclusive. */
export interface WizardRequest {
  readonly symbol: string;
  readonly timeframe: string;
  readonly from: number | "continue";
  /** `undefined`: the moment at which it starts. */
  readonly to: number | undefined;
  readonly truncate: boolean;
}

/** How far the running download is. */
export interface WizardProgress {
  /** 0 to 1; `undefined`: nobody knows how much there is. */
  readonly fraction: number | undefined;
  /** Bars, rate, time left, in words. */
  readonly text: string;
}

/** The running download: under way, waiting for an answer, or asked to stop. */
export type WizardRun =
  | { readonly type: "running"; readonly progress: WizardProgress }
  | { readonly type: "conflict"; readonly message: string }
  | { readonly type: "stopping"; readonly progress: WizardProgress };

export interface Wizard {
  readonly symbol: string;
  /** Why the provider does not take a timeframe, or `undefined`. */
  readonly refusal: (timeframe: string) => string | undefined;
  readonly values: Readonly<Record<Choice, string>>;
  /** Whether the person chose where to start. */
  readonly fromChosen: boolean;
  readonly truncate: boolean;
  /** Whether there is a file for the symbol and timeframe; `undefined`: not looked yet. */
  readonly exists: boolean | undefined;
  readonly focus: Field;
  /** What stands open at the focused field: its dropdown, or a text being typed. */
  readonly open:
    | { readonly type: "dropdown"; readonly cursor: number }
    | { readonly type: "text"; readonly text: string }
    | undefined;
  readonly problem: { readonly field: Field; readonly message: string } | undefined;
  readonly run: WizardRun | undefined;
}

export type WizardEvent =
  | { readonly type: "looked"; readonly symbol: string; readonly timeframe: string; readonly exists: boolean }
  | { readonly type: "progress"; readonly progress: WizardProgress }
  | { readonly type: "conflict"; readonly message: string }
  | { readonly type: "downloaded"; readonly message: string }
  | { readonly type: "not-downloaded"; readonly message: string };

export type WizardEffect =
  /** Is there a file for it? Answered by `looked`. */
  | { readonly type: "look"; readonly symbol: string; readonly timeframe: string }
  | { readonly type: "download"; readonly request: WizardRequest }
  | { readonly type: "answer"; readonly answer: "backfill" | "abort" };

export interface WizardStep {
  readonly wizard: Wizard;
  readonly effects?: readonly WizardEffect[];
  /** The person leaves. */
  readonly closed?: boolean;
}

/** The form for a symbol. */
export function openWizard(
  symbol: string,
  presets: WizardPresets,
  refusal: (timeframe: string) => string | undefined,
): WizardStep {
  return {
    wizard: {
      symbol,
      refusal,
      values: { timeframe: presets.timeframe, from: presets.from ?? defaultDaysBack, to: presets.to },
      fromChosen: presets.from !== undefined,
      truncate: presets.truncate,
      exists: undefined,
      focus: "timeframe",
      open: undefined,
      problem: undefined,
      run: undefined,
    },
    effects: [{ type: "look", symbol, timeframe: presets.timeframe }],
  };
}

/** The fields there are; one can truncate only what exists. */
export function fieldsOf({ exists }: Wizard): readonly Field[] {
  return exists === true
    ? ["timeframe", "from", "to", "truncate", "download"]
    : ["timeframe", "from", "to", "download"];
}

export function updateWizard(wizard: Wizard, event: ScreenEvent<WizardEvent>, nowMs: number): WizardStep {
  switch (event.type) {
    case "looked":
      return { wizard: looked(wizard, event) };
    case "progress":
      return { wizard: progressed(wizard, event.progress) };
    case "conflict":
      return { wizard: { ...wizard, run: { type: "conflict", message: event.message } } };
    case "downloaded":
    case "not-downloaded":
      return { wizard: { ...wizard, run: undefined } };
    case "interrupted":
      return { wizard: stopping(wizard) };
    case "tick":
      return { wizard };
    default:
      if (wizard.run?.type === "conflict") return answer(wizard, event);
      return wizard.run === undefined ? edit(wizard, event, nowMs) : { wizard };
  }
}

function looked(wizard: Wizard, event: { symbol: string; timeframe: string; exists: boolean }): Wizard {
  if (event.symbol !== wizard.symbol || event.timeframe !== wizard.values.timeframe) return wizard;
  const from = wizard.fromChosen ? wizard.values.from : event.exists ? "continue" : defaultDaysBack;
  return {
    ...wizard,
    exists: event.exists,
    values: { ...wizard.values, from },
    focus: wizard.focus === "truncate" && !event.exists ? "download" : wizard.focus,
  };
}

function progressed(wizard: Wizard, progress: WizardProgress): Wizard {
  const type = wizard.run?.type === "stopping" ? "stopping" : "running";
  return { ...wizard, run: { type, progress } };
}

function stopping(wizard: Wizard): Wizard {
  if (wizard.run === undefined) return wizard;
  const progress = wizard.run.type === "conflict" ? { fraction: undefined, text: "" } : wizard.run.progress;
  return { ...wizard, run: { type: "stopping", progress } };
}

/** Stored bars stay, whatever is answered: replacing them is not among the answers. */
function answer(wizard: Wizard, input: Input): WizardStep {
  const given =
    input.type === "text" && input.text.toLowerCase() === "b"
      ? "backfill"
      : (input.type === "key" && input.key === "escape") ||
          (input.type === "text" && input.text.toLowerCase() === "a")
        ? "abort"
        : undefined;
  if (given === undefined) return { wizard };
  const run: WizardRun = { type: "running", progress: { fraction: undefined, text: "" } };
  return { wizard: { ...wizard, run }, effects: [{ type: "answer", answer: given }] };
}

function edit(wizard: Wizard, input: Input, nowMs: number): WizardStep {
  if (wizard.open?.type === "text") return editText(wizard, wizard.open.text, input);
  if (wizard.open?.type === "dropdown") return editDropdown(wizard, wizard.open.cursor, input);
  if (input.type === "text" && input.text === " ") return press(wizard, nowMs);
  if (input.type !== "key") return { wizard };
  switch (input.key) {
    case "tab":
    case "right":
    case "down":
      return { wizard: moved(wizard, 1) };
    case "shift-tab":
    case "left":
    case "up":
      return { wizard: moved(wizard, -1) };
    case "enter":
      return press(wizard, nowMs);
    case "escape":
      return { wizard, closed: true };
    default:
      return { wizard };
  }
}

function moved(wizard: Wizard, by: 1 | -1): Wizard {
  const fields = fieldsOf(wizard);
  const at = fields.indexOf(wizard.focus);
  const focus = fields[(at + by + fields.length) % fields.length] ?? "timeframe";
  return { ...wizard, focus, open: undefined };
}

/** Opens, toggles or submits what is focused. */
function press(wizard: Wizard, nowMs: number): WizardStep {
  const { focus } = wizard;
  if (focus === "download") return submit(wizard, nowMs);
  if (focus === "truncate") return { wizard: { ...wizard, truncate: !wizard.truncate, problem: undefined } };
  const at = choices[focus].indexOf(wizard.values[focus]);
  // A value that the dropdown does not list was typed.
  const cursor = at < 0 ? choices[focus].length - 1 : at;
  return { wizard: { ...wizard, open: { type: "dropdown", cursor } } };
}

function editDropdown(wizard: Wizard, cursor: number, input: Input): WizardStep {
  const field = wizard.focus as Choice;
  const options = choices[field];
  const open = (next: number): WizardStep => ({
    wizard: { ...wizard, open: { type: "dropdown", cursor: (next + options.length) % options.length } },
  });
  if (input.type !== "key") return { wizard };
  switch (input.key) {
    case "up":
      return open(cursor - 1);
    case "down":
      return open(cursor + 1);
    case "home":
      return open(0);
    case "end":
      return open(-1);
    case "escape":
      return { wizard: { ...wizard, open: undefined } };
    case "enter": {
      const option = options[cursor] ?? "custom";
      if (option !== "custom") return chosen(wizard, field, option);
      const text = options.includes(wizard.values[field]) ? "" : wizard.values[field];
      return { wizard: { ...wizard, open: { type: "text", text } } };
    }
    default:
      return { wizard };
  }
}

function editText(wizard: Wizard, text: string, input: Input): WizardStep {
  const field = wizard.focus as Choice;
  const typed = (next: string): WizardStep => ({
    wizard: { ...wizard, open: { type: "text", text: next.slice(0, longestText) }, problem: undefined },
  });
  if (input.type !== "key") return typed(text + singleLine(input.text));
  switch (input.key) {
    case "backspace":
      return typed([...text].slice(0, -1).join(""));
    case "escape":
      return { wizard: { ...wizard, open: { type: "dropdown", cursor: choices[field].length - 1 } } };
    case "enter":
      return chosen(wizard, field, text.trim());
    case "tab":
    case "right":
    case "shift-tab":
    case "left": {
      const step = chosen(wizard, field, text.trim());
      return { ...step, wizard: moved(step.wizard, input.key === "tab" || input.key === "right" ? 1 : -1) };
    }
    default:
      return { wizard };
  }
}

/** Characters that a typed value may have. */
const longestText = 64;

/** The field has a new value; an empty one leaves the old. */
function chosen(wizard: Wizard, field: Choice, text: string): WizardStep {
  const closed = { ...wizard, open: undefined, problem: undefined };
  if (text === "") return { wizard: closed };
  const value = field === "timeframe" ? (readTimeframe(text) ?? text) : text;
  const next = {
    ...closed,
    values: { ...wizard.values, [field]: value },
    fromChosen: wizard.fromChosen || field === "from",
  };
  if (field !== "timeframe" || value === wizard.values.timeframe) return { wizard: next };
  return {
    wizard: { ...next, exists: undefined },
    effects: [{ type: "look", symbol: wizard.symbol, timeframe: value }],
  };
}

function readTimeframe(text: string): string | undefined {
  try {
    return canonicalTimeframe(text);
  } catch {
    return undefined;
  }
}

/** Starts the download, or moves to the first field that cannot be used and says why. */
function submit(wizard: Wizard, nowMs: number): WizardStep {
  const { values } = wizard;
  const bad = (field: Field, message: string): WizardStep => ({
    wizard: { ...wizard, focus: field, open: undefined, problem: { field, message } },
  });
  const timeframe = readTimeframe(values.timeframe);
  if (timeframe === undefined) {
    return bad("timeframe", `"${values.timeframe}" is not a timeframe: 1, 60, 240, 30S, 1D, 1W, 1M`);
  }
  const refusal = wizard.refusal(timeframe);
  if (refusal !== undefined) return bad("timeframe", refusal);
  const times: Record<"from" | "to", number | undefined> = { from: undefined, to: undefined };
  for (const field of ["from", "to"] as const) {
    const text = values[field].toLowerCase();
    if (text === (field === "from" ? "continue" : "now")) continue;
    try {
      times[field] = parseDateOption(labels[field], text, nowMs);
    } catch (error) {
      return bad(field, messageOf(error));
    }
  }
  if (times.from !== undefined && times.from >= (times.to ?? nowMs)) {
    const start = new Date(times.from).toISOString().slice(0, 16);
    return bad(times.to === undefined ? "from" : "to", `the end is not after the start, ${start}`);
  }
  return {
    wizard: {
      ...wizard,
      problem: undefined,
      open: undefined,
      run: { type: "running", progress: { fraction: undefined, text: "starting" } },
    },
    effects: [
      {
        type: "download",
        request: {
          symbol: wizard.symbol,
          timeframe,
          from: times.from ?? "continue",
          to: times.to,
          truncate: wizard.truncate && wizard.exists === true,
        },
      },
    ],
  };
}
