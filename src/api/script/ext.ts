import type { BoolSeries, Series, Source } from "./series.ts";
import { ScriptSetupError, setupPort } from "./setup.ts";

/** A library function of an extension, as a script calls it: arguments in order, a series back. */
export type ExtensionFunction = (...args: Source[]) => Series & BoolSeries;

/** Library functions by extension: `ext.zscore.of(s.close, 20)`. The extension must be switched on (`--ext`). */
export const ext: Readonly<Record<string, Readonly<Record<string, ExtensionFunction>>>> = new Proxy(
  {},
  {
    get: (_target, plugin) =>
      typeof plugin === "symbol"
        ? undefined
        : new Proxy(
            {},
            { get: (_inner, name) => (typeof name === "symbol" ? undefined : libraryFunction(plugin, name)) },
          ),
  },
);

function libraryFunction(plugin: string, name: string): ExtensionFunction {
  return (...args) => {
    const port = setupPort(`ext.${plugin}.${name}`);
    const library = port.library(plugin);
    if (library === undefined) {
      throw new ScriptSetupError(`ext.${plugin}.${name}: the extension "${plugin}" is not switched on`, {
        hint: `pyne run ... --ext ${plugin}`,
      });
    }
    const definition = Object.hasOwn(library, name) ? library[name] : undefined;
    if (definition === undefined) {
      throw new ScriptSetupError(`ext.${plugin} has no function "${name}"`, {
        hint: `it has: ${Object.keys(library).toSorted().join(", ") || "none"}`,
      });
    }
    const wanted = Object.keys(definition.args).length;
    if (args.length !== wanted) {
      throw new ScriptSetupError(`ext.${plugin}.${name} takes ${wanted} arguments, not ${args.length}`);
    }
    return port.librarySeries(definition, args) as Series & BoolSeries;
  };
}
