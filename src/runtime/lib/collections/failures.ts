import { RuntimeFailure } from "../../../kernel/errors.ts";

/**
 * The errors of collections; those that TradingView numbers carry its number.
 * @param caller function as scripts call it: `array.get`
 */
export function outOfRange(caller: string, index: number, size: number): RuntimeFailure {
  return new RuntimeFailure(
    `${caller}: index ${index} is out of bounds, the array size is ${size} (RE10045)`,
  );
}

export function reversedBounds(caller: string, from: number, to: number): RuntimeFailure {
  return new RuntimeFailure(`${caller}: index_from ${from} is greater than index_to ${to} (RE10044)`);
}

export function emptyArray(caller: string): RuntimeFailure {
  return new RuntimeFailure(`${caller}: the array is empty`);
}

/** A collection as an argument. @throws RuntimeFailure when it is na */
export function given<Collection>(caller: string, id: Collection | null): Collection {
  if (id === null) throw new RuntimeFailure(`${caller}: the collection is na`);
  return id;
}
