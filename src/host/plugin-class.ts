import type { Plugin } from "../api/plugins/base.ts";
import type { PluginStatics } from "../api/plugins/base.ts";

/** A plugin class whose contract has been checked, whatever its kind. */
export type AnyPluginClass = Function & PluginStatics;

/** Makes an instance. The host hands each kind the options of its own base class. */
export function instantiate<Instance extends Plugin<object>>(
  pluginClass: AnyPluginClass,
  options: object,
): Instance {
  return new (pluginClass as unknown as new (options: object) => Instance)(options);
}

/** A static of a class that may not have it, such as `multiBroker` of something that is no provider. */
export function staticOf(pluginClass: AnyPluginClass, name: string): unknown {
  return (pluginClass as unknown as Readonly<Record<string, unknown>>)[name];
}

/** The first paragraph of a class's documentation in one line; empty without. */
export function summaryOf(doc: string): string {
  return (doc.trim().split(/\n\s*\n/)[0] ?? "").replace(/\s+/g, " ").trim();
}
