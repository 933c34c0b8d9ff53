import { existsSync } from "node:fs";
import { basename } from "node:path";

import type { BrokerListEntry, ProviderPlugin } from "../../../api/plugins/provider.ts";
import { parseDateOption } from "../../../data/date-option.ts";
import { DownloadError } from "../../../data/download/errors.ts";
import type {
  ConflictDecision,
  DownloadConflict,
  DownloadJob,
  FetchResult,
} from "../../../data/download/types.ts";
import { symbolFor } from "../../../data/provider-string.ts";
import { systemClock } from "../../../kernel/clock.ts";
import { RuntimeFailure, UsageError } from "../../../kernel/errors.ts";
import { canonicalTimeframe } from "../../../kernel/timeframe.ts";
import type { App } from "../../app.ts";
import { defineBuiltin } from "../../command.ts";
import { conflictLine, resultLine, resultObject, savedLine } from "../../download-report.ts";
import { ScreenDownloads } from "../../download-screens.ts";
import { downloadArgs, jobOf, requireNoneRefused, runDownload } from "../../download-run.ts";
import { wholeNumber } from "../../whole-number.ts";
import { downloadTarget, requireTimeframe, targetProvider } from "../../download-target.ts";
import { choose } from "../../prompt.ts";
import { brokerRows, chooseProvider } from "../../tui/choose.ts";
import { brokersOf, browseProvider, chooseBroker, isMultiBroker } from "../../tui/browse.ts";
import { canShowScreens, Screens } from "../../tui/screens.ts";

export default defineBuiltin({
  summary: "Download bars into a data file, or continue one",
  description:
    "PROVIDER is the name of a provider plugin, provider[:broker]:symbol[@timeframe], or a data file that was downloaded before. On a terminal, what it leaves open is picked from lists. The file is data/PROVIDER_SYMBOL_TIMEFRAME.ohlcv; it is continued where it ends, and never gets shorter unless --truncate says so.",
  examples: [
    "pyne data download ccxt:BYBIT:BTC/USDT:USDT@60 --from 2024-01-01",
    "pyne data download ccxt_BYBIT_BTC_USDT_USDT_60.ohlcv",
    "pyne data download replay --list-symbols",
    "pyne data download ccxt --list-brokers",
  ],
  args: {
    provider: {
      type: "positional",
      required: false,
      valueHint: "PROVIDER",
      description: "Where bars come from",
    },
    symbol: {
      type: "string",
      alias: "s",
      valueHint: "SYMBOL",
      description: "Symbol, when PROVIDER names none",
    },
    timeframe: {
      type: "string",
      alias: "T",
      default: "1D",
      valueHint: "TF",
      parse: canonicalTimeframe,
      description: "Timeframe; one in PROVIDER wins",
    },
    from: {
      type: "string",
      alias: "f",
      default: "continue",
      valueHint: "DATE",
      description: "First bar: a date, days back, now, or continue: where the file ends",
    },
    to: {
      type: "string",
      alias: "t",
      valueHint: "DATE",
      description: "Last bar: a date, days back; default now",
    },
    listSymbols: { type: "boolean", alias: "l", description: "Print the symbols on offer, one per line" },
    listBrokers: { type: "boolean", alias: "b", description: "Print the brokers of a multi-broker provider" },
    symbolInfo: { type: "boolean", alias: "i", description: "Print what is known about the symbol, as JSON" },
    forceSaveInfo: {
      type: "boolean",
      description: "Ask for symbol information again and write it over the file's",
    },
    truncate: { type: "boolean", alias: "x", description: "Replace the file, once everything has arrived" },
    chunkSize: {
      type: "string",
      alias: "c",
      valueHint: "BARS",
      parse: (text: string): number => wholeNumber("--chunk-size", text, 1),
      description: "Bars per request; default: the provider's choice",
    },
    extraData: { type: "boolean", alias: "e", description: "Keep further columns, in FILE.extra.csv" },
    onConflict: {
      type: "enum",
      options: ["ask", "backfill", "truncate", "abort"],
      valueHint: "WHAT",
      description: "When --from is before the file's first bar; default ask on a terminal, else backfill",
    },
    ...downloadArgs,
    json: { type: "boolean", description: "One JSON object on stdout" },
  },
  async run(call, values) {
    const { app } = call;
    const interactive = canShowScreens(app) && values.json !== true;
    const now = Date.now();
    const from =
      values.from.toLowerCase() === "continue" ? "continue" : parseDateOption("--from", values.from, now);
    const to = values.to === undefined ? undefined : parseDateOption("--to", values.to, now);
    if (values.provider === undefined && !interactive) throw missingProvider();
    const workdir = await app.requireWorkdir();
    await app.preparePlugins();
    const host = app.host();
    using screens = new Screens(app);
    const chosen = values.provider ?? (await chooseProvider(screens, host));
    if (chosen === undefined) return;
    const target = downloadTarget(app, workdir.data, chosen, values.symbol, values.timeframe);
    const pluginClass = await host.providerClass(target.provider);
    if (values.listBrokers === true) {
      screens.close();
      return printBrokers(await brokersOf(pluginClass), (line) => app.out.print(line));
    }
    const multiBroker = isMultiBroker(pluginClass);
    const instance = (symbol: string | null, timeframe = target.timeframe): Promise<ProviderPlugin<object>> =>
      targetProvider(app, { ...target, timeframe }, symbol, call);
    if (values.listSymbols === true) {
      const broker =
        multiBroker && target.rest === "" && interactive
          ? await chooseBroker(screens, target.provider, pluginClass)
          : target.rest;
      if (broker === undefined) return;
      screens.close();
      const provider = await instance(broker || null);
      for (const symbol of await provider.getAvailableSymbols(app.signal)) app.out.print(symbol);
      return;
    }
    const symbol = symbolFor(target.rest, multiBroker);
    // Without a symbol there is nothing to be made yet, when one can be picked.
    let provider = symbol === null && interactive ? undefined : await instance(symbol);
    if (interactive && (provider === undefined || provider.symbol === null)) {
      const downloads = new ScreenDownloads({
        app,
        dataFolder: workdir.data,
        provider: host.candidate(target.provider).name,
        instance,
        job: (made, timeframe) => ({
          ...jobOf(app, workdir, { ...target, timeframe }, made, values),
          ...optionsOfJob(values),
        }),
        onConflict: values.onConflict,
      });
      const picked = await browseProvider(screens, {
        name: target.provider,
        pluginClass,
        broker: target.rest === "" ? undefined : target.rest,
        instance,
        presets: {
          timeframe: target.timeframe,
          from: call.given.has("from") ? values.from : undefined,
          to: values.to ?? "now",
          truncate: values.truncate === true,
        },
        downloads: values.symbolInfo === true ? undefined : downloads,
        clock: systemClock,
        signal: app.signal,
      });
      screens.close();
      downloads.print();
      if (picked === undefined) return;
      provider = await instance(picked);
    }
    if (provider === undefined || provider.symbol === null) {
      throw new UsageError(`"${chosen}" names no symbol`, {
        hint:
          multiBroker && target.rest === ""
            ? `name a broker and a symbol; pyne data download ${target.provider} --list-brokers shows the brokers`
            : `pyne data download ${[target.provider, target.rest].filter(Boolean).join(":")} --list-symbols shows what there is`,
      });
    }
    if (values.symbolInfo === true) return app.out.json(await provider.getSymbolInfo(app.signal));
    await requireTimeframe(app, target);
    const job: DownloadJob = {
      ...jobOf(app, workdir, target, provider, values),
      from,
      to,
      truncate: values.truncate,
      ...optionsOfJob(values),
    };
    await download(app, job, values.onConflict, values.json === true);
  },
});

