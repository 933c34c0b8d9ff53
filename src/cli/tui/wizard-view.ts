import { firstVisible } from "./list.ts";
import { harmless, type Line, type Size, span, wrap } from "./text.ts";
import {
  type Choice,
  choices,
  type Field,
  fieldsOf,
  labels,
  type Wizard,
  type WizardProgress,
} from "./wizard-state.ts";

/** The wizard as lines. Pure. */

/** What may be typed. */
const hints: Readonly<Record<Choice, string>> = {
  timeframe: "45, 30S, 2D, 1W",
  from: "2024-01-31 or days back",
  to: "2024-01-31 or days back",
};

/** The form, its open dropdown or text, and what runs, in at most `size.height` lines. */
export function viewWizard(wizard: Wizard, size: Size): Line[] {
  const head: Line[] = [[span(" Download ", "bold"), span(harmless(wizard.symbol), "bold")], []];
  if (wizard.run !== undefined) return [...head, ...viewRun(wizard, size.width)];
  const fields = fieldsOf(wizard);
  const problem = viewProblem(wizard, size.width);
  // A dropdown scrolls in what the other lines leave.
  const room = Math.max(1, size.height - head.length - fields.length - problem.length);
  const lines = fields.flatMap((field): Line[] => [
    viewField(wizard, field),
    ...(field === wizard.focus && wizard.open?.type === "dropdown"
      ? viewDropdown(wizard, field as Choice, wizard.open.cursor, room)
      : []),
    ...(field === wizard.problem?.field ? problem : []),
  ]);
  return [...head, ...lines];
}

function viewField(wizard: Wizard, field: Field): Line {
  const focused = wizard.focus === field;
  const marker = focused ? span(" › ", "cyan") : span("   ");
  if (field === "download") return [marker, span("[ Download ]", focused ? "inverse" : "bold")];
  const label = span(labels[field].padEnd(11), focused ? "bold" : undefined);
  if (focused && wizard.open?.type === "text") {
    const { text } = wizard.open;
    return [
      marker,
      label,
      span(text),
      span("_", "cyan"),
      span(text === "" ? ` ${hints[field as Choice]}` : "", "dim"),
    ];
  }
  return [marker, label, span(valueOf(wizard, field), focused ? "inverse" : undefined)];
}

function valueOf(wizard: Wizard, field: Exclude<Field, "download">): string {
  if (field === "truncate") return wizard.truncate ? "yes: replace the file" : "no";
  return inWords(field, wizard.values[field]);
}

/** A value as a person says it. */
function inWords(field: Choice, value: string): string {
  if (field === "from" && /^\d{1,7}$/.test(value)) return value === "1" ? "1 day back" : `${value} days back`;
  return harmless(value);
}

function viewDropdown(wizard: Wizard, field: Choice, cursor: number, room: number): Line[] {
  const options = choices[field];
  const height = Math.min(room, options.length);
  const first = firstVisible(options.length, cursor, height);
  return options.slice(first, first + height).map((option, index) => {
    const here = first + index === cursor;
    const refused = field === "timeframe" && option !== "custom" && wizard.refusal(option) !== undefined;
    const words = option === "custom" ? "custom …" : inWords(field, option);
    return [
      span("              "),
      here ? span("› ", "cyan") : span("  "),
      span(words, here ? "inverse" : refused ? "dim" : undefined),
      span(refused ? "  not offered" : "", "dim"),
    ];
  });
}

function viewProblem(wizard: Wizard, width: number): Line[] {
  if (wizard.problem === undefined) return [];
  return wrap(harmless(wizard.problem.message), width - 4, 3).map((line) => [span(`   ${line}`, "red")]);
}

function viewRun({ run }: Wizard, width: number): Line[] {
  if (run === undefined) return [];
  if (run.type === "conflict") {
    return [
      ...wrap(harmless(run.message), width - 2, 4).map((line): Line => [span(` ${line}`, "yellow")]),
      [],
      [span(" b", "cyan"), span("    backfill: fetch the older bars too")],
      [span(" Esc", "cyan"), span("  change nothing")],
    ];
  }
  const status = run.type === "stopping" ? "stopping; what was fetched is kept" : "";
  return [
    viewBar(run.progress, Math.min(width - 2, 60)),
    ...wrap(harmless(run.progress.text), width - 2, 3).map((line): Line => [span(` ${line.trim()}`)]),
    [span(` ${status}`, "yellow")],
  ];
}

/** `████████░░░░`; without a fraction nothing but the place of the bar. */
function viewBar({ fraction }: WizardProgress, width: number): Line {
  if (fraction === undefined) return [];
  const done = Math.floor(fraction * width);
  return [span(" "), span("█".repeat(done), "green"), span("░".repeat(width - done), "dim")];
}
