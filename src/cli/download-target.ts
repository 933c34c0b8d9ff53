import { existsSync } from "node:fs";

import type { ProviderPlugin } from "../api/plugins/provider.ts";
import { findFile, notFound } from "../config/lookup.ts";
import { readSource } from "../data/download/source.ts";
import { symbolPathOf } from "../data/download/symbol.ts";
import { isProviderString, parseProviderString } from "../data/provider-string.ts";
import { readSymbolFile } from "../data/syminfo-toml.ts";
import { staticOf } from "../host/plugin-class.ts";
import { RuntimeFailure, UsageError } from "../kernel/errors.ts";
import type { App } from "./app.ts";
import { parseArgv } from "./argv.ts";
import type { CommandCall } from "./command.ts";
import { argumentSpecs } from "./options.ts";

/** What is to be downloaded: named on the command line, or by the symbol file beside a data file. */
export interface DownloadTarget {
  readonly provider: string;
  /** What follows the provider, as typed: `BYBIT:BTC/USDT`; empty: pick one. */
  readonly rest: string;
  readonly timeframe: string;
  /** The data file, when it was named rather than the instrument. */
  readonly path: string | undefined;
}

/**
 * Reads PROVIDER: a name, a provider string, or the path of a data or symbol file with a `[download]` table.
 * @throws UsageError, RuntimeFailure when a file or what it should say is missing
 */
export function downloadTarget(
  app: App,
  dataFolder: string,
  argument: string,
  symbol: string | undefined,
  timeframe: string,
): DownloadTarget {
  if (/\.(ohlcv|toml)$/i.test(argument)) {
    if (symbol !== undefined)
      throw new UsageError(`${argument} says which symbol it is; --symbol is one too many`);
    return fileTarget(existingPath(app, dataFolder, argument));
  }
  if (!isProviderString(argument)) {
    return { provider: argument.toLowerCase(), rest: symbol ?? "", timeframe, path: undefined };
  }
  const parsed = parseProviderString(argument);
  if (symbol !== undefined)
    throw new UsageError(`the symbol is given twice: in "${argument}" and as --symbol ${symbol}`);
  return {
    provider: parsed.provider,
    rest: parsed.rest,
    timeframe: parsed.timeframe ?? timeframe,
    path: undefined,
  };
}

/** The data file of an argument, which may not exist while its symbol file does. */
function existingPath(app: App, dataFolder: string, argument: string): string {
  const stem = argument.replace(/\.(ohlcv|toml)$/i, "");
  const found =
    findFile(`${stem}.toml`, dataFolder, app.cwd, [".toml"]) ??
    findFile(`${stem}.ohlcv`, dataFolder, app.cwd, [".ohlcv"]);
  if (found === undefined) throw notFound("file", [argument], dataFolder, app.cwd);
  return found.replace(/\.(ohlcv|toml)$/i, ".ohlcv");
}

/**
 * What a data file's symbol file says about where its bars come from.
 * @throws RuntimeFailure when it says nothing
 */
export function fileTarget(path: string): DownloadTarget {
  const symbolPath = symbolPathOf(path);
  const refuse = (reason: string): never => {
    throw new RuntimeFailure(`${symbolPath} ${reason}, so there is nowhere to download from`, {
      hint: "name the instrument once: pyne data download provider:SYMBOL@TIMEFRAME",
    });
  };
  if (!existsSync(symbolPath)) return refuse("does not exist");
  const { symInfo, download } = readSymbolFile(symbolPath);
  const source = readSource(download, symbolPath) ?? refuse("has no [download] table with a provider");
  const { provider, rest, timeframe } = parseProviderString(source.provider);
  return { provider, rest, timeframe: timeframe ?? symInfo.period, path };
}

/**
 * An instance of a target's provider for a symbol.
 * @param call the command whose injected options reach the provider; absent: their defaults do
 */
export async function targetProvider(
  app: App,
  target: DownloadTarget,
  symbol: string | null,
  call?: CommandCall,
): Promise<ProviderPlugin<object>> {
  const host = app.host();
  const { name } = host.candidate(target.provider);
  const params =
    call === undefined
      ? parseArgv([], argumentSpecs(await host.liveOptions(name, "data download"), name), app.env).values
      : Object.fromEntries(
          call.injected
            .filter((option) => option.plugin === name)
            .map((option) => [option.key, call.values[option.key]]),
        );
  return host.provider(target.provider, { symbol, timeframe: target.timeframe, pluginParams: params });
}

/** @throws ProviderError listing what the provider offers */
export async function requireTimeframe(app: App, { provider, timeframe }: DownloadTarget): Promise<void> {
  const pluginClass = await app.host().providerClass(provider);
  (staticOf(pluginClass, "toExchangeTimeframe") as (timeframe: string) => string).call(
    pluginClass,
    timeframe,
  );
}
