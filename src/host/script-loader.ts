import { pathToFileURL } from "node:url";

import { isScriptModule, type ScriptModule } from "../api/script/declaration.ts";
import { messageOf, PyneError, RuntimeFailure } from "../kernel/errors.ts";
import { registerVirtualModules } from "./virtual-modules.ts";

/**
 * Imports a TypeScript or JavaScript script.
 * @throws RuntimeFailure naming the file when it cannot be imported or exports no script
 */
export async function loadScript(path: string): Promise<ScriptModule> {
  registerVirtualModules();
  let module: { default?: unknown };
  try {
    module = (await import(pathToFileURL(path).href)) as { default?: unknown };
  } catch (error) {
    if (error instanceof PyneError) throw error;
    const inner: unknown = error instanceof AggregateError ? error.errors[0] : error;
    const place = (inner as { position?: { line?: number; column?: number } | null }).position;
    const where = place?.line === undefined ? "" : `:${place.line}:${place.column ?? 1}`;
    throw new RuntimeFailure(`${path}${where}: ${messageOf(inner)}`, { cause: error });
  }
  if (!isScriptModule(module.default)) {
    throw new RuntimeFailure(`${path} is no script: its default export is not one`, {
      hint: 'import { strategy } from "pynecore"; export default strategy("Title", {}, (s) => () => { ... });',
    });
  }
  return module.default;
}
