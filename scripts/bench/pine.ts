/** Compiled Pine as whole processes, against programs written by hand for the same file; and how long compiling takes. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { compilePine } from "../../src/compiler/compile.ts";
import { Source } from "../../src/compiler/source.ts";
import { compile, root } from "../compile.ts";
import { median, measureInTurn, type ProcessCost } from "./measure.ts";
import { longScript, workloads } from "./pine-scripts.ts";

const sizes = [10_000, 100_000, 1_000_000] as const;

/** Prints the tables. */
export async function bench(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "pyne-bench-"));
  try {
    const pyne = join(root, "dist", "pyne");
    await compile(pyne);
    const byHand = join(folder, "by-hand");
    const flags = ["--compile", "--minify", "--bytecode", "--format=esm", `--outfile=${byHand}`];
    const source = join(import.meta.dir, "limit", "pine-run.ts");
    const built = Bun.spawnSync([process.execPath, "build", source, ...flags], { cwd: root });
    if (built.exitCode !== 0) throw new Error(built.stderr.toString());
    const options = { cwd: folder, env: { HOME: folder, PATH: "" } };
    const init = Bun.spawnSync([pyne, "init"], options);
    if (init.exitCode !== 0) throw new Error(init.stderr.toString());
    for (const size of sizes) writeData(dataFile(folder, size), size);
    for (const [name, { text }] of Object.entries(workloads))
      writeFileSync(join(folder, "workdir", "scripts", `${name}.pine`), text);
    writeFileSync(join(folder, "workdir", "scripts", "long.pine"), longScript());

    const run = (script: string, size: number, ...more: string[]): string[] => [
      pyne,
      "run",
      script,
      dataFile(folder, size),
      "--quiet",
      ...more,
    ];
    const limit = (name: string, size: number, ...more: string[]): string[] => [
      byHand,
      name,
      dataFile(folder, size),
      ...more,
    ];
    const out = join(folder, "by-hand.csv");

    console.log(
      `100,000 bars${"by hand".padStart(44)}${"pyne".padStart(10)}${"ratio".padStart(8)}${"with CSV".padStart(22)}`,
    );
    for (const [name, { what }] of Object.entries(workloads)) {
      const [hand, ours, handCsv, oursCsv] = await measureInTurn(
        [
          limit(name, 100_000),
          run(name, 100_000, "--no-plot"),
          limit(name, 100_000, out),
          run(name, 100_000),
        ],
        { ...options, runs: 15 },
      );
      console.log(
        `${name}  ${what.padEnd(46)}${ms(hand!)}${ms(ours!)}${ratio(ours!, hand!)}${ms(handCsv!)}${ms(oursCsv!)}${ratio(oursCsv!, handCsv!)}`,
      );
    }
    const [short, million] = await measureInTurn([run("a", 10_000), run("a", 1_000_000, "--no-plot")], {
      ...options,
      runs: 9,
    });
    console.log(`a, 10,000 bars to the finished CSV ${ms(short!)} ms`);
    console.log(
      `a, 1,000,000 bars                  ${ms(million!)} ms, ${million!.residentMb.toFixed(0)} MB`,
    );
    await benchCompiling(pyne, join(folder, "workdir", "scripts", "long.pine"), options);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function benchCompiling(
  pyne: string,
  script: string,
  options: { readonly cwd: string; readonly env: Record<string, string> },
): Promise<void> {
  const long = new Source("long.pine", longScript());
  const times: number[] = [];
  for (let round = 0; round < 15; round++) {
    const started = performance.now();
    const { code, diagnostics } = compilePine(long, () => undefined);
    if (code === undefined) throw new Error(`the long script has errors: ${diagnostics[0]?.message}`);
    times.push(performance.now() - started);
  }
  const [cost] = await measureInTurn([[pyne, "compile", script, "--out", "/dev/null"]], {
    ...options,
    runs: 15,
  });
  console.log(
    `compile ${long.lineCount} lines: first ${times[0]!.toFixed(1)} ms, then ${median(times.slice(3)).toFixed(1)} ms; as a process ${ms(cost!)} ms`,
  );
}

const ms = (cost: ProcessCost): string => cost.wallMs.toFixed(1).padStart(8);
const ratio = (ours: ProcessCost, hand: ProcessCost): string =>
  (ours.wallMs / hand.wallMs).toFixed(2).padStart(8);

function dataFile(folder: string, bars: number): string {
  return join(folder, "workdir", "data", `BENCH_${bars}.ohlcv`);
}

/** A child is said to have been as large as its parent, so this one stays small. */
function writeData(path: string, bars: number): void {
  const command = [process.execPath, join(import.meta.dir, "write-data.ts"), path, String(bars)];
  const child = Bun.spawnSync(command, { cwd: root });
  if (child.exitCode !== 0) throw new Error(child.stderr.toString());
}
