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
    const definition = port.library(plugin, name);
    if (definition === undefined) {
      throw new ScriptSetupError(`ext.${plugin}.${name} does not exist`, {
        hint: `switch the extension on with --ext ${plugin}, or see pyne plugin info ${plugin}`,
      });
    }
    const wanted = Object.keys(definition.args).length;
    if (args.length !== wanted) {
      throw new ScriptSetupError(`ext.${plugin}.${name} takes ${wanted} arguments, not ${args.length}`);
    }
    return port.librarySeries(definition, args) as Series & BoolSeries;
  };
}
