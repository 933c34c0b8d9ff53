/** What a broker plugin delivers, end to end. */

/**
 * `unsupported` fails a script that needs it; `software` and `partial_native` leave work to the engine; `native`
 * switches the engine's own part off where the field says so.
 */
export const capabilityLevels = ["unsupported", "software", "partial_native", "native"] as const;
export type CapabilityLevel = (typeof capabilityLevels)[number];

/** The capabilities, in the order in which they are shown. */
export const capabilityNames = [
  "stopOrder",
  "trailingStop",
  "tpSlBracket",
  "partialQtyBracketExit",
  "partialQtyBracketExitPyramiding",
  "reduceOnly",
  "ocaCancel",
  "failsafeStop",
  "amendOrder",
  "cancelAll",
  "watchOrders",
  "fetchPosition",
  "idempotency",
  "shortSelling",
] as const;
export type CapabilityName = (typeof capabilityNames)[number];

/**
 * A level for each.
 *
 * - `stopOrder`: native means stop-limit orders as well; otherwise the engine waits for the stop of one
 * - `tpSlBracket`: native turns off resizing a bracket at each partial fill
 * - `partialQtyBracketExit`: software routes fractional exits to the engine's own triggers; unsupported sends none, and
 *   opens no entry that only such an exit would protect
 * - `partialQtyBracketExitPyramiding`: checked when several entries can share one id
 * - `ocaCancel`: native turns off cancelling siblings
 * - `failsafeStop`: a stop without a profit leg, over all that an entry has opened, may rest behind stops that the engine
 *   watches (`failsafe_stop_percent`)
 * - `amendOrder`: needs `modifyEntry` and `modifyExit`
 * - `idempotency`: native echoes and refuses duplicates, partial_native echoes, software relies on the store;
 *   unsupported refuses live trading
 * - `shortSelling`: unsupported stops every order that would go short
 */
export type ExchangeCapabilities = Readonly<Record<CapabilityName, CapabilityLevel>>;

/** Capabilities from those that are there; all others are unsupported. */
export function exchangeCapabilities(levels: Partial<ExchangeCapabilities>): ExchangeCapabilities {
  return Object.fromEntries(
    capabilityNames.map((name) => [name, levels[name] ?? "unsupported"]),
  ) as unknown as ExchangeCapabilities;
}
