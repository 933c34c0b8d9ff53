/** Builds the executable for every platform into `dist/release`, with checksums and the install script. */
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import { compile, packageVersion, root } from "./compile.ts";

/** Bun's target to the name of the file. */
const targets: Readonly<Record<string, string>> = {
  "bun-linux-x64": "pyne-linux-x64",
  "bun-linux-x64-musl": "pyne-linux-x64-musl",
  "bun-linux-arm64": "pyne-linux-arm64",
  "bun-linux-arm64-musl": "pyne-linux-arm64-musl",
  "bun-darwin-x64": "pyne-darwin-x64",
  "bun-darwin-arm64": "pyne-darwin-arm64",
  "bun-windows-x64": "pyne-windows-x64.exe",
};

const folder = join(root, "dist", "release");
const only = process.argv.slice(2);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const sums: string[] = [];
for (const [target, name] of Object.entries(targets)) {
  if (only.length > 0 && !only.includes(target)) continue;
  const started = performance.now();
  const outfile = join(folder, name);
  await compile(outfile, target);
  const file = Bun.file(outfile);
  const hash = new Bun.CryptoHasher("sha256").update(await file.bytes()).digest("hex");
  sums.push(`${hash}  ${name}`);
  console.log(
    `${name}  ${(file.size / 1e6).toFixed(0)} MB  ${((performance.now() - started) / 1000).toFixed(1)} s`,
  );
}
await Bun.write(join(folder, "SHA256SUMS"), `${sums.join("\n")}\n`);
copyFileSync(join(root, "scripts", "install.sh"), join(folder, "install.sh"));
console.log(`pyne ${await packageVersion()}: ${sums.length} executables in ${folder}`);
