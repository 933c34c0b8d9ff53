import { call, type Entry, fn } from "./entry.ts";

const method = { method: true };

/** `map`. What the values are is said when a map is made, what the keys are when they are asked for. */
export const map: readonly Entry[] = [
  fn("map.new<K, T>() map<K, T>", call("map.new", { typed: true }), "A map without pairs."),
  fn(
    "map.put(map<K, V> id, K key, V value) V",
    call("map.put"),
    "Sets the value of a key and gives the one before.",
    method,
  ),
  fn("map.get(map<K, V> id, K key) V", call("map.get"), "The value of a key; na without one.", method),
  fn(
    "map.contains(map<K, V> id, K key) series bool",
    call("map.contains"),
    "Whether there is a key.",
    method,
  ),
  fn(
    "map.remove(map<K, V> id, K key) V",
    call("map.remove"),
    "Takes a pair out and gives its value.",
    method,
  ),
  fn(
    "map.put_all(map<K, V> id, map<K, V> id2) void",
    call("map.put_all"),
    "Puts all pairs of another map.",
    method,
  ),
  fn("map.keys(map<K, V> id) array<K>", call("map.keys", { typed: true }), "The keys in order.", method),
  fn(
    "map.values(map<K, V> id) array<V>",
    call("map.values"),
    "The values in the order of their keys.",
    method,
  ),
  fn("map.size(map<K, V> id) series int", call("map.size"), "How many pairs there are.", method),
  fn("map.copy(map<K, V> id) map<K, V>", call("map.copy"), "A map of its own with the same pairs.", method),
  fn("map.clear(map<K, V> id) void", call("map.clear"), "Takes all pairs out.", method),
];
