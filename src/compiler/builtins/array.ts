import { call, type Entry, fn, type FunctionEntry } from "./entry.ts";

/** One function of arrays, which is a method of theirs; typed ones learn what the elements are. */
function method(signature: string, doc: string, versions?: readonly (5 | 6)[], name?: string): FunctionEntry {
  const entry = fn(signature, call(name ?? signature.slice(0, signature.search(/[(<]/))), doc, {
    method: true,
  });
  return versions === undefined ? entry : { ...entry, versions };
}

/** The same for whole numbers and for floats: `N` stands for either. */
function numeric(signature: string, doc: string): FunctionEntry[] {
  return ["int", "float"].map((type) => method(signature.replaceAll(/\bN\b/g, type), doc));
}

/** A negative index counts from the end in version 6 and is out of range in version 5. */
function indexed(signature: string, doc: string): FunctionEntry[] {
  const name = signature.slice(0, signature.indexOf("("));
  return [method(signature, doc, [6]), method(signature, doc, [5], `${name}5`)];
}

const references = ["line", "label", "box", "table", "linefill"];

/** `array`. */
export const array: readonly Entry[] = [
  fn(
    "array.new<T>(series int size = 0, T initial_value?) array<T>",
    call("array.new", { typed: true }),
    "An array of so many elements.",
  ),
  fn("array.from(T arg0...) array<T>", call("array.from", { typed: true }), "An array of these elements."),
  ...["int", "float", "bool", "string", "color", ...references].map((type) =>
    fn(
      `array.new_${type}(series int size = 0, ${type} initial_value?) array<${type}>`,
      call(references.includes(type) ? "array.new_object" : `array.new_${type}`),
      "An array of so many elements.",
    ),
  ),

  method("array.size(array<T> id) series int", "How many elements there are."),
  ...indexed(
    "array.get(array<T> id, series int index) T",
    "The element at an index, negative ones from the end.",
  ),
  ...indexed("array.set(array<T> id, series int index, T value) void", "Replaces the element at an index."),
  ...indexed("array.insert(array<T> id, series int index, T value) void", "Puts an element before an index."),
  ...indexed("array.remove(array<T> id, series int index) T", "Takes the element at an index out."),
  method("array.first(array<T> id) T", "The first element."),
  method("array.last(array<T> id) T", "The last element."),
  method("array.push(array<T> id, T value) void", "Appends an element."),
  method("array.pop(array<T> id) T", "Takes the last element out."),
  method("array.shift(array<T> id) T", "Takes the first element out."),
  method("array.unshift(array<T> id, T value) void", "Puts an element in front."),
  method("array.clear(array<T> id) void", "Takes all elements out."),
  method(
    "array.fill(array<T> id, T value, series int index_from = 0, series int index_to = na) void",
    "Replaces the elements from one index up to, not including, another.",
  ),
  method("array.copy(array<T> id) array<T>", "An array of its own with the same elements."),
  method(
    "array.slice(array<T> id, series int index_from, series int index_to) array<T>",
    "A live window from one index up to, not including, another.",
  ),
  method(
    "array.concat(array<T> id1, array<T> id2) array<T>",
    "Appends the second to the first and gives the first.",
  ),
  method("array.reverse(array<T> id) void", "Turns the order round."),
  method('array.join(array<T> id, series string separator = "") series string', "The elements as one text."),
  method("array.includes(array<T> id, T value) series bool", "Whether an element equals the value."),
  method("array.indexof(array<T> id, T value) series int", "The first index of the value, −1 without one."),
  method(
    "array.lastindexof(array<T> id, T value) series int",
    "The last index of the value, −1 without one.",
  ),
  method("array.sort(array<T> id, series string order = order.ascending) void", "Sorts the elements."),
  method(
    "array.sort_indices(array<T> id, series string order = order.ascending) array<int>",
    "The indices in the order of their elements.",
  ),
  ...numeric(
    "array.binary_search(array<N> id, N val) series int",
    "Index in ascending elements, −1 without one.",
  ),
  ...numeric(
    "array.binary_search_leftmost(array<N> id, N val) series int",
    "The first index in ascending elements, or that of the last smaller one.",
  ),
  ...numeric(
    "array.binary_search_rightmost(array<N> id, N val) series int",
    "The last index in ascending elements, or that of the first greater one.",
  ),
  method("array.every(array<T> id) series bool", "Whether all elements are true; false for none."),
  method("array.some(array<T> id) series bool", "Whether an element is true."),

  ...numeric("array.abs(array<N> id) array<N>", "The absolute values."),
  ...numeric("array.avg(array<N> id) series float", "The mean."),
  ...numeric("array.sum(array<N> id) series N", "The sum."),
  ...numeric(
    "array.min(array<N> id, series int nth = 0) series N",
    "The smallest element, or one of the next.",
  ),
  ...numeric(
    "array.max(array<N> id, series int nth = 0) series N",
    "The greatest element, or one of the next.",
  ),
  ...numeric("array.range(array<N> id) series N", "Greatest less smallest element."),
  ...numeric("array.median(array<N> id) series float", "The median."),
  ...numeric("array.mode(array<N> id) series N", "The most frequent element, of several the smallest."),
  ...numeric("array.stdev(array<N> id, series bool biased = true) series float", "Standard deviation."),
  ...numeric("array.variance(array<N> id, series bool biased = true) series float", "Variance."),
  ...numeric(
    "array.covariance(array<N> id1, array<N> id2, series bool biased = true) series float",
    "Covariance of two arrays of one size.",
  ),
  ...numeric(
    "array.standardize(array<N> id) array<float>",
    "Distances from the mean in standard deviations.",
  ),
  ...numeric(
    "array.percentrank(array<N> id, series int index) series float",
    "Percentage of the other elements that are at most the one at an index.",
  ),
  ...numeric(
    "array.percentile_linear_interpolation(array<N> id, series float percentage) series float",
    "Percentile between the two nearest elements.",
  ),
  ...numeric(
    "array.percentile_nearest_rank(array<N> id, series float percentage) series float",
    "Percentile that is always one of the elements.",
  ),
];
