/**
 * Assembles the WebAssembly of the house: every `NAME.wat` to the `NAME-wasm.ts` beside it, which holds the bytes. Both
 * are kept, so nobody needs an assembler to build; a test says whether they belong together.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

import wabt from "wabt";

import { camelCase } from "../src/kernel/spelling.ts";

const root = join(import.meta.dir, "..");

/** The texts that are assembled. */
export const watFiles = ["src/data/ohlcv/decode.wat", "src/report/rows.wat"];

/** What a text is assembled to: the file of the module that holds it, and its source. */
export async function wasmModule(
  watFile: string,
): Promise<{ readonly file: string; readonly source: string }> {
  const { parseWat } = await wabt();
  const name = basename(watFile, ".wat");
  const parsed = parseWat(`${name}.wat`, readFileSync(join(root, watFile), "utf8"));
  const { buffer } = parsed.toBinary({});
  parsed.destroy();
  const lines = Buffer.from(buffer)
    .toString("base64")
    .match(/.{1,100}/g)!;
  const text = lines.map((line) => `"${line}"`).join(",\n  ");
  const doc = `/** \`${name}.wat\`, assembled by \`bun run wasm\`: base64. */`;
  return {
    file: join(root, watFile.replace(/\.wat$/, "-wasm.ts")),
    source: `${doc}\nexport const ${camelCase(`${name}-wasm`)} = [\n  ${text},\n].join("");\n`,
  };
}

if (import.meta.main) {
  for (const watFile of watFiles) {
    const { file, source } = await wasmModule(watFile);
    writeFileSync(file, source);
  }
}
