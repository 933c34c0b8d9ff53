import type { Input } from "./keys.ts";
import type { ScreenEvent } from "./screen.ts";
import { editForm } from "./wizard-form.ts";
import {
  defaultDaysBack,
  type Wizard,
  type WizardEvent,
  type WizardProgress,
  type WizardRun,
  type WizardStep,
} from "./wizard-state.ts";

/** The wizard: a machine of its own inside the symbol browser. Pure. */

/** One event. Keys are ignored while a download runs, except as the answer to its question. */
export function updateWizard(wizard: Wizard, event: ScreenEvent<WizardEvent>, nowMs: number): WizardStep {
  switch (event.type) {
    case "looked":
      return { wizard: looked(wizard, event) };
    case "progress":
      return { wizard: progressed(wizard, event.progress) };
    case "conflict":
      return { wizard: { ...wizard, run: { type: "conflict", message: event.message } } };
    case "downloaded":
      return { wizard: { ...wizard, run: undefined } };
    case "not-downloaded":
      // A failure may have left a file that was not there before.
      return {
        wizard: { ...wizard, run: undefined },
        effects: [{ type: "look", symbol: wizard.symbol, timeframe: wizard.values.timeframe }],
      };
    case "interrupted":
      return { wizard: stopping(wizard) };
    case "tick":
      return { wizard };
    default:
      if (wizard.run?.type === "conflict") return answer(wizard, event);
      return wizard.run === undefined ? editForm(wizard, event, nowMs) : { wizard };
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
