/**
 * The modules that plugins and scripts import without installing them. The executable supplies its own copy in memory,
 * which beats any copy in a plugin's `node_modules`: a plugin extends the very class the host holds.
 */
import * as citty from "citty";
import * as confbox from "confbox";
import * as consola from "consola";
import * as valibot from "valibot";

let registered = false;

/**
 * Registers them once; must run before the first import of foreign code. An API costs nothing until something
 * imports it. The packages are held already: outside the executable their names mean these modules from then on, and
 * importing one here would ask for itself.
 */
export function registerVirtualModules(): void {
  if (registered) return;
  registered = true;
  const modules: Readonly<Record<string, () => object | Promise<object>>> = {
    pynecore: () => import("../api/script.ts"),
    "pynecore/plugin": () => import("../api/plugin.ts"),
    "pynecore/testing": () => import("../api/conformance/suite.ts"),
    "pynecore/pine": () => import("../runtime/pine.ts"),
    citty: () => citty,
    consola: () => consola,
    valibot: () => valibot,
    confbox: () => confbox,
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
