/** Builds `dist/pyne` for this machine. */
import { statSync } from "node:fs";
import { join } from "node:path";

import { compile, root } from "./compile.ts";

const outfile = join(root, "dist", process.platform === "win32" ? "pyne.exe" : "pyne");
const started = performance.now();
await compile(outfile);
const megabytes = (statSync(outfile).size / 1e6).toFixed(0);
console.log(`${outfile} (${megabytes} MB, ${((performance.now() - started) / 1000).toFixed(1)} s)`);
