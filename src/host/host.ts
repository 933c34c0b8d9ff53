import { existsSync } from "node:fs";
import { join } from "node:path";

import type { PyneArgs } from "../api/cli-args.ts";
import { provideConfigEngine } from "../api/config/ensure.ts";
import type { ConfigSchema } from "../api/config/fields.ts";
import type { Capability } from "../api/plugins/capabilities.ts";
import { capabilitiesOf } from "../api/plugins/capabilities.ts";
import type { PluggablePath } from "../api/plugins/cli.ts";
import type { DataFiles } from "../api/plugins/data-files.ts";
import {
  PluginIncompatibleError,
  PluginLoadError,
  PluginNameConflictError,
  PluginNotFoundError,
} from "../api/plugins/errors.ts";
import type { ProviderPlugin, SymbolMapEntry } from "../api/plugins/provider.ts";
import { writeFileAtomic } from "../config/atomic-write.ts";
import { ensureConfig } from "../config/ensure-config.ts";
import type { HomePaths } from "../config/home.ts";
import type { WorkdirPaths } from "../config/workdir.ts";
import { loadSymbolMap } from "../config/symbol-map.ts";
import type { Clock } from "../kernel/clock.ts";
import { messageOf } from "../kernel/errors.ts";
import type { Logger } from "../kernel/log.ts";
import { type Candidate, catalogOf, type CatalogEntry, type DiscoveryProblem } from "./candidate.ts";
import { holdsPlugins, scanRoot } from "./discovery.ts";
import { factsOf, optionsOf, type PluginFacts } from "./facts.ts";
import { indexKey, type IndexRecord, readIndex, stampOf, writeIndex } from "./index-cache.ts";
import { loadPluginClass } from "./loader.ts";
import { type AnyPluginClass, instantiate } from "./plugin-class.ts";
import { probePlugins } from "./probe.ts";
import { acceptOptions, type AcceptedOption, type TakenNames } from "./surface.ts";
import { isTrusted } from "./trust.ts";

/** Where a host looks and what it may say. */
export interface HostOptions {
  readonly home: HomePaths;
  /** `null`: there is no workdir, hence no third root and no configuration. */
  readonly workdir: WorkdirPaths | null;
  /** Where relative paths start. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly hostVersion: string;
  /** Identifies the executable in the index: another build may read other facts from the same class. */
  readonly hostBuild: string;
  readonly builtins: readonly Candidate[];
  readonly log: Logger;
}

/** What `plugin list` says about one plugin. */
export interface PluginStatus {
  readonly entry: CatalogEntry;
  readonly candidate: Candidate;
  readonly conflict: boolean;
  readonly outcome: IndexRecord;
}

/**
 * The installed plugins: found at once, looked at through the index, loaded only when they are needed. One broken
 * plugin never stops another, nor a command that does not need it.
 */
export class PluginHost {
  readonly catalog: readonly CatalogEntry[];
  readonly problems: readonly DiscoveryProblem[];
  /** A folder with plugins in a workdir that nobody trusted; they were not even read. */
  readonly untrusted: string | undefined;

  readonly #options: HostOptions;
  readonly #records = new Map<string, IndexRecord>();
  readonly #loaded = new Map<string, Promise<AnyPluginClass>>();
  #indexed: Promise<void> | undefined;

  constructor(options: HostOptions) {
    this.#options = options;
    provideConfigEngine((schema, path) =>
      ensureConfig(schema, path, {
        lock: options.home.configLock,
        warn: (message) => options.log.warn(message),
      }),
    );
    const user = scanRoot(options.home.plugins, "user", false);
    const workdirPlugins = options.workdir?.plugins;
    const trusted = options.workdir !== null && isTrusted(options.home.trust, options.workdir.root);
    const workdir =
      workdirPlugins !== undefined && trusted ? scanRoot(workdirPlugins, "workdir", true) : undefined;
    this.untrusted =
      workdirPlugins !== undefined && !trusted && holdsPlugins(workdirPlugins) ? workdirPlugins : undefined;
    this.catalog = catalogOf([...options.builtins, ...user.candidates, ...(workdir?.candidates ?? [])]);
    this.problems = [...user.problems, ...(workdir?.problems ?? [])];
  }

