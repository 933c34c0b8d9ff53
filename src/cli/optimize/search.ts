import { readFileSync, statSync } from "node:fs";

import type { InputSpec } from "../../api/script/input-spec.ts";
import type { HashMemory } from "../../data/hash-memory.ts";
import type { BarColumns } from "../../kernel/bar.ts";
import { UsageError } from "../../kernel/errors.ts";
import { nearest } from "../../kernel/nearest.ts";
import { type InputOption, type InputValue, valuesOf } from "../../optimize/candidates.ts";
import type { SearchJob } from "../../optimize/evaluate.ts";
import { sharedColumns } from "../../optimize/evaluate.ts";
import { metricNames } from "../../optimize/metrics.ts";
import type { ObjectiveName } from "../../optimize/objective.ts";
import type { SearchIdentity } from "../../optimize/search-log.ts";
import {
  gridOf,
  ParameterSpace,
  questionableSets,
  randomSets,
  type Selection,
} from "../../optimize/space.ts";
import { type Split, splitsOf, type SplitRequest } from "../../optimize/walk-forward.ts";
import { type Condition, parseCondition, type Values } from "../../optimize/where.ts";
import { type ResolvedInput, type InputValues } from "../../runtime/inputs.ts";
import { runScript } from "../../runtime/run.ts";
import type { RunSetup } from "../run-setup.ts";
import { buildId } from "../version.ts";

/** Makes a search of what was typed. */

/** What was typed, its grammar checked. */
export interface SearchRequest {
  readonly inputs: readonly InputOption[];
  readonly where: readonly string[];
  readonly objective: ObjectiveName;
  /** Sets to draw; absent: all of them. */
  readonly random: number | undefined;
  readonly seed: number;
  readonly walkForward: SplitRequest | undefined;
  /** Nobody needs to be asked about a long search. */
  readonly isConfirmed: boolean;
}

/** A search, ready to run. */
export interface Search {
  readonly space: ParameterSpace;
  readonly selection: Selection;
  readonly splits: readonly Split[];
  readonly job: SearchJob;
  readonly identity: SearchIdentity;
  readonly dataHash: string;
}

/**
 * @param hashes which bars were hashed before
 * @throws UsageError for an indicator, an input that the script has not, ranges that are none, conditions that mean
 *   nothing, no set at all or too many
 * @throws ConfigError for values outside an input's bounds
 */
export async function prepareSearch(
  setup: RunSetup,
  request: SearchRequest,
  loopLimit: number | undefined,
  hashes: HashMemory,
): Promise<Search> {
  const { script, bars, user, name } = setup;
  if (script.declaration.kind !== "strategy") {
    throw new UsageError(`${name} is an indicator: a search compares what strategies earn`, {
      hint: "make it a strategy, or run it with: pyne run",
    });
  }
  const declared = await inputsOf(setup, loopLimit);
  const space = new ParameterSpace(
    request.inputs.map((option) => ({
      key: option.key,
      values: valuesOf(option, specOf(option, declared, name)),
    })),
  );
  const fixed: Values = Object.fromEntries(declared.map(({ key, value }) => [key, value]));
  const examples: Values = { ...fixed, ...space.values(0) };
  const conditions = request.where.map((text) => parseCondition(text, examples));
  const selection = select(space, request, fixed, conditions);
  const splits = request.walkForward === undefined ? [] : splitsOf(bars.columns.length, request.walkForward);
  const dataHash = hashes.hashOf(setup.dataPath, setup.stamp, bars.columns);
  const job: SearchJob = {
    columns: sharedColumns(bars.columns),
    symInfo: bars.symInfo,
    timeframe: bars.timeframe,
    inputs: user.inputs,
    settings: user.settings,
    loopLimit,
    dimensions: space.dimensions,
    objective: request.objective,
    splits,
  };
  return { space, selection, splits, job, dataHash, identity: identityOf(setup, request, job, dataHash) };
}

function select(
  space: ParameterSpace,
  { random, seed, isConfirmed }: SearchRequest,
  fixed: Values,
  conditions: readonly Condition[],
): Selection {
  const selection =
    random === undefined
      ? gridOf(space, fixed, conditions)
      : randomSets(space, random, seed, fixed, conditions);
  const count = selection.sets.length;
  if (count === 0) throw new UsageError("no set of inputs satisfies --where");
  if (count > questionableSets && !isConfirmed) {
    throw new UsageError(`these are ${count.toLocaleString("en")} sets of inputs`, {
      hint: "--yes tries them all; larger steps or --random 10000 try fewer",
    });
  }
  return selection;
}

/** A setup of the script over no bars at all says which inputs it has. */
async function inputsOf(
  { script, bars, user, feeds }: RunSetup,
  loopLimit: number | undefined,
): Promise<readonly ResolvedInput[]> {
  const none = new Float64Array(0);
  const columns: BarColumns = {
    length: 0,
    openTimeMs: none,
    open: none,
    high: none,
    low: none,
    close: none,
    volume: none,
    extra: new Map([...bars.columns.extra.keys()].map((name) => [name, none])),
  };
  const { inputs } = await runScript(script, {
    columns,
    symInfo: bars.symInfo,
    timeframe: bars.timeframe,
    inputs: user.inputs,
    settings: user.settings,
    feeds,
    ...(loopLimit === undefined ? {} : { loopLimit }),
  });
  return inputs;
}

function specOf({ key }: InputOption, declared: readonly ResolvedInput[], script: string): InputSpec {
  const found = declared.find((input) => input.key === key);
  if (found !== undefined) return found.spec;
  const keys = declared.map((input) => input.key);
  const near = nearest(key, keys);
  throw new UsageError(`${script} has no input "${key}"`, {
    hint:
      keys.length === 0
        ? "it has no inputs at all"
        : `${near === undefined ? "" : `did you mean ${near}? `}inputs: ${keys.join(", ")}`,
  });
}

/** Everything that results depend on, so that none are ever mixed. */
function identityOf(
  setup: RunSetup,
  request: SearchRequest,
  job: SearchJob,
  dataHash: string,
): SearchIdentity {
  const { columns: _, ...rest } = job;
  const settings = {
    ...rest,
    where: request.where,
    random: request.random,
    seed: request.random === undefined ? undefined : request.seed,
    metrics: metricNames,
    // What requests are answered with; the chart's own bars have their hash.
    named: setup.source.named.map(({ key, path }) => {
      const { size, mtimeMs } = statSync(path);
      return { key, path, size, mtimeMs };
    }),
  };
  const code = [setup.scriptPath, setup.codePath].map((path) => readFileSync(path));
  return {
    script: hashOf(buildId, ...code),
    data: dataHash,
    settings: hashOf(JSON.stringify(settings)),
  };
}

function hashOf(...parts: (string | Uint8Array)[]): string {
  const hasher = new Bun.CryptoHasher("sha256");
  for (const part of parts) hasher.update(part);
  return hasher.digest("hex");
}

/** Inputs as somebody would write them: `fast=12, slow=48`. */
export function setText(values: InputValues | Readonly<Record<string, InputValue>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(", ");
}
