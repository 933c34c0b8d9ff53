/**
 * How the host sees what a class can do: by markers on the class, never by `instanceof`, so that a plugin which
 * brought its own copy of the API is still recognised.
 */

/** What a plugin class may be able to do, in the order in which it is shown. */
export const capabilities = ["provider", "live", "broker", "cli", "extension"] as const;
export type Capability = (typeof capabilities)[number];

/** Present on every plugin class. */
export const pluginMarker: unique symbol = Symbol.for("pyne.plugin") as never;

export const providerMarker: unique symbol = Symbol.for("pyne.capability.provider") as never;
export const liveMarker: unique symbol = Symbol.for("pyne.capability.live") as never;
export const brokerMarker: unique symbol = Symbol.for("pyne.capability.broker") as never;
export const cliMarker: unique symbol = Symbol.for("pyne.capability.cli") as never;
export const extensionMarker: unique symbol = Symbol.for("pyne.capability.extension") as never;

const markers: Record<Capability, symbol> = {
  provider: providerMarker,
  live: liveMarker,
  broker: brokerMarker,
  cli: cliMarker,
  extension: extensionMarker,
};

function isMarked(candidate: unknown, marker: symbol): boolean {
  return (
    typeof candidate === "function" && (candidate as unknown as Record<symbol, unknown>)[marker] === true
  );
}

/** Whether `candidate` is a plugin class of this or any other copy of the API. */
export function isPluginClass(candidate: unknown): boolean {
  return isMarked(candidate, pluginMarker);
}

/** The capabilities of a class in canonical order; empty for a library and for anything that is no class. */
export function capabilitiesOf(candidate: unknown): Capability[] {
  return capabilities.filter((capability) => isMarked(candidate, markers[capability]));
}
