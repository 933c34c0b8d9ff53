/**
 * A real headless browser for tests of pages. It comes from the npm registry as one compressed file; where it cannot
 * be started (a library of the system is missing, a platform it was not built for) there is none, and that is said.
 */
import { chmodSync, existsSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { type Browser, chromium } from "playwright-core";

const root = join(import.meta.dir, "../..");
const packed = join(root, "node_modules/@sparticuz/chromium/bin/chromium.br");

/** The browser's executable, unpacked once a checkout. It appears as a whole, so two test runs do no harm. */
async function executable(): Promise<string> {
  const folder = join(root, "node_modules/.cache/pyne");
  const { version } = (await Bun.file(join(packed, "../../package.json")).json()) as { version: string };
  const path = join(folder, `chromium-${version}`);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  await Bun.write(temporary, brotliDecompressSync(await Bun.file(packed).bytes()));
  chmodSync(temporary, 0o755);
  renameSync(temporary, path);
  return path;
}

/** Starts it; `undefined`, and a loud word, where it cannot be. */
export async function startBrowser(): Promise<Browser | undefined> {
  try {
    return await chromium.launch({
      executablePath: await executable(),
      args: ["--no-sandbox", "--disable-dev-shm-usage"],
    });
  } catch (error) {
    const reason = String(error).split("\n").slice(0, 12).join("\n");
    console.error(`\n*** THE TESTS IN A BROWSER ARE SKIPPED: Chromium does not start here ***\n${reason}\n`);
    return undefined;
  }
}
