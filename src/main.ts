/** The entry of the executable. What must be fast is decided here, before anything else is imported. */
import { versionLine } from "./cli/version.ts";

const [first] = process.argv.slice(2);
if (!Bun.isMainThread) {
  // A worker is this program again: the executable has one entry.
  const { serveSearch } = await import("./cli/optimize/worker.ts");
  serveSearch();
} else if (process.argv.length === 3 && first === "--version") {
  // Not process.stdout: making that stream costs as much as starting the program.
  console.log(versionLine());
} else if (first === "__probe") {
  const { runProbe } = await import("./host/probe.ts");
  await runProbe();
} else {
  const { runCli } = await import("./cli/run-cli.ts");
  process.exitCode = await runCli(process.argv.slice(2), process.env, process.cwd());
}
