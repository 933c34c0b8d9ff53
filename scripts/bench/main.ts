/** `bun run bench NAME... [--OPTION=VALUE...]`: measures; nothing here is asserted. */
import process from "node:process";

/** Options are those of the command line, `--name=value`, for a bench that has some. */
type Bench = (options: ReadonlyMap<string, string>) => void | Promise<void>;

const benches: Readonly<Record<string, () => Promise<{ readonly bench: Bench }>>> = {
  start: () => import("./start.ts"),
  data: () => import("./data.ts"),
  run: () => import("./run.ts"),
  reliability: () => import("./reliability.ts"),
  lib: () => import("./lib.ts"),
  security: () => import("./security.ts"),
  pine: () => import("./pine.ts"),
  strategy: () => import("./strategy.ts"),
  live: () => import("./live.ts"),
  engine: () => import("./engine.ts"),
  broker: () => import("./broker.ts"),
  memory: () => import("./memory.ts"),
  books: () => import("./books.ts"),
  soak: () => import("./soak.ts"),
  report: () => import("./report.ts"),
  optimize: () => import("./optimize.ts"),
};

/** Takes half an hour: only when it is asked for. */
const long = ["soak"];

const args = process.argv.slice(2);
const wanted = args.filter((arg) => !arg.startsWith("--"));
const options = new Map(
  args
    .filter((arg) => arg.startsWith("--"))
    .map((arg) => {
      const [name = "", value = ""] = arg.slice(2).split("=");
      return [name, value];
    }),
);
const unknown = wanted.filter((name) => benches[name] === undefined);
if (unknown.length > 0) {
  console.error(`no bench is called ${unknown.join(", ")}; there are ${Object.keys(benches).join(", ")}`);
  process.exit(2);
}
for (const [name, load] of Object.entries(benches)) {
  if (wanted.length > 0 ? !wanted.includes(name) : long.includes(name)) continue;
  console.log(`== ${name}`);
  await (await load()).bench(options);
}
