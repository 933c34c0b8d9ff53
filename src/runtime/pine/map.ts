import type { ElementKind } from "../lib/collections/element.ts";
import type { Elements } from "../lib/collections/elements.ts";
import { given } from "../lib/collections/failures.ts";
import { PineMap } from "../lib/collections/pine-map.ts";
import { array } from "./array.ts";

/** A map of a script; `null` is na. */
type Id<Key, Value> = PineMap<Key, Value> | null;

/** `map.*`: pairs keep the order in which their keys came first. */
export const map = {
  /** `map.new<K, V>`: what V is comes first. */
  new: <Key, Value>(kind: ElementKind): PineMap<Key, Value> => new PineMap<Key, Value>(kind),
  put: <Key, Value>(id: Id<Key, Value>, key: Key, value: Value): Value =>
    given("map.put", id).put(key, value),
  get: <Key, Value>(id: Id<Key, Value>, key: Key): Value => given("map.get", id).get(key),
  contains: <Key, Value>(id: Id<Key, Value>, key: Key): boolean => given("map.contains", id).has(key),
  remove: <Key, Value>(id: Id<Key, Value>, key: Key): Value => given("map.remove", id).remove(key),
  put_all<Key, Value>(id: Id<Key, Value>, other: Id<Key, Value>): void {
    const target = given("map.put_all", id);
    for (const [key, value] of given("map.put_all", other).copy()) target.put(key, value);
  },
  /** What K is comes first. */
  keys: <Key, Value>(kind: ElementKind, id: Id<Key, Value>): Elements<Key> =>
    array.from(kind, ...given("map.keys", id).keys()),
  values<Key, Value>(id: Id<Key, Value>): Elements<Value> {
    const pairs = given("map.values", id);
    return array.from(pairs.valueKind, ...pairs.values());
  },
  size: <Key, Value>(id: Id<Key, Value>): number => given("map.size", id).size,
  copy: <Key, Value>(id: Id<Key, Value>): PineMap<Key, Value> => given("map.copy", id).copy(),
  clear: <Key, Value>(id: Id<Key, Value>): void => given("map.clear", id).clear(),
};
