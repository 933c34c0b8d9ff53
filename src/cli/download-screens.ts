import { existsSync } from "node:fs";
import { basename, join } from "node:path";

import type { ProviderPlugin } from "../api/plugins/provider.ts";
import { DownloadError } from "../data/download/errors.ts";
import { downloadBars } from "../data/download/runner.ts";
import type {
  ConflictDecision,
  DownloadCallbacks,
  DownloadJob,
  DownloadResult,
  FetchResult,
} from "../data/download/types.ts";
import { dataFileName } from "../data/file-name.ts";
import type { App } from "./app.ts";
import { resultLine, savedLine } from "./download-report.ts";
import { requireNoneRefused, tellRemarks } from "./download-run.ts";
import type { Downloads } from "./tui/browser-effects.ts";
import type { WizardRequest } from "./tui/wizard-state.ts";

/** What the downloads of one browser have in common. */
export interface ScreenDownloadOptions {
  readonly app: App;
  readonly dataFolder: string;
  /** Name of the provider plugin. */
  readonly provider: string;
  /** A fresh instance. */
  readonly instance: (symbol: string, timeframe: string) => Promise<ProviderPlugin<object>>;
  /** A job for it, without what the wizard asks. */
  readonly job: (
    provider: ProviderPlugin<object>,
    timeframe: string,
  ) => Omit<DownloadJob, "from" | "to" | "truncate">;
  /** What the command line says about conflicts; the person is asked where it says nothing. */
  readonly onConflict: ConflictDecision | "ask" | undefined;
}

/** Downloads for the wizard. What came of them is told once more when the screens are gone. */
export class ScreenDownloads implements Downloads {
  readonly #options: ScreenDownloadOptions;
  readonly #results: FetchResult[] = [];

  constructor(options: ScreenDownloadOptions) {
    this.#options = options;
  }

  exists(symbol: string, timeframe: string): boolean {
    const { dataFolder, provider } = this.#options;
    return existsSync(join(dataFolder, dataFileName(provider, symbol, timeframe)));
  }

  async start(request: WizardRequest, callbacks: DownloadCallbacks): Promise<string> {
    const { symbol, timeframe, from, to, truncate } = request;
    const { app, instance, job, onConflict } = this.#options;
    const provider = await instance(symbol, timeframe);
    // Stored bars are replaced by the form's own field alone, where everybody sees it.
    const decided = onConflict === "backfill" || onConflict === "abort" ? onConflict : undefined;
    let result: DownloadResult;
    try {
      result = await downloadBars(
        { ...job(provider, timeframe), from, to, truncate },
        { ...callbacks, ...(decided === undefined ? {} : { onConflict: () => Promise.resolve(decided) }) },
      );
    } catch (error) {
      if (error instanceof DownloadError && error.result.added > 0) this.#results.push(error.result);
      throw error;
    }
    this.#results.push(result);
    tellRemarks(app, result);
    requireNoneRefused(result);
    return `${resultLine(result)}: ${basename(result.path)}`;
  }

  /** The results on stdout, how to go on with those that were cut short on stderr. */
  print(): void {
    const { out } = this.#options.app;
    for (const result of this.#results) {
      out.print(`${resultLine(result)}: ${result.path}`);
      if (result.interrupted) out.note(`interrupted: ${savedLine(result)}`);
    }
  }
}
