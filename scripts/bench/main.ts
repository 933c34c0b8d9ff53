/** `bun run bench NAME`: measures; nothing here is asserted. */
import process from "node:process";

const benches: Readonly<Record<string, () => Promise<{ readonly bench: () => void | Promise<void> }>>> = {
  start: () => import("./start.ts"),
  data: () => import("./data.ts"),
  run: () => import("./run.ts"),
  reliability: () => import("./reliability.ts"),
  lib: () => import("./lib.ts"),
  security: () => import("./security.ts"),
  pine: () => import("./pine.ts"),
  strategy: () => import("./strategy.ts"),
  engine: () => import("./engine.ts"),
  broker: () => import("./broker.ts"),
  report: () => import("./report.ts"),
  optimize: () => import("./optimize.ts"),
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => benches[name] === undefined);
if (unknown.length > 0) {
  console.error(`no bench is called ${unknown.join(", ")}; there are ${Object.keys(benches).join(", ")}`);
  process.exit(2);
}
for (const [name, load] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`== ${name}`);
  await (await load()).bench();
}