  /** Longest time a plugin's import may take, ms; `PYNE_PLUGIN_LOAD_TIMEOUT` in seconds, default 10. */
  get loadTimeoutMs(): number {
    const seconds = Number(this.#options.env["PYNE_PLUGIN_LOAD_TIMEOUT"]);
    return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 10_000;
  }

  /**
   * Brings the index up to date: every usable plugin whose record is missing or stale is looked at once, in a
   * process of its own.
   *
   * @param again look at these although their record is fresh
   */
  async refreshIndex(again: (candidate: Candidate) => boolean = () => false): Promise<void> {
    this.#indexed ??= this.#refresh(again);
    await this.#indexed;
  }

  async #refresh(again: (candidate: Candidate) => boolean): Promise<void> {
    const { home, hostVersion, hostBuild, env } = this.#options;
    const old = readIndex(home.pluginIndex);
    const host = `${hostVersion} ${hostBuild} ${this.#skipVersionCheck} ${this.loadTimeoutMs}`;
    const stale: { candidate: Candidate; stamp: string }[] = [];
    const all = this.catalog.flatMap((entry) => entry.candidates);
    for (const candidate of all) {
      const stamp = stampOf(candidate, host);
      const record = old.get(indexKey(candidate));
      if (record?.stamp === stamp && !again(candidate)) this.#records.set(indexKey(candidate), record);
      else stale.push({ candidate, stamp });
    }
    if (stale.length > 0) {
      const foreign = stale.filter(({ candidate }) => candidate.builtin === undefined);
      const results = await probePlugins(
        foreign.map(({ candidate }) => candidate),
        { hostVersion, timeoutMs: this.loadTimeoutMs, skipVersionCheck: this.#skipVersionCheck },
      );
      for (const [index, { candidate, stamp }] of foreign.entries()) {
        const result = results[index];
        if (result !== undefined) this.#records.set(indexKey(candidate), { stamp, ...result });
      }
      for (const { candidate, stamp } of stale) {
        if (candidate.builtin === undefined) continue;
        this.#records.set(indexKey(candidate), { stamp, facts: await factsOf(await candidate.builtin()) });
      }
    }
    if (stale.length > 0 || old.size !== this.#records.size) writeIndex(home.pluginIndex, this.#records);
    if (env["PYNE_DEBUG_INDEX"])
      this.#options.log.debug(`plugin index: ${stale.length} of ${all.length} were stale`);
  }

  get #skipVersionCheck(): boolean {
    return this.#options.env["PYNE_SKIP_PLUGIN_VERSION_CHECK"] === "1";
  }

  /** What the index says about a candidate; call `refreshIndex` first. */
  recordOf(candidate: Candidate): IndexRecord | undefined {
    return this.#records.get(indexKey(candidate));
  }

  /** The facts of a plugin that is usable: found once, and loadable when it was last looked at. */
  factsOf(name: string): PluginFacts | undefined {
    const entry = this.#entry(name);
    if (entry === undefined || entry.candidates.length > 1) return undefined;
    const record = this.recordOf(entry.candidates[0]);
    return record !== undefined && "facts" in record ? record.facts : undefined;
  }

  /** Names of usable plugins with a capability, ascending. */
  async namesWith(capability: Capability): Promise<string[]> {
    await this.refreshIndex();
    return this.catalog
      .map((entry) => entry.name)
      .filter((name) => this.factsOf(name)?.capabilities.includes(capability) === true);
  }

  /** Every declared plugin with what was found when it was looked at, conflicting ones included. */
  async statuses(): Promise<PluginStatus[]> {
    await this.refreshIndex((candidate) => {
      const record = readIndex(this.#options.home.pluginIndex).get(indexKey(candidate));
      return record === undefined || "failure" in record;
    });
    return this.catalog.flatMap((entry) =>
      entry.candidates.map((candidate) => ({
        entry,
        candidate,
        conflict: entry.candidates.length > 1,
        outcome: this.recordOf(candidate) ?? {
          stamp: "",
          failure: { code: "PLUGIN_LOAD", message: "could not be looked at" },
        },
      })),
    );
  }

  #entry(name: string): CatalogEntry | undefined {
    const wanted = name.toLowerCase();
    return this.catalog.find((entry) => entry.name === wanted);
  }

  /**
   * The declaration behind a name.
   * @throws PluginNotFoundError, PluginNameConflictError
   */
  candidate(name: string, kind = "plugin", available?: readonly string[]): Candidate {
    const entry = this.#entry(name);
    if (entry === undefined) {
      throw new PluginNotFoundError(name, available ?? this.catalog.map((known) => known.name), kind);
    }
    if (entry.candidates.length > 1) {
      throw new PluginNameConflictError(
        entry.name,
        entry.candidates.map((candidate) => candidate.packageName),
      );
    }
    return entry.candidates[0];
  }

  /**
   * Loads a plugin's class; the second call returns the first one's.
   * @throws PluginNotFoundError, PluginNameConflictError, PluginIncompatibleError, PluginLoadError
   */
  async load(name: string): Promise<AnyPluginClass> {
    const candidate = this.candidate(name);
    const known = this.#loaded.get(candidate.name);
    if (known !== undefined) return known;
    const loading = this.#load(candidate);
    this.#loaded.set(candidate.name, loading);
    return loading;
  }

  async #load(candidate: Candidate): Promise<AnyPluginClass> {
    // The index proves that the import comes back: a loop at import would hang this very process.
    await this.refreshIndex();
    const record = this.recordOf(candidate);
    if (record !== undefined && "failure" in record) {
      const { code, message, hint } = record.failure;
      if (code === "PLUGIN_INCOMPATIBLE") {
        throw new PluginIncompatibleError(
          candidate.packageName,
          candidate.range ?? "",
          this.#options.hostVersion,
        );
      }
      const reason = message.replace(`plugin "${candidate.name}": `, "");
      throw new PluginLoadError(candidate.name, reason, hint === undefined ? {} : { hint });
    }
    return loadPluginClass(candidate, {
      hostVersion: this.#options.hostVersion,
      timeoutMs: this.loadTimeoutMs,
      skipVersionCheck: this.#skipVersionCheck,
      warn: (message) => this.#options.log.warn(message),
    });
  }

