import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

import { writeReportAssets } from "./report-assets.ts";
import { writeSdk } from "./sdk.ts";

/** The repository's root folder. */
export const root = join(import.meta.dir, "..");

/** Which functions the usual runs need: made by `bytecode-order.ts`. */
export const orderFile = join(root, "scripts", "bytecode.order");

/** The version in package.json. */
export async function packageVersion(): Promise<string> {
  const json = (await Bun.file(join(root, "package.json")).json()) as { version: string };
  return json.version;
}

/** The short commit, with `-dirty` when there are changes; `unknown` outside a repository. */
function commitId(): string {
  const git = (...args: string[]): string => {
    try {
      return Bun.spawnSync(["git", ...args], { cwd: root, stdout: "pipe", stderr: "ignore" })
        .stdout.toString()
        .trim();
    } catch {
      return "";
    }
  };
  const commit = git("rev-parse", "--short=12", "HEAD");
  if (commit === "") return "unknown";
  return git("status", "--porcelain", "--untracked-files=no") === "" ? commit : `${commit}-dirty`;
}

/**
 * Compiles the executable.
 *
 * @param outfile where it goes
 * @param target Bun's name of the platform, such as `bun-linux-arm64-musl`; absent: this machine
 * @param options `ordered`: false leaves the bytecode in the order of its modules
 * @throws Error with the compiler's output when it fails
 */
export async function compile(
  outfile: string,
  target?: string,
  { ordered = true }: { readonly ordered?: boolean } = {},
): Promise<void> {
  mkdirSync(dirname(outfile), { recursive: true });
  const [sdk, report] = await Promise.all([writeSdk(), writeReportAssets()]);
  const define = (name: string, value: string): string => `--define=${name}=${JSON.stringify(value)}`;
  const child = Bun.spawn(
    [
      process.execPath,
      "build",
      "src/main.ts",
      `--outfile=${outfile}`,
      "--compile",
      ...(target === undefined ? [] : [`--target=${target}`]),
      "--minify",
      // Errors show their class; a plugin author reads stack traces.
      "--keep-names",
      "--sourcemap",
      // What is imported lazily costs nothing at start.
      "--splitting",
      "--bytecode",
      // What a run needs lies together: half as much of the executable's code is read and stays in memory.
      ...(ordered ? [`--bytecode-order=${orderFile}`] : []),
      "--format=esm",
      // A plugin's dependency with `exports` in its package.json is not found otherwise.
      "--compile-autoload-package-json",
      // Nothing in the current folder may change what the executable does.
      "--no-compile-autoload-dotenv",
      "--no-compile-autoload-bunfig",
      `--asset=${sdk}`,
      `--asset=${report}`,
      define("PYNE_VERSION", await packageVersion()),
      define("PYNE_COMMIT", commitId()),
    ],
    { cwd: root, stdout: "pipe", stderr: "pipe" },
  );
  const [output, errors, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code !== 0) throw new Error(`the executable could not be built:\n${output}${errors}`);
  // The maps are inside the executable; the copies beside it are of no use to anybody.
  const folder = dirname(outfile);
  for (const name of readdirSync(folder)) if (name.endsWith(".map")) rmSync(join(folder, name));
}
