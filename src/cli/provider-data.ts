import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";

import { capabilitiesOf } from "../api/plugins/capabilities.ts";
import type { LiveProviderPlugin } from "../api/plugins/live.ts";
import type { ProviderPlugin } from "../api/plugins/provider.ts";
import type { AnyPluginClass } from "../host/plugin-class.ts";
import { dataFileName } from "../data/file-name.ts";
import { parseProviderString, symbolFor } from "../data/provider-string.ts";
import type { LoadedBars } from "../data/load.ts";
import { fetchWarmup } from "../data/warmup/fetch.ts";
import { defaultBars, type WarmupStart } from "../data/warmup/plan.ts";
import { shortfallLines } from "../data/warmup/shortfall.ts";
import type { WorkdirPaths } from "../config/workdir.ts";
import { RuntimeFailure, UsageError } from "../kernel/errors.ts";
import { formatTimeframe } from "../kernel/timeframe.ts";
import type { App } from "./app.ts";
import type { CommandCall } from "./command.ts";
import { progressLine, retryLine } from "./download-report.ts";
import { tellRemarks } from "./download-run.ts";
import { requireTimeframe, targetProvider } from "./download-target.ts";
import { isMultiBroker } from "./tui/browse.ts";
import type { BarWindow } from "./bar-window.ts";

/** Bars straight from a provider: `provider:SYMBOL@TIMEFRAME` where a data file could stand. */

/** An instrument of a provider. */
export interface ProviderData {
  /** As it was typed. */
  readonly argument: string;
  readonly provider: ProviderPlugin<object>;
  /** TradingView's notation. */
  readonly timeframe: string;
  /** Where its bars are kept between runs; never a file of the data folder. */
  readonly path: string;
}

/**
 * Makes the provider of a provider string.
 * @param call the command whose injected options reach it
 * @throws UsageError for a string without timeframe or symbol; PluginNotFoundError; ConfigError; ProviderError for a
 *   timeframe it does not have
 */
export async function openProvider(
  app: App,
  workdir: WorkdirPaths,
  argument: string,
  { timeframe: wanted }: BarWindow,
  call?: CommandCall,
): Promise<ProviderData> {
  const parsed = parseProviderString(argument);
  const option = wanted === undefined ? undefined : formatTimeframe(wanted);
  const timeframe = parsed.timeframe ?? option;
  if (timeframe === undefined) {
    throw new UsageError(`"${argument}" names no timeframe`, { hint: `${argument}@1D` });
  }
  if (option !== undefined && option !== timeframe) {
    throw new UsageError(
      `the timeframe is given twice: ${timeframe} in "${argument}" and --timeframe ${option}`,
    );
  }
  const pluginClass = await app.host().providerClass(parsed.provider);
  const symbol = symbolFor(parsed.rest, isMultiBroker(pluginClass));
  if (symbol === null) {
    throw new UsageError(`"${argument}" names a broker but no symbol`, {
      hint: `pyne data download ${parsed.provider}:${parsed.rest} --list-symbols shows what there is`,
    });
  }
  const target = { provider: parsed.provider, rest: parsed.rest, timeframe, path: undefined };
  await requireTimeframe(app, target);
  const provider = await targetProvider(app, target, symbol, call);
  const path = join(workdir.cache, "warmup", dataFileName(provider.name, symbol, timeframe));
  return { argument, provider, timeframe, path };
}

/** How the bars are fetched. */
export interface ProviderBarsOptions {
  /**
   * For a live run: transient failures are waited for without end, and nothing that an earlier run has kept counts. What
   * such a run begins with must be what its feed knows: a replay does not know yet how its file goes on.
   */
  readonly live: boolean;
}

/**
 * The bars of a run: those of the window, or the newest 500.
 * @throws DownloadError (75 for what may go away by itself); DataError when there is not one bar
 */
export async function providerBars(
  app: App,
  workdir: WorkdirPaths,
  { argument, provider, timeframe, path }: ProviderData,
  { fromMs, toMs, barsBack }: BarWindow,
  { live }: ProviderBarsOptions,
): Promise<LoadedBars> {
  const start: WarmupStart = fromMs === undefined ? { bars: barsBack ?? defaultBars } : { fromMs };
  const started = performance.now();
  mkdirSync(dirname(path), { recursive: true });
  const own = live ? mkdtempSync(join(dirname(path), "live-")) : undefined;
  try {
    const { bars, shortfall, downloads } = await fetchWarmup(
      {
        provider,
        path: own === undefined ? path : join(own, basename(path)),
        timeframe,
        lock: { folder: workdir.locks, waitMs: app.out.interactive || live ? 60_000 : 0 },
        ...(live ? { retries: Number.POSITIVE_INFINITY } : {}),
        signal: app.signal,
        start,
        toMs,
      },
      {
        onWait: () => app.out.note(`${argument} is being fetched by another pyne process: waiting for it`),
        onProgress: (progress) =>
          app.out.progress(`${argument}  ${progressLine(progress, performance.now() - started)}`),
        onRetry: (retry) => app.out.warn(`${argument}: ${retryLine(retry)}`),
      },
    );
    app.out.endProgress();
    for (const result of downloads) tellRemarks(app, result);
    if (shortfall !== undefined) for (const line of shortfallLines(shortfall)) app.out.warn(line);
    return bars;
  } catch (error) {
    if (!app.signal.aborted) throw error;
    throw new RuntimeFailure("interrupted while the bars were fetched", {
      hint: live ? undefined : "what arrived is kept: the next run goes on from there",
    });
  } finally {
    app.out.endProgress();
    if (own !== undefined) rmSync(own, { recursive: true, force: true });
  }
}

/** @throws UsageError for a provider that only has history */
export function requireLive({ provider, argument }: ProviderData): LiveProviderPlugin {
  if (capabilitiesOf(provider.constructor as AnyPluginClass).includes("live"))
    return provider as unknown as LiveProviderPlugin;
  throw new UsageError(`${provider.name} has no live feed, only history`, {
    hint: `without --live the script runs over the newest bars of ${argument}`,
  });
}