/** What of a job the command line alone decides. */
function optionsOfJob(values: {
  readonly forceSaveInfo: boolean | undefined;
  readonly chunkSize: number | undefined;
  readonly extraData: boolean | undefined;
}): Pick<DownloadJob, "refreshSymbol" | "chunkSize" | "withExtra"> {
  return {
    refreshSymbol: values.forceSaveInfo,
    chunkSize: values.chunkSize,
    withExtra: values.extraData,
  };
}

/** Runs the download and reports it: a line or one object on stdout, remarks and hints on stderr. */
async function download(
  app: App,
  job: DownloadJob,
  onConflict: ConflictDecision | "ask" | undefined,
  json: boolean,
): Promise<void> {
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  const isNew = !existsSync(job.path);
  app.logo();
  try {
    const result = await runDownload(app, job, (conflict) => decide(app, conflict, onConflict));
    if (json) app.out.json(resultObject(result, seconds()));
    else {
      app.out.print(`${resultLine(result)}: ${result.path}`);
      if (result.interrupted) app.out.note(interruption(job, result));
      else if (isNew && result.bars > 0) app.out.note(nextSteps(result));
    }
    requireNoneRefused(result);
  } catch (error) {
    if (error instanceof DownloadError) {
      if (json) app.out.json(resultObject(error.result, seconds(), error));
      else if (error.result.symInfo !== undefined) app.out.note(savedLine(error.result));
    }
    throw error;
  }
}

function interruption(job: DownloadJob, result: FetchResult): string {
  const kept =
    job.truncate === true && result.added === 0 ? "interrupted; the file is as it was" : "interrupted";
  return `${kept}: ${savedLine(result)}`;
}

function nextSteps({ path, symbolPath }: FetchResult): string {
  const stem = basename(path, ".ohlcv");
  return [
    `the symbol is described in ${basename(symbolPath)}`,
    `run a script over it: pyne run demo ${stem}`,
    `keep it up to date: pyne data update ${stem}`,
  ].join("\n");
}

async function decide(
  app: App,
  conflict: DownloadConflict,
  choice: ConflictDecision | "ask" | undefined,
): Promise<ConflictDecision> {
  const asked = choice ?? (app.canAsk && !app.globals.yes ? "ask" : "backfill");
  if (asked !== "ask") return asked;
  if (app.globals.yes) return "backfill";
  if (!app.canAsk) {
    throw new RuntimeFailure("--on-conflict ask needs a terminal to ask on", {
      hint: "say --on-conflict backfill, truncate or abort",
    });
  }
  app.out.note(`${conflictLine(conflict)}.`);
  return choose<ConflictDecision>(
    "Fetch what is missing in front, replace the file, or leave it?",
    { backfill: "b", truncate: "t", abort: "a" },
    "abort",
  );
}

function missingProvider(): UsageError {
  return new UsageError("PROVIDER is missing", {
    hint: "pyne plugin list --type provider shows the providers",
  });
}

/** `id  name`, aligned and sorted. */
function printBrokers(brokers: readonly BrokerListEntry[], print: (line: string) => void): void {
  const rows = brokerRows(brokers);
  const width = Math.max(0, ...rows.map((broker) => broker.id.length));
  for (const { id, name } of rows) {
    print(name === undefined ? id : `${id.padEnd(width)}  ${name}`);
  }
}