  /**
   * The options that plugins add to a command, and the warnings about those they may not.
   * Plugins of conflicting names add none.
   */
  async optionsFor(
    path: PluggablePath,
    taken: () => TakenNames,
  ): Promise<{ accepted: AcceptedOption[]; warnings: string[] }> {
    await this.refreshIndex();
    const requests = this.catalog.flatMap((entry) => {
      const options = this.factsOf(entry.name)?.options[path];
      return options === undefined ? [] : [{ plugin: entry.name, options }];
    });
    return requests.length === 0 ? { accepted: [], warnings: [] } : acceptOptions(path, taken(), requests);
  }

  /** The live definitions of a plugin's options: the index holds no functions. */
  async liveOptions(name: string, path: PluggablePath): Promise<PyneArgs> {
    return optionsOf(await this.load(name), path);
  }

  /** One line for each plugin that cannot be used; for commands that do not need it. */
  async brokenPlugins(): Promise<string[]> {
    await this.refreshIndex();
    return this.catalog.flatMap((entry) => {
      if (entry.candidates.length > 1) return [];
      const record = this.recordOf(entry.candidates[0]);
      if (record === undefined) return [];
      if ("failure" in record) return [record.failure.message];
      return record.facts.failure === undefined ? [] : [`plugin "${entry.name}": ${record.facts.failure}`];
    });
  }

