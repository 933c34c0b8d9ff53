import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { ExchangeCapabilities } from "../api/broker/capabilities.ts";
import { AuthenticationError, ExchangeCapabilityError } from "../api/broker/errors.ts";
import type { BrokerPlugin } from "../api/plugins/broker.ts";
import { capabilitiesOf } from "../api/plugins/capabilities.ts";
import { BrokerRun, type BrokerStatus, HaltedError } from "../broker/broker-run.ts";
import { brokerFactsOf, contractFailures } from "../broker/contract.ts";
import type { OrderLine } from "../broker/order-lines.ts";
import { checkNeeds, needsOf } from "../broker/script-needs.ts";
import { BrokerStore } from "../broker/store/store.ts";
import { persist } from "../broker/venue-state.ts";
import type { WorkdirPaths } from "../config/workdir.ts";
import type { LoadedBars } from "../data/load.ts";
import { placesOf } from "../host/pine-place.ts";
import type { AnyPluginClass } from "../host/plugin-class.ts";
import type { Bar, BarUpdate } from "../kernel/bar.ts";
import { systemClock } from "../kernel/clock.ts";
import { messageOf, UsageError } from "../kernel/errors.ts";
import { parseTimeframe, timeframeSeconds } from "../kernel/timeframe.ts";
import { Connection } from "../live/connection.ts";
import type { BarSource } from "../live/joiner.ts";
import type { LiveJob } from "../live/runner.ts";
import { waitUntilDone } from "../live/shutdown.ts";
import type { App } from "./app.ts";
import type { BrokerCommand } from "./broker-options.ts";
import { targetProvider } from "./download-target.ts";
import type { ProviderData } from "./provider-data.ts";
import type { LiveSetup } from "./run-setup.ts";

/** A broker that is connected, its run open in the books. */
export interface OpenBroker {
  /** The hooks of the live run. */
  readonly job: Pick<LiveJob, "observe"> & {
    readonly desk: BrokerRun["makeDesk"];
    readonly onStart: (isFeedIdle: () => boolean) => void;
    readonly beforeLive: () => Promise<void>;
    readonly beforeClose: (bar: Bar, source: BarSource) => void;
    readonly beforeDisconnect: () => Promise<void>;
  };
  readonly run: BrokerRun;
  /** Aborted when the engine ends the run, or the command's signal is. */
  readonly signal: AbortSignal;
  readonly status: () => BrokerStatus;
  /** Ends the row of the run, and disconnects a broker that is not the provider. Nothing that fails then is thrown. */
  close(end: CommandEnd): Promise<void>;
}

/** How a command has ended: the feed was over, somebody stopped it, or something failed. */
export type CommandEnd = "ended" | "stopped" | { readonly failure: unknown };

/** What a broker is opened for. */
export interface BrokerJob {
  readonly command: BrokerCommand;
  readonly setup: LiveSetup;
  readonly bars: LoadedBars;
  readonly onLine: (line: OrderLine) => void;
  /** Longest wait for what is pending, ms; 0: for ever. */
  readonly shutdownMs: number;
}

/**
 * Makes sure of everything that can be made sure of before the first order: that the plugin can trade, what the script
 * needs of it, its credentials, and that the same run is live nowhere else.
 *
 * @throws UsageError, ExchangeCapabilityError, AuthenticationError, TryAgainLaterError
 */
