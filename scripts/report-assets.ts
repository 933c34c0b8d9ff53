import { join } from "node:path";

const root = join(import.meta.dir, "..");

/**
 * Writes `dist/report.json`: the browser's part of the HTML report, its script (with the chart library in it) and its
 * style sheet. The executable carries it.
 *
 * @returns the file's path
 */
export async function writeReportAssets(): Promise<string> {
  const client = join(root, "src/report/html/client");
  const bundle = async (entry: string): Promise<string> => {
    const result = await Bun.build({
      entrypoints: [join(client, entry)],
      target: "browser",
      format: "iife",
      minify: true,
      // The chart library has a build for development, twice as large, which is taken otherwise.
      conditions: ["production"],
      define: { "process.env.NODE_ENV": '"production"' },
    });
    const [output] = result.outputs;
    if (!result.success || output === undefined)
      throw new Error(`the report's ${entry} could not be bundled:\n${result.logs.join("\n")}`);
    return await output.text();
  };
  const script = await bundle("main.ts");
  // Whoever hands the chart library on hands its licence notice on with it.
  if (!script.includes("Licensed under Apache License 2.0"))
    throw new Error("the licence notice of the chart library got lost in the bundle");
  const path = join(root, "dist", "report.json");
  await Bun.write(path, JSON.stringify({ script, style: await bundle("style.css") }));
  return path;
}
