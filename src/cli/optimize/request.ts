import { UsageError } from "../../kernel/errors.ts";
import type { ObjectiveName } from "../../optimize/objective.ts";
import type { SplitRequest } from "../../optimize/walk-forward.ts";
import type { SearchRequest } from "./search.ts";

/** What the options of a search mean together. Pure. */

/** @throws UsageError when options contradict each other */
export function requestOf(
  values: {
    readonly input: SearchRequest["inputs"];
    readonly where: readonly string[];
    readonly objective: ObjectiveName;
    readonly random: number | undefined;
    readonly seed: number;
    readonly walkForward: number | undefined;
    readonly anchored: boolean | undefined;
    readonly inSample: number;
    readonly resume: boolean | undefined;
    readonly restart: boolean | undefined;
  },
  isConfirmed: boolean,
): SearchRequest {
  const { input, where, objective, random, seed, walkForward: windows } = values;
  if (input.length === 0) {
    throw new UsageError("no input is varied", { hint: "--input fast=5..50:5" });
  }
  const twice = input.find(({ key }, index) => input.findIndex((other) => other.key === key) !== index);
  if (twice !== undefined) {
    throw new UsageError(`--input names ${twice.key} twice`, {
      hint: `--input ${twice.key}=5..50:5,100,200`,
    });
  }
  if (values.resume === true && values.restart === true)
    throw new UsageError("--resume and --restart contradict each other");
  if (windows === undefined && values.anchored === true)
    throw new UsageError("--anchored is about --walk-forward", { hint: "--walk-forward 5 --anchored" });
  const split: SplitRequest | undefined =
    windows === undefined
      ? undefined
      : { windows, isAnchored: values.anchored === true, ratio: values.inSample };
  return { inputs: input, where, objective, random, seed, walkForward: split, isConfirmed };
}

/** Reads a whole number of an option. */
export function whole(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text.replaceAll("_", ""));
    if (/^[\d_]+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
    throw new UsageError(`a whole number from ${least} on is wanted, not "${text}"`);
  };
}

/** Reads a number above 0. */
export function positive(text: string): number {
  const value = Number(text);
  if (value > 0 && value <= 1000) return value;
  throw new UsageError(`a number above 0 is wanted, not "${text}"`);
}
