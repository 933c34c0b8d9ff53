import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { readSource } from "../../../data/download/source.ts";
import type { DownloadResult } from "../../../data/download/types.ts";
import { symbolFor } from "../../../data/provider-string.ts";
import { readSymbolFile } from "../../../data/syminfo-toml.ts";
import { staticOf } from "../../../host/plugin-class.ts";
import { messageOf, PyneError, RuntimeFailure, TryAgainLaterError } from "../../../kernel/errors.ts";
import type { App } from "../../app.ts";
import { defineBuiltin } from "../../command.ts";
import { resultLine, resultObject } from "../../download-report.ts";
import {
  type DownloadOptions,
  downloadArgs,
  jobOf,
  requireNoneRefused,
  runDownload,
} from "../../download-run.ts";
import { fileTarget, targetProvider } from "../../download-target.ts";

export default defineBuiltin({
  summary: "Continue every downloaded data file",
  description:
    "Continues the files in the data folder whose symbol files have a [download] table, one after another. PATTERN is a glob over their names without extension. A failure does not stop the rest. The exit code is 75 when only transient failures are left, so a scheduler may simply try again.",
  examples: [
    "pyne data update",
    "pyne data update 'ccxt_*_60' demo_BTCUSDT_1D",
    'pyne schedule add "*/15 * * * *" -- data update',
  ],
  args: {
    pattern: {
      type: "positional",
      required: false,
      multiple: true,
      valueHint: "PATTERN",
      description: "Which files; default: all",
    },
    ...downloadArgs,
    json: { type: "boolean", description: "One JSON object on stdout" },
  },
  async run({ app, positionals }, values) {
    const workdir = await app.requireWorkdir();
    const stems = downloadedStems(app, workdir.data, positionals);
    await app.preparePlugins();
    const options: DownloadOptions = { lockWait: values.lockWait, retries: values.retries };
    const files: object[] = [];
    const failures: unknown[] = [];
    const width = Math.max(0, ...stems.map((stem) => stem.length));
    for (const stem of stems) {
      if (app.signal.aborted) break;
      const started = performance.now();
      const seconds = (): number => (performance.now() - started) / 1000;
      let result: DownloadResult | undefined;
      try {
        result = await update(app, join(workdir.data, `${stem}.ohlcv`), options);
        files.push(resultObject(result, seconds()));
        if (values.json !== true && !app.globals.quiet)
          app.out.print(`${stem.padEnd(width)}  ${resultLine(result)}`);
        requireNoneRefused(result);
      } catch (error) {
        if (app.signal.aborted) break;
        failures.push(error);
        app.out.error(named(stem, error));
        if (result === undefined)
          files.push({ file: join(workdir.data, `${stem}.ohlcv`), error: failureObject(error) });
      }
    }
    if (values.json === true) app.out.json({ files, failed: failures.length });
    if (app.signal.aborted) {
      app.out.note(`interrupted after ${files.length} of ${stems.length} files; what was accepted is saved`);
      return;
    }
    if (failures.length > 0) throw summary(failures, stems.length);
  },
});

/** Names of data files that can be continued, ascending. */
function downloadedStems(app: App, folder: string, patterns: readonly string[]): string[] {
  const globs = patterns.map((pattern) => ({
    pattern,
    glob: new Bun.Glob(pattern.replace(/\.(ohlcv|toml)$/i, "")),
  }));
  const all = existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith(".toml") && !name.startsWith("."))
        .map((name) => name.slice(0, -".toml".length))
        .filter((stem) => isDownloaded(app, join(folder, `${stem}.toml`)))
        .toSorted()
    : [];
  const unmatched = globs.filter(({ glob }) => !all.some((stem) => glob.match(stem)));
  if (unmatched.length > 0) {
    throw new RuntimeFailure(
      `no downloaded file in ${folder} matches ${unmatched.map(({ pattern }) => pattern).join(", ")}`,
      {
        hint:
          all.length === 0 ? "download one first: pyne data download --help" : `there are ${all.join(", ")}`,
      },
    );
  }
  if (all.length === 0) app.out.note(`nothing in ${folder} was downloaded, so there is nothing to update`);
  return globs.length === 0 ? all : all.filter((stem) => globs.some(({ glob }) => glob.match(stem)));
}

function isDownloaded(app: App, symbolPath: string): boolean {
  try {
    return readSource(readSymbolFile(symbolPath).download, symbolPath) !== undefined;
  } catch (error) {
    app.out.warn(`${messageOf(error)}; the file is skipped`);
    return false;
  }
}

async function update(app: App, path: string, options: DownloadOptions): Promise<DownloadResult> {
  const workdir = await app.requireWorkdir();
  const target = fileTarget(path);
  const pluginClass = await app.host().providerClass(target.provider);
  const symbol = symbolFor(target.rest, staticOf(pluginClass, "multiBroker") === true);
  const provider = await targetProvider(app, target, symbol);
  return runDownload(app, { ...jobOf(app, workdir, target, provider, options), from: "continue" });
}

/** The failure with the file's name in front. */
function named(stem: string, error: unknown): PyneError {
  const { hint } = error as Partial<PyneError>;
  return new RuntimeFailure(`${stem}: ${messageOf(error)}`, {
    cause: error,
    ...(typeof hint === "string" ? { hint } : {}),
  });
}

function failureObject(error: unknown): object {
  return { code: (error as { code?: string }).code ?? "FAILED", message: messageOf(error) };
}

function summary(failures: readonly unknown[], total: number): PyneError {
  const text = `${failures.length} of ${total} files could not be updated`;
  return failures.every((error) => (error as Partial<PyneError>).exitCode === 75)
    ? new TryAgainLaterError(text, {
        hint: "the failures may pass: the next run continues where this one ended",
      })
    : new RuntimeFailure(text);
}
