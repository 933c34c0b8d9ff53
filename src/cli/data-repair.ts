import { basename } from "node:path";

import type { WorkdirPaths } from "../config/workdir.ts";
import { type CheckReport, checkFile } from "../data/check/check.ts";
import { repairBars } from "../data/download/repair.ts";
import { missingBars } from "../data/holes.ts";
import { symbolFor } from "../data/provider-string.ts";
import { staticOf } from "../host/plugin-class.ts";
import type { App } from "./app.ts";
import { retryLine } from "./download-report.ts";
import { type DownloadOptions, jobOf, tellRemarks } from "./download-run.ts";
import { fileTarget, targetProvider } from "./download-target.ts";
import { counted } from "../kernel/counted.ts";

/** What came of repairing a file. */
export interface Repaired {
  /** The file as it is now. */
  readonly report: CheckReport;
  /** Bars that the file did not have before. */
  readonly added: number;
  /** Bars that are still missing, the venue having none. */
  readonly none: number;
  /** It was interrupted; what had arrived is in the file. */
  readonly interrupted: boolean;
}

/**
 * Asks the provider of a file for its holes, except those it is known to have nothing for.
 *
 * @param again ask for those, too
 * @returns `undefined` when there is nothing to ask for
 * @throws as `repairBars`; RuntimeFailure when the file was not downloaded
 */
export async function repairFile(
  app: App,
  workdir: WorkdirPaths,
  before: CheckReport,
  options: DownloadOptions & { readonly again: boolean },
): Promise<Repaired | undefined> {
  const wanted = before.holes.filter((hole) => options.again || !hole.venueHasNone);
  if (wanted.length === 0) return undefined;
  const name = basename(before.path);
  const target = fileTarget(before.path);
  const pluginClass = await app.host().providerClass(target.provider);
  const symbol = symbolFor(target.rest, staticOf(pluginClass, "multiBroker") === true);
  const provider = await targetProvider(app, target, symbol);
  try {
    const result = await repairBars(jobOf(app, workdir, target, provider, options), wanted, {
      onWait: () => app.out.note(`${name} is in use by another pyne process: waiting for it`),
      onProgress: ({ bars, fraction = 0 }) =>
        app.out.progress(`${name}  ${Math.floor(fraction * 100)} %  ${counted(bars, "bar")}`),
      onRetry: (retry) => app.out.warn(`${name}: ${retryLine(retry)}`),
    });
    app.out.endProgress();
    tellRemarks(app, result);
    const report = checkFile(before.path);
    return {
      report,
      added: result.added,
      none: missingBars(report.holes.filter((hole) => hole.venueHasNone)),
      interrupted: result.interrupted,
    };
  } finally {
    app.out.endProgress();
  }
}
