import { RuntimeFailure } from "../../kernel/errors.ts";
import { type ElementKind, isNumeric } from "../lib/collections/element.ts";
import { arraySize, type Elements } from "../lib/collections/elements.ts";
import { given } from "../lib/collections/failures.ts";
import { newElements } from "../lib/collections/matrix.ts";
import { NumberArray } from "../lib/collections/number-array.ts";
import { ObjectArray } from "../lib/collections/object-array.ts";
import * as statistics from "../lib/collections/statistics.ts";
import { elementText, plainNumber } from "../lib/str/text.ts";

/** An array of a script; `null` is na. */
type Id<Value> = Elements<Value> | null;
type Numbers = NumberArray | null;

const na = Number.NaN;

/**
 * `array.*`. An na index never stops a script: reading and removing give na, writing does nothing, inserting appends,
 * bounds stand for the whole array. Those that end in 5 are for version 5, where a negative index is out of range.
 */
export const array = {
  /** `array.new<T>`: the kind of T comes first. */
  new<Value>(kind: ElementKind, size: number, initial?: Value): Elements<Value> {
    return newElements<Value>(kind, arraySize("array.new", size), initial ?? undefined);
  },
  new_int: (size: number, initial?: number): Elements<number> => array.new("int", size, initial),
  new_float: (size: number, initial?: number): Elements<number> => array.new("float", size, initial),
  new_color: (size: number, initial?: number): Elements<number> => array.new("color", size, initial),
  new_bool: (size: number, initial?: boolean): Elements<boolean> => array.new("bool", size, initial),
  new_string: (size: number, initial?: string): Elements<string | null> => array.new("string", size, initial),
  new_object: (size: number, initial?: unknown): Elements<unknown> => array.new("object", size, initial),
  from<Value>(kind: ElementKind, ...values: readonly Value[]): Elements<Value> {
    const made = isNumeric(kind)
      ? NumberArray.of(kind, values as readonly number[])
      : ObjectArray.of(kind, values);
    return made as unknown as Elements<Value>;
  },

  size: <Value>(id: Id<Value>): number => given("array.size", id).size,
  /** What a loop goes over. */
  over: <Value>(id: Id<Value>): Elements<Value> => given("for ... in", id),
  get<Value>(id: Id<Value>, index: number): Value {
    // Within bounds nothing else has to be asked.
    if (id !== null && index >= 0 && index < id.size) return id.at(Math.trunc(index));
    return get(given("array.get", id), index, true);
  },
  get5: <Value>(id: Id<Value>, index: number): Value => get(given("array.get", id), index, false),
  set: <Value>(id: Id<Value>, index: number, value: Value): void =>
    set(given("array.set", id), index, value, true),
  set5: <Value>(id: Id<Value>, index: number, value: Value): void =>
    set(given("array.set", id), index, value, false),
  first: <Value>(id: Id<Value>): Value => given("array.first", id).first("array.first"),
  last: <Value>(id: Id<Value>): Value => given("array.last", id).last("array.last"),
  push: <Value>(id: Id<Value>, value: Value): void => given("array.push", id).push(value),
  pop: <Value>(id: Id<Value>): Value => given("array.pop", id).pop("array.pop"),
  shift: <Value>(id: Id<Value>): Value => given("array.shift", id).shift("array.shift"),
  unshift: <Value>(id: Id<Value>, value: Value): void => given("array.unshift", id).insertAt(0, value),
  insert: <Value>(id: Id<Value>, index: number, value: Value): void =>
    insert(given("array.insert", id), index, value, true),
  insert5: <Value>(id: Id<Value>, index: number, value: Value): void =>
    insert(given("array.insert", id), index, value, false),
  remove: <Value>(id: Id<Value>, index: number): Value => remove(given("array.remove", id), index, true),
  remove5: <Value>(id: Id<Value>, index: number): Value => remove(given("array.remove", id), index, false),
  clear: <Value>(id: Id<Value>): void => given("array.clear", id).clear(),

  fill<Value>(id: Id<Value>, value: Value, from = 0, to = na): void {
    const elements = given("array.fill", id);
    const [first, end] = elements.bounds("array.fill", from, to);
    for (let index = first; index < end; index++) elements.put(index, value);
  },
  copy: <Value>(id: Id<Value>): Elements<Value> => given("array.copy", id).copy(),
  slice: <Value>(id: Id<Value>, from: number, to: number): Elements<Value> =>
    given("array.slice", id).slice(from, to),
  /** Appends the second to the first and gives the first. */
  concat<Value>(id: Id<Value>, other: Id<Value>): Elements<Value> {
    const elements = given("array.concat", id);
    for (const value of [...given("array.concat", other)]) elements.push(value);
    return elements;
  },
  reverse: <Value>(id: Id<Value>): void => given("array.reverse", id).reverseInPlace(),
  join<Value>(id: Id<Value>, separator: string | null): string {
    const elements = given("array.join", id);
    return [...elements].map((value) => elementText(value, elements.kind, plainNumber)).join(separator ?? "");
  },
  includes: <Value>(id: Id<Value>, value: Value): boolean =>
    given("array.includes", id).find(value, 0, 1) >= 0,
  indexof: <Value>(id: Id<Value>, value: Value): number => given("array.indexof", id).find(value, 0, 1),
  lastindexof<Value>(id: Id<Value>, value: Value): number {
    const elements = given("array.lastindexof", id);
    return elements.find(value, elements.size - 1, -1);
  },
  sort: <Value>(id: Id<Value>, order: string | null = "ascending"): void =>
    given("array.sort", id).sortInPlace(order === "descending"),
  sort_indices<Value>(id: Id<Value>, order: string | null = "ascending"): NumberArray {
    const indices = given("array.sort_indices", id).sortedIndices();
    return NumberArray.of("int", order === "descending" ? indices.toReversed() : indices);
  },
  binary_search: (id: Numbers, value: number): number =>
    statistics.binarySearch(given("array.binary_search", id).view(), value),
  binary_search_leftmost: (id: Numbers, value: number): number =>
    statistics.binarySearchLeftmost(given("array.binary_search_leftmost", id).view(), value),
  binary_search_rightmost: (id: Numbers, value: number): number =>
    statistics.binarySearchRightmost(given("array.binary_search_rightmost", id).view(), value),
  /** False for an empty array. */
  every<Value>(id: Id<Value>): boolean {
    const elements = given("array.every", id);
    return elements.size > 0 && [...elements].every((value) => elements.truth(value));
  },
  some<Value>(id: Id<Value>): boolean {
    const elements = given("array.some", id);
    return [...elements].some((value) => elements.truth(value));
  },

  abs(id: Numbers): NumberArray {
    const numbers = given("array.abs", id);
    return NumberArray.of(numbers.kind, numbers.view().map(Math.abs));
  },
  avg: (id: Numbers): number => statistics.avg(given("array.avg", id).view()),
  sum: (id: Numbers): number => statistics.sum(given("array.sum", id).view()),
  min: (id: Numbers, nth?: number): number => given("array.min", id).min(nth),
  max: (id: Numbers, nth?: number): number => given("array.max", id).max(nth),
  range: (id: Numbers): number => statistics.range(given("array.range", id).view()),
  median: (id: Numbers): number => statistics.median(given("array.median", id).view()),
  mode: (id: Numbers): number => statistics.mode(given("array.mode", id).view()),
  stdev: (id: Numbers, biased?: boolean): number => statistics.stdev(given("array.stdev", id).view(), biased),
  variance: (id: Numbers, biased?: boolean): number =>
    statistics.variance(given("array.variance", id).view(), biased),
  covariance(id: Numbers, other: Numbers, biased?: boolean): number {
    const [a, b] = [given("array.covariance", id), given("array.covariance", other)];
    if (a.size !== b.size) {
      throw new RuntimeFailure(
        `array.covariance: both arrays have the same size, not ${a.size} and ${b.size}`,
      );
    }
    return statistics.covariance(a.view(), b.view(), biased);
  },
  standardize: (id: Numbers): NumberArray =>
    NumberArray.of("float", statistics.standardize(given("array.standardize", id).view())),
  percentrank(id: Numbers, index: number): number {
    const numbers = given("array.percentrank", id);
    if (numbers.size === 0) return na;
    const place = numbers.indexOf("array.percentrank", index !== index ? 0 : index, false);
    return statistics.percentrank(numbers.view(), place);
  },
  percentile_linear_interpolation: (id: Numbers, percentage: number): number =>
    statistics.percentileLinearInterpolation(
      given("array.percentile_linear_interpolation", id).view(),
      percentage,
    ),
  percentile_nearest_rank: (id: Numbers, percentage: number): number =>
    statistics.percentileNearestRank(given("array.percentile_nearest_rank", id).view(), percentage),
};

function get<Value>(elements: Elements<Value>, index: number, fromEnd: boolean): Value {
  return index !== index ? elements.na : elements.at(elements.indexOf("array.get", index, fromEnd));
}

function set<Value>(elements: Elements<Value>, index: number, value: Value, fromEnd: boolean): void {
  if (index === index) elements.put(elements.indexOf("array.set", index, fromEnd), value);
}

function insert<Value>(elements: Elements<Value>, index: number, value: Value, fromEnd: boolean): void {
  const isEnd = index !== index || Math.trunc(index) === elements.size;
  elements.insertAt(isEnd ? elements.size : elements.indexOf("array.insert", index, fromEnd), value);
}

function remove<Value>(elements: Elements<Value>, index: number, fromEnd: boolean): Value {
  return index !== index ? elements.na : elements.removeAt(elements.indexOf("array.remove", index, fromEnd));
}
