import type { ProviderPlugin } from "../../api/plugins/provider.ts";
import type { ConflictDecision, DownloadCallbacks } from "../../data/download/types.ts";
import type { Clock } from "../../kernel/clock.ts";
import { messageOf } from "../../kernel/errors.ts";
import { conflictLine, progressLine, retryLine } from "../download-report.ts";
import type { BrowserEffect, BrowserEvent } from "./browser.ts";
import type { Perform } from "./run-screen.ts";
import type { WizardProgress, WizardRequest } from "./wizard-state.ts";

/** What the symbol browser asks for, done with a provider and the download runner. */

/** Downloads for the wizard. Symbols are as the browser's list spells them. */
export interface Downloads {
  /** Whether there is a file for it. */
  exists(symbol: string, timeframe: string): boolean;
  /**
   * Downloads on a fresh instance of the provider.
   * @param callbacks `onConflict` asks the person
   * @returns what came of it, in one line
   */
  start(request: WizardRequest, callbacks: DownloadCallbacks): Promise<string>;
}

export interface BrowseOptions {
  /** An instance for one symbol. */
  readonly instance: (symbol: string) => Promise<ProviderPlugin<object>>;
  /** `undefined`: the browser only picks. */
  readonly downloads: Downloads | undefined;
  readonly clock: Clock;
  /** Aborted when the process has been asked to end: an open question is answered with `abort`. */
  readonly signal: AbortSignal;
}

/** Performs the browser's effects. */
export function browserEffects(options: BrowseOptions): Perform<BrowserEvent, BrowserEffect> {
  let answer: ((decision: ConflictDecision) => void) | undefined;
  return (effect, emit, over) => {
    switch (effect.type) {
      case "ask":
        void ask(options, effect.symbol, over).then(emit);
        return undefined;
      case "look": {
        const exists = options.downloads?.exists(effect.symbol, effect.timeframe) ?? false;
        emit({ ...effect, type: "looked", exists });
        return undefined;
      }
      case "answer":
        answer?.(effect.answer);
        return undefined;
      case "download":
        return download(options, effect.request, emit, (resolve) => (answer = resolve));
    }
  };
}

async function ask({ instance }: BrowseOptions, symbol: string, signal: AbortSignal): Promise<BrowserEvent> {
  try {
    const provider = await instance(symbol);
    return { type: "info", symbol, info: await provider.getSymbolInfo(signal) };
  } catch (error) {
    return { type: "no-info", symbol, message: messageOf(error) };
  }
}

async function download(
  { downloads, clock, signal }: BrowseOptions,
  request: WizardRequest,
  emit: (event: BrowserEvent) => void,
  onQuestion: (resolve: (decision: ConflictDecision) => void) => void,
): Promise<void> {
  if (downloads === undefined) return;
  const startedMs = clock.nowMs();
  let latest: WizardProgress = { fraction: undefined, text: "" };
  const report = (progress: WizardProgress): void => {
    latest = progress;
    emit({ type: "progress", progress });
  };
  try {
    const message = await downloads.start(request, {
      onWait: () => report({ ...latest, text: "the file is in use by another pyne process: waiting for it" }),
      onStart: ({ fetchAll }) => report({ fraction: fetchAll ? undefined : 0, text: "asking the venue" }),
      onProgress: (progress) =>
        report({
          fraction: progress.fraction,
          text: progressLine(progress, clock.nowMs() - startedMs),
        }),
      onRetry: (retry) => report({ ...latest, text: retryLine(retry) }),
      onConflict: (conflict) =>
        new Promise((resolve) => {
          onQuestion(resolve);
          signal.addEventListener("abort", () => resolve("abort"), { once: true });
          emit({ type: "conflict", message: conflictLine(conflict) });
        }),
    });
    emit({ type: "downloaded", message });
  } catch (error) {
    emit({ type: "not-downloaded", message: messageOf(error) });
  }
}