export async function openBroker(app: App, workdir: WorkdirPaths, job: BrokerJob): Promise<OpenBroker> {
  const { command, setup, bars } = job;
  const { symInfo, timeframe } = bars;
  const { log } = app;
  if (setup.script.declaration.kind !== "strategy")
    throw new UsageError(`${setup.name} is an indicator, and has no orders`, {
      hint: "--live alone runs it over the feed",
    });
  const trader = await traderOf(app, job);
  const { plugin, connection, symbol } = trader;
  const ended = new AbortController();
  const signal = AbortSignal.any([app.signal, ended.signal]);
  const question = { plugin, clock: systemClock, log, signal };
  let store: BrokerStore | undefined;
  try {
    if (connection !== undefined) await connection.first(app.signal);
    plugin.onUnexpectedCancel = command.policies.on_unexpected_cancel;
    plugin.onInventoryConflict = command.policies.on_inventory_conflict;
    const facts = await persist(question, () => brokerFactsOf(plugin));
    const failures = contractFailures(facts);
    for (const { severity, message } of failures)
      if (severity === "warning") app.out.warn(`${plugin.name}: ${message}`);
    const broken = failures.filter(({ severity }) => severity === "error").map(({ message }) => message);
    if (broken.length > 0)
      throw new ExchangeCapabilityError(`${plugin.name} cannot trade: ${broken.join("; ")}`);
    const capabilities = facts.capabilities as unknown as ExchangeCapabilities;
    if (command.policies.failsafe_stop_percent > 0 && capabilities.failsafeStop === "unsupported")
      app.out.warn(
        `${plugin.name} has no failsafeStop: failsafe_stop_percent of brokers.toml does nothing here`,
      );
    if (command.policies.on_oca_partial_fill === "full_fill_only" && capabilities.ocaCancel === "native")
      app.out.warn(
        `${plugin.name} minds groups by itself (ocaCancel is native): on_oca_partial_fill of brokers.toml does nothing here`,
      );
    const { pyramiding } = { pyramiding: 1, ...setup.script.declaration.settings, ...setup.user.settings };
    const code = readFileSync(setup.codePath, "utf8");
    const needs = needsOf(code, placesOf(code, setup.codePath));
    checkNeeds(needs, Number(pyramiding), capabilities, plugin.name);
    await persist(question, async () => checkBalance(plugin, await plugin.getBalance()));
    store = BrokerStore.open(command.isDryRun ? ":memory:" : join(workdir.logs, "broker.sqlite"));
    const books = store.openRun({
      strategyId: setup.name,
      accountId: plugin.accountId,
      symbol,
      timeframe,
      label: command.label ?? null,
      scriptPath: setup.scriptPath,
      pluginName: plugin.name,
    });
    if (plugin.spotInventoryPort !== null) books.claimAsset(plugin.spotInventoryPort);
    plugin.storeCtx = books;
    const run = new BrokerRun({
      ...{ plugin, books, symbol, symInfo, timeframe, capabilities, log },
      policies: command.policies,
      isDryRun: command.isDryRun,
      clock: systemClock,
      onLine: job.onLine,
      onEnd: () => ended.abort(new Error("the engine has ended the run")),
    });
    app.out.note(
      `${command.isDryRun ? "dry run, nothing is sent: " : ""}trading ${symbol} on ${plugin.accountId} as ${books.runId}`,
    );
    const periodMs = timeframeSeconds(parseTimeframe(timeframe)) * 1000;
    let isFeedIdle = (): boolean => false;
    plugin.settled = () => untilIdle(() => isFeedIdle() && run.isIdle, signal);
    return {
      run,
      signal,
      status: () => run.status,
      job: {
        desk: run.makeDesk,
        ...(connection === undefined
          ? {}
          : { observe: (update: BarUpdate) => plugin.observeMarket?.(update) ?? Promise.resolve() }),
        onStart: (isIdle) => (isFeedIdle = isIdle),
        beforeLive: () => run.prepare(signal),
        beforeClose(bar, source) {
          // Of bars that come late, after a loss of the feed, only the newest says what is wanted now.
          run.beforeBar(bar.openTimeMs);
          run.hold(source === "history" && bar.openTimeMs + 2 * periodMs <= systemClock.nowMs());
        },
        async beforeDisconnect() {
          if (connection !== undefined)
            await waitUntilDone(plugin, job.shutdownMs, { clock: systemClock, log });
          await run.stop(job.shutdownMs);
        },
      },
      async close(end) {
        plugin.storeCtx = null;
        try {
          store?.close(reasonOf(end, run));
        } catch (error) {
          // The run may have failed by the very same, which is what is to be told.
          log.warn(`the run's end could not be written down: ${messageOf(error)}`);
        }
        await connection?.close();
      },
    };
  } catch (error) {
    plugin.storeCtx = null;
    store?.close("failed");
    await connection?.close();
    throw error;
  }
}

/** How a run has ended, in the word that its row has for it: `halted` is for a person to judge. */
function reasonOf(end: CommandEnd, run: BrokerRun): string {
  if (typeof end === "string") return end;
  return (run.failure ?? end.failure) instanceof HaltedError ? "halted" : "failed";
}

/** Who trades. */
interface Trader {
  readonly plugin: BrokerPlugin;
  /** Of a broker that is not the provider. */
  readonly connection: Connection | undefined;
  /** As its orders name the symbol. */
  readonly symbol: string;
}

/**
 * Whether there is somebody to trade, before anything is connected.
 * @throws UsageError, PluginNotFoundError
 */
export async function checkTrader(app: App, { plugin }: BrokerCommand, data: ProviderData): Promise<void> {
  const own = data.provider;
  if (plugin === "" || plugin === own.name) {
    requireBroker(own.constructor as AnyPluginClass, own.name, {
      hint: `--broker paper trades ${data.argument} with money that is not real`,
    });
    return;
  }
  const host = app.host();
  const brokers = await host.namesWith("broker");
  const { name } = host.candidate(plugin, "broker", brokers);
  const pluginClass = await host.providerClass(name);
  requireBroker(pluginClass, name, { hint: `brokers that are installed: ${brokers.join(", ")}` });
  if ((pluginClass as unknown as typeof BrokerPlugin).prototype.observeFrom !== undefined) return;
  throw new UsageError(`${name} trades its own market, not that of ${own.name}`, {
    hint: `give its own symbol as DATA: ${name}:SYMBOL@${data.timeframe} --broker`,
  });
}

function requireBroker(pluginClass: AnyPluginClass, name: string, { hint }: { readonly hint: string }): void {
  if (capabilitiesOf(pluginClass).includes("broker")) return;
  throw new UsageError(`${name} has data, but takes no orders`, { hint });
}

async function traderOf(app: App, { command, setup, bars }: BrokerJob): Promise<Trader> {
  const { data } = setup;
  const own = data.provider;
  if (command.plugin === "" || command.plugin === own.name) {
    const plugin = own as unknown as BrokerPlugin;
    return { plugin, connection: undefined, symbol: plugin.normalizeSymbol(plugin.symbol ?? "") };
  }
  const symbol = own.symbol ?? "";
  const target = { provider: command.plugin, rest: symbol, timeframe: data.timeframe, path: undefined };
  const plugin = (await targetProvider(app, target, symbol)) as unknown as BrokerPlugin;
  plugin.observeFrom?.({ symbol, symInfo: bars.symInfo, timeframe: data.timeframe });
  return {
    plugin,
    connection: new Connection({ provider: plugin, clock: systemClock, log: app.log }),
    symbol,
  };
}

/** The first proof of the credentials. */
function checkBalance(plugin: BrokerPlugin, balance: unknown): void {
  if (typeof balance === "object" && balance !== null) return;
  throw new AuthenticationError(`${plugin.name} does not say what the account holds`);
}

/** Lets everything that is under way come to its end. */
async function untilIdle(isIdle: () => boolean, signal: AbortSignal): Promise<void> {
  // What has just been told is on its way for a turn or two.
  for (let calm = 0; calm < 2 && !signal.aborted; calm = isIdle() ? calm + 1 : 0)
    await new Promise((resolve) => setImmediate(resolve));
}
