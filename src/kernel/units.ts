/**
 * Brands for numbers whose mix-up costs money. They are made by these constructors only, used on the order path,
 * in the store and in the data file; indicator arithmetic stays plain `number`.
 */

declare const unit: unique symbol;
type Branded<Name extends string> = number & { readonly [unit]: Name };

/** An absolute price in the quote currency. */
export type Price = Branded<"Price">;
/** A size in Pine units (contracts, coins, shares); positive, the direction lives in `side`. */
export type Quantity = Branded<"Quantity">;
/** Milliseconds since 1970-01-01T00:00:00Z, a safe integer. */
export type TimestampMs = Branded<"TimestampMs">;
/** Seconds since 1970-01-01T00:00:00Z, as venues report them; may carry a fraction. */
export type TimestampSeconds = Branded<"TimestampSeconds">;

/** @throws RangeError unless finite. */
export function price(value: number): Price {
  if (!Number.isFinite(value)) throw new RangeError(`a price is a finite number, not ${value}`);
  return value as Price;
}

/** @throws RangeError unless finite and greater than zero. */
export function quantity(value: number): Quantity {
  if (!Number.isFinite(value) || value <= 0) throw new RangeError(`a quantity is above zero, not ${value}`);
  return value as Quantity;
}

/** @throws RangeError unless a safe integer. */
export function timestampMs(value: number): TimestampMs {
  if (!Number.isSafeInteger(value)) throw new RangeError(`a time in ms is a whole number, not ${value}`);
  return value as TimestampMs;
}

/** @throws RangeError unless finite. */
export function timestampSeconds(value: number): TimestampSeconds {
  if (!Number.isFinite(value)) throw new RangeError(`a time in seconds is a finite number, not ${value}`);
  return value as TimestampSeconds;
}
