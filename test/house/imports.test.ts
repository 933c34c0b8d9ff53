/** The corridors of the house: who may import whom. */
import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

const root = join(import.meta.dir, "../..");
const src = join(root, "src");
/** Runs in a browser: bundled by the build, never imported. */
const browser = join(src, "report/html/client");

/** A folder imports itself and what stands before it. */
const floors = [
  "kernel",
  "api",
  "config",
  "data",
  "runtime",
  "compiler",
  "report",
  "verify",
  "optimize",
  "live",
  "broker",
  "host",
  "cli",
  "main.ts",
];

const transpiler = new Bun.Transpiler({ loader: "ts" });

/** Specifiers of every import and export-from, type-only ones included. */
function importsOf(file: string): string[] {
  const text = readFileSync(file, "utf8");
  const found = new Set(transpiler.scanImports(text).map((entry) => entry.path));
  // The templates of new projects hold imports as text.
  if (file.endsWith("templates.ts")) return [...found];
  // The transpiler forgets type-only imports; they count as well.
  for (const match of text.matchAll(/^\s*(?:import|export)\s[^"'`;]*?from\s*["']([^"']+)["']/gm))
    found.add(match[1]!);
  for (const match of text.matchAll(/\bimport\(\s*["']([^"']+)["']\s*\)/g)) found.add(match[1]!);
  return [...found];
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name));
}

const files = filesBelow(src);
const graph = new Map(
  files.map((file) => [
    file,
    importsOf(file)
      .filter((path) => path.startsWith("."))
      .map((path) => resolve(dirname(file), path)),
  ]),
);
const floorOf = (file: string): string => relative(src, file).split("/")[0]!;
const show = (file: string): string => relative(root, file);

/** The virtual modules are served by the host: it names the three barrels. */
const isBarrel = (file: string): boolean => /src\/(api\/(plugin|script)|runtime\/pine)\.ts$/.test(file);

describe("imports", () => {
  test("every import names a file that exists", () => {
    const missing = [...graph].flatMap(([file, targets]) =>
      targets.filter((target) => !existsSync(target)).map((target) => `${show(file)} -> ${target}`),
    );
    expect(missing).toEqual([]);
  });

  test("every folder of src has its place in the order", () => {
    expect([...new Set(files.map(floorOf))].filter((floor) => !floors.includes(floor))).toEqual([]);
  });

  test("go down the house, never up", () => {
    const wrong = [...graph].flatMap(([file, targets]) =>
      targets
        .filter((target) => floors.indexOf(floorOf(target)) > floors.indexOf(floorOf(file)))
        .map((target) => `${show(file)} -> ${show(target)}`),
    );
    expect(wrong).toEqual([]);
  });

  test("make no cycle", () => {
    const done = new Set<string>();
    const path: string[] = [];
    const cycles: string[] = [];
    const visit = (file: string): void => {
      if (path.includes(file)) {
        cycles.push([...path.slice(path.indexOf(file)), file].map(show).join(" -> "));
        return;
      }
      if (done.has(file)) return;
      path.push(file);
      for (const target of graph.get(file) ?? []) visit(target);
      path.pop();
      done.add(file);
    };
    for (const file of files) visit(file);
    expect(cycles).toEqual([]);
  });

  /** What is reached from a file by imports, itself included. */
  const reachedFrom = (entry: string): Set<string> => {
    const reached = new Set<string>();
    const visit = (file: string): void => {
      if (reached.has(file)) return;
      reached.add(file);
      for (const target of graph.get(file) ?? []) visit(target);
    };
    visit(entry);
    return reached;
  };

  test("reach every file from the entry, the browser's from its own", () => {
    const reached = reachedFrom(join(src, "main.ts")).union(reachedFrom(join(browser, "main.ts")));
    expect(files.filter((file) => !reached.has(file)).map(show)).toEqual([]);
  });

  test("the browser's part of the report keeps to its corner, the wire format and the chart library", () => {
    const wire = join(src, "report/html/wire");
    const own = files.filter((file) => file.startsWith(`${browser}/`));
    const wrong = own.flatMap((file) =>
      importsOf(file)
        .map((path) => (path.startsWith(".") ? resolve(dirname(file), path) : path))
        .filter(
          (path) =>
            path !== "lightweight-charts" && !path.startsWith(`${browser}/`) && !path.startsWith(`${wire}/`),
        )
        .map((path) => `${show(file)} -> ${path}`),
    );
    expect(wrong).toEqual([]);
    const intruders = files.filter(
      (file) => !own.includes(file) && graph.get(file)?.some((target) => target.startsWith(`${browser}/`)),
    );
    expect(intruders.map(show)).toEqual([]);
  });

  test("only three barrels exist", () => {
    const barrels = files.filter((file) => {
      const text = readFileSync(file, "utf8")
        .replace(/\/\*[\s\S]*?\*\//g, "")
        .replace(/\/\/.*$/gm, "");
      const rest = text.replace(/export\s[^;]*?from\s*["'][^"']+["'];/g, "").trim();
      return rest === "" && text.trim() !== "";
    });
    expect(barrels.map(show).filter((file) => !isBarrel(join(root, file)))).toEqual([]);
  });

  test("built-in plugins import what a stranger's plugin could import", () => {
    const folder = join(root, "plugins");
    const wrong = filesBelow(folder).flatMap((file) =>
      importsOf(file)
        .filter((path) => path.startsWith("."))
        .map((path) => resolve(dirname(file), path))
        .filter((target) => {
          const own = join(folder, relative(folder, file).split("/")[0]!);
          return !target.startsWith(own) && !target.endsWith("src/api/plugin.ts");
        })
        .map((target) => `${show(file)} -> ${show(target)}`),
    );
    expect(wrong).toEqual([]);
  });

  test("one file alone names the built-in plugins", () => {
    const wrong = files.filter(
      (file) =>
        importsOf(file).some(
          (path) =>
            /(^|\/)plugins\/[a-z-]+\//.test(path) && path.includes("../plugins/") && !path.includes("api"),
        ) && show(file) !== "src/cli/builtins.ts",
    );
    expect(
      wrong
        .filter((file) => (graph.get(file) ?? []).some((target) => target.startsWith(join(root, "plugins"))))
        .map(show),
    ).toEqual([]);
  });
});
