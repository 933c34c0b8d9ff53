/** How fast pyne starts, against a compiled hello-world, and what installed plugins cost. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { compile, root } from "../compile.ts";
import { measureProcess } from "./measure.ts";

/** Prints the table. */
export async function bench(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "pyne-bench-"));
  try {
    const pyne = join(root, "dist", "pyne");
    await compile(pyne);
    const hello = join(folder, "hello");
    writeFileSync(join(folder, "hello.ts"), 'console.log("hello");\n');
    const flags = ["--compile", "--minify", "--bytecode", "--format=esm"];
    const built = Bun.spawnSync([process.execPath, "build", "hello.ts", `--outfile=${hello}`, ...flags], {
      cwd: folder,
    });
    if (built.exitCode !== 0) throw new Error(built.stderr.toString());

    const env = { HOME: folder, PATH: "" };
    const options = { cwd: folder, env };
    const base = await measureProcess([hello], options);
    const version = await measureProcess([pyne, "--version"], options);
    await measureProcess([pyne, "init"], { ...options, runs: 1 });
    const run = [pyne, "run", "demo", "demo", "--no-plot"];
    const plain = await measureProcess(run, options);
    for (let index = 0; index < 50; index++) installPlugin(folder, `bench${index}`);
    await measureProcess(run, { ...options, runs: 1 });
    const crowded = await measureProcess(run, options);

    const row = (name: string, wall: number, resident: number, note: string): void =>
      console.log(
        `${name.padEnd(34)}${wall.toFixed(1).padStart(7)} ms${resident.toFixed(1).padStart(8)} MB   ${note}`,
      );
    row("hello-world, compiled", base.wallMs, base.residentMb, "");
    row(
      "pyne --version",
      version.wallMs,
      version.residentMb,
      `${(version.wallMs / base.wallMs).toFixed(2)}x hello-world; +${(version.residentMb - base.residentMb).toFixed(1)} MB`,
    );
    row("pyne run demo demo, no plugins", plain.wallMs, plain.residentMb, "");
    row(
      "pyne run demo demo, 50 plugins",
      crowded.wallMs,
      crowded.residentMb,
      `+${(crowded.wallMs - plain.wallMs).toFixed(1)} ms`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A plugin with a command, an option and a configuration. */
function installPlugin(home: string, name: string): void {
  const folder = join(home, ".pyne", "plugins", `pynecore-${name}`);
  mkdirSync(join(folder, "src"), { recursive: true });
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({
      name: `pynecore-${name}`,
      version: "1.0.0",
      type: "module",
      peerDependencies: { pynecore: ">=1.0 <2" },
      pyne: { plugins: { [name]: "./src/index.ts" } },
    }),
  );
  writeFileSync(
    join(folder, "src/index.ts"),
    `import { CLIPlugin, defineConfig, field, v } from "pynecore/plugin";
export default class extends CLIPlugin {
  static override doc = "A plugin of the benchmark.";
  static override Config = defineConfig("${name}", { size: field(v.number(), 1, "Size") });
  static override cliParams(path: string) {
    return path === "run" ? { ${name}Depth: { type: "string", default: "1", description: "Depth" } } : {};
  }
}
`,
  );
}
