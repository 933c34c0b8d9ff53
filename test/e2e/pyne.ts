/**
 * The compiled binary as a person would use it: in a HOME and a folder of its own, with an environment that holds
 * nothing of the machine the test runs on.
 */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

/** The binary under test; `scripts/check.ts` builds it before the tests run. */
export const binary = resolve(process.env["PYNE_BIN"] ?? join(import.meta.dir, "../../dist/pyne"));

/** What a command left behind. */
export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a command is started. */
export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Folder it is started in; default: the sandbox's own folder. */
  readonly cwd?: string;
  readonly stdin?: string;
  /** What is started; default: the binary under test. */
  readonly program?: string;
}

/** A command that runs, with what it says on stderr. */
export interface Started {
  readonly child: Bun.Subprocess<"ignore", "pipe", "pipe">;
  /** Waits until it has said something. @returns all that it has said so far @throws when it ends before */
  readonly until: (hasSaid: RegExp | ((heard: string) => boolean)) => Promise<string>;
  /** Waits until it ends. @returns all that it has said */
  readonly rest: () => Promise<string>;
}

function listening(child: Started["child"]): Started {
  const reader = child.stderr.getReader();
  const decoder = new TextDecoder();
  let heard = "";
  const hear = async (): Promise<boolean> => {
    const { done, value } = await reader.read();
    if (!done) heard += decoder.decode(value, { stream: true });
    return !done;
  };
  return {
    child,
    until: async (hasSaid) => {
      const isSaid = typeof hasSaid === "function" ? hasSaid : (text: string) => hasSaid.test(text);
      while (!isSaid(heard)) if (!(await hear())) throw new Error(`it ended before ${hasSaid}: ${heard}`);
      return heard;
    },
    rest: async () => {
      while (await hear());
      return heard;
    },
  };
}

/** A HOME, a current folder inside it, and the binary. Removed with `using`. */
export class Sandbox implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), "pyne-e2e-"));
  readonly home = join(this.root, "home");
  /** `PYNE_HOME` as it is by default. */
  readonly pyneHome = join(this.home, ".pyne");
  /** Where commands are started. */
  readonly folder = join(this.root, "project");
  readonly workdir = join(this.folder, "workdir");

  constructor() {
    if (!existsSync(binary)) throw new Error(`${binary} is not built: bun run build`);
    mkdirSync(this.home, { recursive: true });
    mkdirSync(this.folder, { recursive: true });
  }

  /** A sandbox that `pyne init` has been run in, so `workdir` holds the demo script and data. */
  static async withWorkdir(): Promise<Sandbox> {
    const sandbox = new Sandbox();
    const outcome = await sandbox.pyne("init", "workdir");
    if (outcome.exitCode !== 0) throw new Error(`pyne init failed: ${outcome.stderr}`);
    return sandbox;
  }

  /** The environment of every command: an empty PATH, so nothing but the binary itself can be relied on. */
  environment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
    return { HOME: this.home, PATH: "", TMPDIR: this.root, TZ: "UTC", ...extra };
  }

  /** Runs `pyne ARGS...`. */
  pyne(...args: string[]): Promise<Outcome> {
    return this.pyneWith({}, ...args);
  }

  async pyneWith(options: RunOptions, ...args: string[]): Promise<Outcome> {
    const child = Bun.spawn([options.program ?? binary, ...args], {
      cwd: options.cwd ?? this.folder,
      env: this.environment(options.env),
      stdin: options.stdin === undefined ? "ignore" : new Blob([options.stdin]),
      stdout: "pipe",
      stderr: "pipe",
    });
    const [stdout, stderr, exitCode] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    return { exitCode, stdout, stderr };
  }

  /** Starts `pyne ARGS...` and leaves it running. */
  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Started {
    return listening(
      Bun.spawn([binary, ...args], {
        cwd: this.folder,
        env: this.environment(env),
        stdin: "ignore",
        stdout: "pipe",
        stderr: "pipe",
      }),
    );
  }

  /** Writes a file below the sandbox's root; folders are made. Returns its path. */
  write(path: string, content: string): string {
    const full = resolve(this.root, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, content);
    return full;
  }

  read(path: string): string {
    return readFileSync(resolve(this.root, path), "utf8");
  }

  /** Drops a package with one plugin into the user's plugin folder, as if it had been copied there. */
  plugin(name: string, source: string, manifest: Readonly<Record<string, unknown>> = {}): string {
    const folder = join(this.pyneHome, "plugins", `pynecore-${name}`);
    this.write(
      join(folder, "package.json"),
      JSON.stringify({
        name: `pynecore-${name}`,
        version: "0.1.0",
        description: `The ${name} plugin`,
        type: "module",
        peerDependencies: { pynecore: ">=1.0 <2" },
        pyne: { plugins: { [name]: "./src/index.ts" } },
        ...manifest,
      }),
    );
    this.write(join(folder, "src/index.ts"), source);
    return folder;
  }

  /**
   * A `crontab` program that keeps its table in a file of the sandbox, so that no test comes near the machine's own.
   * Returns the folder to put on the PATH, and the file.
   */
  crontab(): { readonly bin: string; readonly table: string } {
    const [bin, table] = [join(this.root, "bin"), join(this.root, "crontab.txt")];
    this.write(
      join(bin, "crontab"),
      `#!/bin/sh
case "$1" in
-l) if [ -f '${table}' ]; then exec /bin/cat '${table}'; fi; echo "no crontab for me" >&2; exit 1 ;;
-) exec /bin/cat > '${table}' ;;
esac
exit 2
`,
    );
    chmodSync(join(bin, "crontab"), 0o755);
    return { bin, table };
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