  /**
   * Writes the configuration file of every usable plugin that has a schema and no file yet. A folder that cannot be
   * written stops nothing.
   */
  async createMissingConfigs(): Promise<void> {
    const { workdir, log } = this.#options;
    if (workdir === null) return;
    await this.refreshIndex();
    for (const entry of this.catalog) {
      const text = this.factsOf(entry.name)?.configText;
      const path = workdir.pluginConfig(entry.name);
      if (text === undefined || text === null || existsSync(path)) continue;
      try {
        writeFileAtomic(path, text);
      } catch (error) {
        log.warn(`${path} could not be created: ${messageOf(error)}`);
      }
    }
  }

  /**
   * A plugin's configuration: healed on disk, validated, frozen; `{}` for a plugin without a schema.
   * @throws ConfigError naming file and field
   */
  configOf(name: string, schema: ConfigSchema | null): Readonly<Record<string, unknown>> {
    const { workdir, env, log } = this.#options;
    if (schema === null) return {};
    const path = (
      workdir?.pluginConfig ?? ((plugin: string) => join(this.#options.home.cache, `${plugin}.toml`))
    )(name);
    return ensureConfig(schema, path, {
      name,
      env,
      lock: this.#options.home.configLock,
      warn: (message) => log.warn(message),
    });
  }

  /**
   * An instance of a provider, its configuration read.
   * @throws PluginNotFoundError when no provider has that name; ConfigError
   */
  async provider(name: string, request: ProviderRequest): Promise<ProviderPlugin<object>> {
    const pluginClass = await this.providerClass(name);
    const { workdir, log } = this.#options;
    const registered = this.candidate(name).name;
    const symbolMap = (key: string): SymbolMapEntry | undefined =>
      workdir === null
        ? undefined
        : loadSymbolMap(workdir.symbolMapToml, (message) => log.warn(message))(key);
    return instantiate(pluginClass, {
      name: registered,
      config: this.configOf(registered, pluginClass.Config),
      pluginParams: Object.freeze({ ...request.pluginParams }),
      log,
      ...(request.clock === undefined ? {} : { clock: request.clock }),
      symbol: request.symbol,
      timeframe: request.timeframe,
      symbolMap,
      dataFiles: this.#dataFiles(),
      ...(workdir === null || request.keepsFiles === false ? {} : { stateFolder: workdir.logs }),
    });
  }

  /** The data files of the workdir; without one, only those that are named by path. */
  #dataFiles(): DataFiles {
    const { workdir, cwd } = this.#options;
    const folder = workdir?.data ?? cwd;
    const module = (): Promise<typeof import("../data/data-files.ts")> => import("../data/data-files.ts");
    return {
      names: async () => (workdir === null ? [] : (await module()).dataFileNames(folder)),
      read: async (name, range) => (await module()).readDataFile(name, folder, cwd, range),
    };
  }

  /**
   * A provider's class.
   * @throws PluginNotFoundError listing the providers there are
   */
  async providerClass(name: string): Promise<AnyPluginClass> {
    const providers = await this.namesWith("provider");
    const candidate = this.candidate(name, "provider", providers);
    const facts = this.factsOf(candidate.name);
    if (facts !== undefined && !facts.capabilities.includes("provider")) {
      throw new PluginNotFoundError(name, providers, "provider");
    }
    const pluginClass = await this.load(name);
    if (!capabilitiesOf(pluginClass).includes("provider"))
      throw new PluginNotFoundError(name, providers, "provider");
    return pluginClass;
  }

  /** The log that plugins write to. */
  get log(): Logger {
    return this.#options.log;
  }
}

/** What a provider is made for. */
export interface ProviderRequest {
  readonly symbol: string | null;
  readonly timeframe: string | null;
  readonly pluginParams: Readonly<Record<string, unknown>>;
  /** Whether it may keep files of its own in the workdir; default `true`. */
  readonly keepsFiles?: boolean;
  /** Default: the machine's own. */
  readonly clock?: Clock;
}
