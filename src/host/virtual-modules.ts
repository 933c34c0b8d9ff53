/**
 * The modules that plugins and scripts import without installing them. The executable supplies its own copy in memory,
 * which beats any copy in a plugin's `node_modules`: a plugin extends the very class the host holds.
 */

let registered = false;

/** Registers them once; must run before the first import of foreign code. Costs nothing until something imports one. */
export function registerVirtualModules(): void {
  if (registered) return;
  registered = true;
  const modules: Readonly<Record<string, () => Promise<object>>> = {
    pynecore: () => import("../api/script.ts"),
    "pynecore/plugin": () => import("../api/plugin.ts"),
    "pynecore/testing": () => import("../api/conformance/suite.ts"),
    "pynecore/pine": () => import("../runtime/pine.ts"),
    citty: () => import("citty"),
    consola: () => import("consola"),
    valibot: () => import("valibot"),
    confbox: () => import("confbox"),
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
