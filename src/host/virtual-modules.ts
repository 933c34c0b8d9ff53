/**
 * The modules that plugins and scripts import without installing them. The executable supplies its own copy in memory,
 * which beats any copy in a plugin's `node_modules`: a plugin extends the very class the host holds.
 */

/** Set by the build; not in a checkout. */
declare const PYNE_VERSION: string | undefined;

type Load = () => object | Promise<object>;

/**
 * The packages that the host shares with foreign code. The executable has resolved their names when it was built and
 * loads one when somebody asks for it: most runs do without, and consola alone makes the streams of the terminal.
 */
const packages: Readonly<Record<string, Load>> = {
  citty: () => import("citty"),
  confbox: () => import("confbox"),
  consola: () => import("consola"),
  valibot: () => import("valibot"),
};

/**
 * The same in a checkout, where the names mean these modules from the registration on: importing one there would ask
 * for itself, so they are held before. The build does not see what a list names.
 */
function heldPackages(): Readonly<Record<string, Load>> {
  const held = Object.keys(packages).map((name) => [name, import.meta.require(name) as object] as const);
  return Object.fromEntries(held.map(([name, module]) => [name, () => module]));
}

let registered = false;

/**
 * Registers them once; must run before the first import of foreign code. None costs anything until something imports
 * it.
 */
export function registerVirtualModules(): void {
  if (registered) return;
  registered = true;
  const modules: Readonly<Record<string, Load>> = {
    ...(typeof PYNE_VERSION === "string" ? packages : heldPackages()),
    pynecore: () => import("../api/script.ts"),
    "pynecore/plugin": () => import("../api/plugin.ts"),
    "pynecore/testing": () => import("../api/conformance/suite.ts"),
    "pynecore/pine": () => import("../runtime/pine.ts"),
  };
  Bun.plugin({
    name: "pyne",
    setup(build) {
      for (const [specifier, load] of Object.entries(modules)) {
        build.module(specifier, async () => ({ exports: { ...(await load()) }, loader: "object" }));
      }
    },
  });
}
