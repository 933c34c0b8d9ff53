/** What foreign code imports is supplied by the host, in whatever order things are loaded. */
import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const src = join(import.meta.dir, "../../src");

test("the host's own modules load after the registration, in a process that several test files share", async () => {
  const folder = mkdtempSync(join(tmpdir(), "pyne-virtual-"));
  try {
    writeFileSync(
      join(folder, "a.test.ts"),
      `import { test } from "bun:test";
       import { registerVirtualModules } from ${JSON.stringify(join(src, "host/virtual-modules.ts"))};
       test("registers", registerVirtualModules);`,
    );
    writeFileSync(
      join(folder, "b.test.ts"),
      `import { expect, test } from "bun:test";
       import { parseTOML } from "confbox";
       import * as v from "valibot";
       import { heal } from ${JSON.stringify(join(src, "config/heal.ts"))};
       test("imports", () => expect([heal, parseTOML, v.object].map((each) => typeof each)).toEqual(Array(3).fill("function")));`,
    );
    const child = Bun.spawn([process.execPath, "test", "./a.test.ts", "./b.test.ts"], {
      cwd: folder,
      stdout: "ignore",
      stderr: "pipe",
    });
    const [said, code] = await Promise.all([new Response(child.stderr).text(), child.exited]);
    expect({ code, said: code === 0 ? "" : said }).toEqual({ code: 0, said: "" });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
