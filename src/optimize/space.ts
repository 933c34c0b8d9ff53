import { UsageError } from "../kernel/errors.ts";
import { linearCongruential } from "../kernel/random.ts";
import type { InputValue } from "./candidates.ts";
import type { Condition, Values } from "./where.ts";

/** All sets of inputs that a search may try, and those that it does. Pure. */

/** An input that is varied. */
export interface Dimension {
  readonly key: string;
  readonly values: readonly InputValue[];
}

/** Sets that one search may try. */
export const maximalSets = 1_000_000;
/** Sets beyond which somebody has to say that this is meant. */
export const questionableSets = 100_000;

/** Sets are numbered as an odometer runs: the last input changes fastest. */
export class ParameterSpace {
  readonly dimensions: readonly Dimension[];
  /** How many sets there are. */
  readonly size: number;

  /** @throws UsageError when there are more than a number can tell apart */
  constructor(dimensions: readonly Dimension[]) {
    this.dimensions = dimensions;
    this.size = dimensions.reduce((product, { values }) => product * values.length, 1);
    if (this.size > Number.MAX_SAFE_INTEGER) {
      throw new UsageError(`these are ${this.size.toPrecision(3)} combinations: too many even to draw from`, {
        hint: "take larger steps, or vary fewer inputs",
      });
    }
  }

  /** The values of a set by key. */
  values(set: number): Record<string, InputValue> {
    const values: Record<string, InputValue> = {};
    for (const [index, place] of this.places(set).entries()) {
      const { key, values: own } = this.dimensions[index] as Dimension;
      values[key] = own[place] as InputValue;
    }
    return values;
  }

  /** The position of a set in each dimension. */
  places(set: number): number[] {
    const places: number[] = Array.from({ length: this.dimensions.length }, () => 0);
    let rest = set;
    for (let index = places.length - 1; index >= 0; index--) {
      const length = this.dimensions[index]?.values.length ?? 1;
      places[index] = rest % length;
      rest = Math.floor(rest / length);
    }
    return places;
  }
}

/** What a search tries. */
export interface Selection {
  /** Numbers of sets, in the order in which they are tried. */
  readonly sets: readonly number[];
  /** Sets that a condition ruled out; of those that were looked at. */
  readonly ruledOut: number;
}

/**
 * All sets that satisfy the conditions.
 * @throws UsageError when there are more than a search may try
 */
export function gridOf(space: ParameterSpace, fixed: Values, conditions: readonly Condition[]): Selection {
  if (space.size > maximalSets) throw tooManySets(space.size);
  const sets: number[] = [];
  for (let set = 0; set < space.size; set++) if (isAllowed(space, set, fixed, conditions)) sets.push(set);
  return { sets, ruledOut: space.size - sets.length };
}

/** The failure of a search that would never end. */
export function tooManySets(count: number): UsageError {
  return new UsageError(
    `these are ${count.toLocaleString("en")} sets; a search may try ${maximalSets.toLocaleString("en")}`,
    { hint: "take larger steps, or draw from them: --random 10000" },
  );
}

/**
 * So many different sets that satisfy the conditions, drawn by a seed: the same on every machine. Fewer when there are
 * no more, or when the conditions rule out nearly everything.
 */
export function randomSets(
  space: ParameterSpace,
  count: number,
  seed: number,
  fixed: Values,
  conditions: readonly Condition[],
): Selection {
  const random = linearCongruential(seed);
  if (space.size <= Math.max(count * 4, 10_000)) {
    // Nearly all of them: shuffle what there is.
    const { sets, ruledOut } = gridOf(space, fixed, conditions);
    const pool = [...sets];
    const wanted = Math.min(count, pool.length);
    for (let index = 0; index < wanted; index++) {
      const other = index + Math.floor(random() * (pool.length - index));
      [pool[index], pool[other]] = [pool[other] as number, pool[index] as number];
    }
    return { sets: pool.slice(0, wanted), ruledOut };
  }
  const drawn = new Set<number>();
  let ruledOut = 0;
  for (let draws = 0; drawn.size < count && draws < count * 200; draws++) {
    const set = Math.floor(random() * space.size);
    if (drawn.has(set)) continue;
    if (isAllowed(space, set, fixed, conditions)) drawn.add(set);
    else ruledOut++;
  }
  return { sets: [...drawn], ruledOut };
}

function isAllowed(
  space: ParameterSpace,
  set: number,
  fixed: Values,
  conditions: readonly Condition[],
): boolean {
  if (conditions.length === 0) return true;
  const values = { ...fixed, ...space.values(set) };
  return conditions.every((holds) => holds(values));
}
