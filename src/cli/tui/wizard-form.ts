import { parseDateOption } from "../../data/date-option.ts";
import { messageOf } from "../../kernel/errors.ts";
import { canonicalTimeframe } from "../../kernel/timeframe.ts";
import type { Input } from "./keys.ts";
import { singleLine } from "./list.ts";
import {
  type Choice,
  choices,
  type Field,
  fieldsOf,
  labels,
  type Wizard,
  type WizardStep,
} from "./wizard-state.ts";

/** The wizard while nothing runs: moving through the fields, changing them, starting. Pure. */

/** One key on the form. */
export function editForm(wizard: Wizard, input: Input, nowMs: number): WizardStep {
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
