import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { watFiles, wasmModule } from "../../scripts/wasm.ts";

const root = join(import.meta.dir, "../..");

test.each(watFiles)("what is run was assembled from what is read: %s", async (watFile) => {
  const { file, source } = await wasmModule(watFile);
  expect(readFileSync(file, "utf8")).toBe(source);
});

test("every text in WebAssembly is assembled", () => {
  const found = [...new Bun.Glob("{src,plugins}/**/*.wat").scanSync(root)].toSorted();
  expect(found).toEqual(watFiles.toSorted());
});
