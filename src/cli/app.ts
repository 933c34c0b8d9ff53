import { appendFileSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname, resolve } from "node:path";

import type { EnsureConfigOptions } from "../config/ensure-config.ts";
import { type HomePaths, homePaths, pyneHome } from "../config/home.ts";
import { ensureWorkdir, findWorkdir, type WorkdirPaths, workdirPaths } from "../config/workdir.ts";
import { PluginHost } from "../host/host.ts";
import { messageOf, RuntimeFailure } from "../kernel/errors.ts";
import type { Logger } from "../kernel/log.ts";
import { builtinPlugins } from "./builtins.ts";
import { secrets } from "../kernel/secrets.ts";
import type { Globals } from "./globals.ts";
import { guardConsole } from "./guarded-console.ts";
import { Output, stackOf } from "./output.ts";
import { buildId, version, versionLine } from "./version.ts";

/** What every command works with: streams, folders, the plugin host, and the signal that ends it. */
export class App {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly out: Output;
  readonly home: HomePaths;
  /** What the process ends with when the command did not fail but has something to say by it. */
  exitCode = 0;
  #globals: Globals | undefined;
  #host: PluginHost | undefined;
  #interrupt: { readonly controller: AbortController; exitCode: 130 | 143 | undefined } | undefined;

  constructor(env: Readonly<Record<string, string | undefined>>, cwd: string) {
    this.env = env;
    this.cwd = cwd;
    this.out = new Output(env);
    this.home = homePaths(pyneHome(env));
  }

  /** Set once the command line has been read. */
  set globals(globals: Globals) {
    this.#globals = globals;
    this.out.options.quiet = globals.quiet;
    this.out.options.debug = globals.debug;
  }

  get globals(): Globals {
    if (this.#globals === undefined) throw new Error("the command line has not been read yet");
    return this.#globals;
  }

  /** Whether a person can answer questions. */
  get canAsk(): boolean {
    return this.out.isWatched && process.stdin.isTTY === true;
  }

  /**
   * Aborted by the first SIGINT or SIGTERM; a second one ends the process at once. A command that never asks for it
   * is ended by the first.
   */
  get signal(): AbortSignal {
    if (this.#interrupt === undefined) {
      const interrupt = { controller: new AbortController(), exitCode: undefined as 130 | 143 | undefined };
      this.#interrupt = interrupt;
      const onSignal = (exitCode: 130 | 143) => (): void => {
        if (interrupt.exitCode !== undefined) process.exit(exitCode);
        interrupt.exitCode = exitCode;
        interrupt.controller.abort(new Error("interrupted"));
      };
      process.on("SIGINT", onSignal(130));
      process.on("SIGTERM", onSignal(143));
    }
    return this.#interrupt.controller.signal;
  }

  /** 130 or 143 after a signal. */
  get interruptedBy(): 130 | 143 | undefined {
    return this.#interrupt?.exitCode;
  }

  /** Where the workdir is or would be. */
  workdirLocation(): { path: string; exists: boolean } {
    const named = this.#globals?.workdir;
    if (named !== undefined) {
      const path = resolve(this.cwd, named);
      return { path, exists: existsSync(path) };
    }
    return findWorkdir(this.cwd);
  }

  /** The workdir when there is one. Nothing is created. */
  optionalWorkdir(): WorkdirPaths | null {
    const { path, exists } = this.workdirLocation();
    return exists ? workdirPaths(path, this.env) : null;
  }

  /**
   * The workdir, set up. A missing one is created after asking; `--yes` answers.
   * @throws RuntimeFailure when it is missing and may not be created
   */
  async requireWorkdir(): Promise<WorkdirPaths> {
    const { path, exists } = this.workdirLocation();
    if (!exists && !this.globals.yes) {
      if (!this.canAsk) {
        throw new RuntimeFailure(`there is no workdir here; ${path} would be it`, {
          hint: "create it with: pyne init",
        });
      }
      const { confirm } = await import("./prompt.ts");
      if (!(await confirm(`There is no workdir yet. Create ${path}?`))) {
        throw new RuntimeFailure("no workdir was created");
      }
    }
    return this.setUpWorkdir(path);
  }

  /** Creates what is missing of a workdir; demo script and data only in a new one. */
  async setUpWorkdir(path: string): Promise<WorkdirPaths> {
    const { created } = ensureWorkdir(path, this.env);
    const paths = workdirPaths(path, this.env);
    if (created || this.globals.recreateDemo) {
      const { writeDemo } = await import("./demo.ts");
      writeDemo(paths);
    }
    if (created) this.out.note(`created ${path}`);
    forget(paths.errorLog);
    return paths;
  }

  /** The installed plugins. */
  host(): PluginHost {
    if (this.#host === undefined) guardConsole(secrets);
    this.#host ??= new PluginHost({
      home: this.home,
      workdir: this.optionalWorkdir(),
      cwd: this.cwd,
      env: this.env,
      hostVersion: version,
      hostBuild: buildId,
      builtins: builtinPlugins,
      log: this.log,
    });
    return this.#host;
  }

  /** Says on a terminal who is speaking; for commands that take a while. */
  logo(): void {
    if (this.out.interactive && !this.env["PYNE_NO_LOGO"])
      this.out.note(this.out.errorStyle.dim(versionLine()));
  }

  /** The log of plugins and of the host itself: stderr. */
  get log(): Logger {
    return {
      debug: (message) => this.out.debug(messageOf(message)),
      info: (message) => this.out.note(messageOf(message)),
      warn: (message) => this.out.warn(messageOf(message)),
      error: (message) => this.out.error(new Error(messageOf(message))),
    };
  }

  /** How configuration files of pyne's own are read. */
  get configOptions(): EnsureConfigOptions {
    return { lock: this.home.configLock, warn: (message) => this.out.warn(message) };
  }

  /** What happens in a workdir before a command that uses plugins runs. */
  async preparePlugins(): Promise<void> {
    const host = this.host();
    if (host.untrusted !== undefined) {
      this.out.note(
        `plugins in ${host.untrusted} are ignored: nobody trusted this workdir (pyne plugin trust)`,
      );
    }
    if (this.globals.recreateProviderConfig) {
      for (const { name } of host.catalog) {
        const path = this.optionalWorkdir()?.pluginConfig(name);
        if (path !== undefined) rmSync(path, { force: true });
      }
    }
    await host.createMissingConfigs();
    for (const message of await host.brokenPlugins()) this.out.warn(message);
  }

  /** What a plugin's own command receives as `data`. */
  async pluginCommandData(name: string): Promise<object> {
    const host = this.host();
    const pluginClass = await host.load(name);
    const workdir = this.optionalWorkdir()?.root ?? null;
    const log = this.log;
    return {
      workdir,
      log,
      pluginParams: {},
      /** Read when it is asked for: a command that needs no configuration does not fail over a broken one. */
      get config() {
        return host.configOf(name, pluginClass.Config);
      },
    };
  }

  /** Keeps the stack of an unexpected error in the workdir, where there is one. */
  recordCrash(error: unknown): void {
    const path = this.optionalWorkdir()?.errorLog;
    if (path === undefined) return;
    try {
      mkdirSync(dirname(path), { recursive: true });
      appendFileSync(path, `${new Date().toISOString()}\n${stackOf(error)}\n`, { mode: 0o600 });
    } catch {
      // The error itself is on its way to the screen; losing the log must not hide it.
    }
  }
}

/** Takes the crash of an earlier command away, where anything may be written. */
function forget(errorLog: string): void {
  try {
    rmSync(errorLog, { force: true });
  } catch {
    // A workdir that may only be read is still one.
  }
}
