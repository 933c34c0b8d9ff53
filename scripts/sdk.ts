import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";

const root = join(import.meta.dir, "..");

/**
 * Writes `dist/sdk.json`: the files of the npm package `pynecore` (types and a development shim of the API), with the
 * declarations its types refer to. The executable carries it, so `pyne plugin new` works offline.
 *
 * @returns the file's path
 */
export async function writeSdk(): Promise<string> {
  const folder = join(root, "dist", "sdk");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await emitDeclarations(folder);
  await bundleShim(folder);

  const files: Record<string, string> = {};
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files[`pynecore/${relative(folder, path)}`] = readFileSync(path, "utf8");
  }
  const version = (JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string })
    .version;
  files["pynecore/package.json"] = `${JSON.stringify(
    {
      name: "pynecore",
      version,
      description: "Types and a development shim of the API that the pyne executable supplies",
      license: "Apache-2.0",
      type: "module",
      exports: {
        ".": { types: "./api/script.d.ts", default: "./script.js" },
        "./plugin": { types: "./api/plugin.d.ts", default: "./plugin.js" },
        "./testing": { types: "./api/conformance/suite.d.ts", default: "./suite.js" },
      },
    },
    null,
    2,
  )}\n`;
  for (const name of ["citty", "valibot"]) copyTypes(name, files);
  const path = join(root, "dist", "sdk.json");
  await Bun.write(path, JSON.stringify(files));
  return path;
}

/** What a plugin project may import. */
const modules = ["src/api/plugin.ts", "src/api/script.ts", "src/api/conformance/suite.ts"];

/** Declarations of the API modules and of everything they refer to. */
async function emitDeclarations(folder: string): Promise<void> {
  const child = Bun.spawn(
    [
      process.execPath,
      "node_modules/.bin/tsc",
      ...modules,
      ...["--ignoreConfig", "--declaration", "--emitDeclarationOnly", "--rewriteRelativeImportExtensions"],
      ...["--outDir", folder, "--rootDir", "src", "--target", "esnext", "--module", "preserve"],
      ...["--moduleResolution", "bundler", "--strict", "--skipLibCheck", "--types", "bun"],
    ],
    { cwd: root, stdout: "pipe", stderr: "pipe" },
  );
  const output = await new Response(child.stdout).text();
  if ((await child.exited) !== 0) throw new Error(`the API's declarations could not be made:\n${output}`);
}

/** The API as plain JavaScript, for tests that a plugin author runs without the executable. */
async function bundleShim(folder: string): Promise<void> {
  const result = await Bun.build({
    entrypoints: modules.map((path) => join(root, path)),
    outdir: folder,
    target: "bun",
    splitting: true,
    naming: { entry: "[name].js", chunk: "[name]-[hash].js" },
  });
  if (!result.success) throw new Error(`the API's shim could not be made:\n${result.logs.join("\n")}`);
}

/** A package as far as types need it, plus its code: plugins import `citty` and `valibot` from the host. */
function copyTypes(name: string, files: Record<string, string>): void {
  const source = join(root, "node_modules", name);
  const keep = /^(package\.json|LICENSE(\.md)?|dist\/.*\.(mjs|d\.mts|js|d\.ts))$/;
  for (const entry of readdirSync(source, { recursive: true, withFileTypes: true })) {
    const path = relative(source, join(entry.parentPath, entry.name));
    if (entry.isFile() && keep.test(path) && !/\.min\./.test(path))
      files[`${name}/${path}`] = readFileSync(join(source, path), "utf8");
  }
}
