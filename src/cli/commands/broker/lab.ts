import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";

import { stepsText } from "../../../broker/lab/notation.ts";
import { pluginStage } from "../../../broker/lab/plugin-stage.ts";
import { referenceStage } from "../../../broker/lab/reference-stage.ts";
import { scenarios, scenariosFor } from "../../../broker/lab/scenarios/all.ts";
import { provenElsewhere } from "../../../broker/lab/scenarios/elsewhere.ts";
import type { Scenario } from "../../../broker/lab/scenarios/scenario.ts";
import { Sightings } from "../../../broker/lab/sightings.ts";
import { type AccountMode, accountModes } from "../../../broker/lab/venue/model.ts";
import { walk } from "../../../broker/lab/walk.ts";
import { loadLabBroker } from "../../../host/lab-broker.ts";
import { UsageError } from "../../../kernel/errors.ts";
import type { App } from "../../app.ts";
import { defineBuiltin } from "../../command.ts";
import { examine } from "../../lab/hung.ts";
import { type PartOptions, playScenarios, playSeeds, playText, type StageMaker } from "../../lab/part.ts";
import { type PartEnd, watchPart } from "../../lab/watch.ts";
import { type Failure, partVariable, type PartWord, sayToWatcher } from "../../lab/words.ts";
import { whole } from "../../optimize/request.ts";

/** Seeds that are played when nobody says how many. */
const defaultSeeds = 200;

/** Real time that a story may take when nobody says how much, s. */
const defaultPatience = 60;
/** Longest real time that each try to make a story shorter may take, s. */
const shortPatience = 10;
/** Stories that may hang before the rest is not played any more. */
const mostHung = 3;

interface Tally {
  /** Stories that have names, random ones, and one that was given as text. */
  scenarios: number;
  seeds: number;
  given: number;
  /** Time that the random ones took, ms. */
  seedsMs: number;
  /** When the first of them began, ms. */
  seedsFromMs?: number;
  failures: Failure[];
  /** Stories that have not ended. */
  hung: number;
  /** What the random ones have met, where somebody wants to know. */
  sightings: Sightings | undefined;
}

export default defineBuiltin({
  summary: "Try to make the order engine order twice, lose a fill, or leave a position naked",
  description:
    "Plays stories in virtual time over the real store, engine and actor, on a venue of its own: the stories that have names, then random ones. Answers and events are lost, late, doubled and out of order, processes are killed between any two writes and start again; after each step everything is looked at. A story that fails is made shorter and printed so that one line repeats it. PLUGIN is `reference`, the lab's own broker, or a file or folder of yours with a lab.ts (docs/broker-lab.md). Exit code 1 when anything is violated.",
  examples: [
    "pyne broker lab reference",
    "pyne broker lab ./my-plugin --seeds 2000",
    "pyne broker lab reference --seeds 1000000 --jobs 2 --json",
    "pyne broker lab reference --seed 4711",
    "pyne broker lab reference --venue hedging --seeds 1000",
    "pyne broker lab reference --seeds 5000 --coverage",
    'pyne broker lab reference --steps "entry L long 1; sync; kill; restart; peace"',
    "pyne broker lab reference --list",
  ],
  args: {
    plugin: {
      type: "positional",
      required: true,
      valueHint: "PLUGIN",
      description: "`reference`, or where a lab.ts lies",
    },
    seeds: {
      type: "string",
      valueHint: "N",
      parse: whole(0),
      description: `Random stories; default ${defaultSeeds}`,
    },
    from: { type: "string", valueHint: "SEED", parse: whole(0), description: "The first of them; default 1" },
    jobs: {
      type: "string",
      valueHint: "N",
      parse: whole(1),
      description: "Processes that share the seeds; default 1",
    },
    venue: {
      type: "enum",
      options: [...accountModes],
      default: "netting",
      description:
        "What the random stories play on, and for a plugin of your own those that have names as well: how the account keeps positions",
    },
    seed: { type: "string", valueHint: "SEED", parse: whole(0), description: "Only this random story" },
    steps: {
      type: "string",
      valueHint: "STEPS",
      description: "Only this story, its steps between semicolons",
    },
    scenario: { type: "string", valueHint: "NAME", description: "Only the story of this name" },
    patience: {
      type: "string",
      valueHint: "SECONDS",
      parse: whole(1),
      description: `Longest real time without a sign of life while a story is played; default ${defaultPatience}`,
    },
    coverage: {
      type: "boolean",
      description:
        "Count what the random stories meet: requests and their fates, kills, states of the engine",
    },
    list: { type: "boolean", description: "Show the stories that have names, and where others are proven" },
    json: { type: "boolean", description: "One JSON object on stdout" },
  },
  async run({ app }, args) {
    if (args.list === true) return list(app, args.json === true);
    const only = [args.seed, args.steps, args.scenario].filter((one) => one !== undefined);
    if (only.length > 1)
      throw new UsageError("--seed, --steps and --scenario each name one story: give one of them");
    const part = app.env[partVariable];
    if (part !== undefined) return playPart(app, args, part === "bare");
    await supervise(app, args);
  },
});

/** What the command line says. */
interface LabArgs {
  readonly plugin: string;
  readonly venue: AccountMode;
  readonly seeds?: number | undefined;
  readonly from?: number | undefined;
  readonly jobs?: number | undefined;
  readonly seed?: number | undefined;
  readonly steps?: string | undefined;
  readonly scenario?: string | undefined;
  readonly patience?: number | undefined;
  readonly coverage?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** This process plays, and another one watches it. */
async function playPart(app: App, args: LabArgs, isBare: boolean): Promise<void> {
  const { plugin, venue, seed, steps, scenario, coverage } = args;
  const options: PartOptions = {
    makeStage: await stageOf(plugin),
    say: sayToWatcher,
    signal: app.signal,
  };
  if (steps !== undefined) await playText("steps", null, steps, isBare, options);
  else if (seed !== undefined)
    await playText(`seed ${seed}`, seed, stepsText(walk(seed, venue)), isBare, options);
  else if (scenario !== undefined) await playScenarios([named(scenario)], options);
  else {
    if (args.from === undefined)
      await playScenarios(plugin === "reference" ? scenarios() : scenariosFor(venue), options);
    const [from, count] = [args.from ?? 1, args.seeds ?? defaultSeeds];
    await playSeeds({ venue, from, count, isCounted: coverage === true }, options);
  }
  sayToWatcher({ over: true });
}

/** Other processes of this program play, and this one watches them. */
async function supervise(app: App, args: LabArgs): Promise<void> {
  const tally: Tally = {
    scenarios: 0,
    seeds: 0,
    given: 0,
    seedsMs: 0,
    failures: [],
    hung: 0,
    sightings: args.coverage === true ? new Sightings() : undefined,
  };
  const common = [args.plugin, "--venue", args.venue, ...(args.coverage === true ? ["--coverage"] : [])];
  const { seed, steps, scenario } = args;
  const startedMs = performance.now();
  const alone =
    steps !== undefined
      ? ["--steps", steps]
      : seed !== undefined
        ? ["--seed", String(seed)]
        : scenario !== undefined
          ? ["--scenario", scenario]
          : undefined;
  if (alone !== undefined) await watch(app, args, tally, [...common, ...alone]);
  else {
    const [from, count, jobs] = [args.from ?? 1, args.seeds ?? defaultSeeds, args.jobs ?? 1];
    if (args.from === undefined) {
      const named = await watch(app, args, tally, [...common, "--seeds", "0"]);
      if (named.kind === "failed") return;
    }
    const size = Math.ceil(count / jobs);
    await Promise.all(
      Array.from({ length: jobs }, (_, job) =>
        watchSeeds(app, args, tally, common, from + job * size, from + Math.min(count, (job + 1) * size)),
      ),
    );
  }
  app.out.endProgress();
  tally.seedsMs = performance.now() - (tally.seedsFromMs ?? startedMs);
  if (app.exitCode !== 0) return;
  report(app, args.plugin, tally, args.json === true);
}

/** Random stories up to a seed; after one that hangs those that follow it are played by another process. */
async function watchSeeds(
  app: App,
  args: LabArgs,
  tally: Tally,
  common: readonly string[],
  from: number,
  to: number,
): Promise<void> {
  for (let next: number | null = from; next !== null && next < to;) {
    const words = [...common, "--from", String(next), "--seeds", String(to - next)];
    const end = await watch(app, args, tally, words);
    next =
      end.kind === "hung" && end.story.seed !== null && tally.hung < mostHung ? end.story.seed + 1 : null;
  }
}

async function watch(app: App, args: LabArgs, tally: Tally, words: readonly string[]): Promise<PartEnd> {
  const patienceMs = (args.patience ?? defaultPatience) * 1000;
  const { signal } = app;
  const onOther = (line: string): void => app.out.note(line);
  const onWord = (word: PartWord): void => hear(app, tally, word);
  const end = await watchPart({ words, patienceMs, signal, onWord, onOther });
  if (end.kind === "failed") app.exitCode = end.exitCode;
  if (end.kind !== "hung") return end;
  tally.hung++;
  app.out.progress(`${end.story.name} does not end: looking where that is`);
  const found = await examine(end.story, (text, listen) =>
    watchPart({
      words: [args.plugin, "--venue", args.venue, "--steps", text],
      isBare: true,
      patienceMs: Math.min(patienceMs, shortPatience * 1000),
      signal,
      onWord: listen,
      onOther: () => {},
    }),
  );
  if (found !== null) tally.failures.push(found);
  return end;
}

function hear(app: App, tally: Tally, word: PartWord): void {
  if ("failure" in word) tally.failures.push(word.failure);
  if ("coverage" in word)
    for (const { what, times, stories } of word.coverage) tally.sightings?.add(what, times, stories);
  if (!("begins" in word)) return;
  const { kind, name } = word.begins;
  if (kind === "scenario") tally.scenarios++;
  else if (kind === "steps") tally.given++;
  else {
    tally.seedsFromMs ??= performance.now();
    tally.seeds++;
  }
  if (kind !== "seed" || tally.seeds % 20 === 0) app.out.progress(name);
}

function named(name: string): Scenario {
  const where = provenElsewhere.find((one) => one.name === name)?.where;
  // A name may go by another story.
  const found = scenarios().find((scenario) => scenario.name === (where ?? name));
  if (found !== undefined) return found;
  throw new UsageError(
    `there is no story ${name}${where === undefined ? "" : `: it is proven by ${where}`}`,
    {
      hint: "pyne broker lab reference --list shows them",
    },
  );
}

async function stageOf(plugin: string): Promise<StageMaker> {
  if (plugin === "reference") return referenceStage;
  const path = resolve(plugin);
  const file = existsSync(path) && statSync(path).isDirectory() ? join(path, "lab.ts") : path;
  if (!existsSync(file))
    throw new UsageError(`${plugin} is not the lab's own broker, and there is no file ${file}`, {
      hint: "docs/broker-lab.md says what a lab.ts is",
    });
  const maker = await loadLabBroker(file);
  return (open) => pluginStage(maker, open);
}

function report(app: App, plugin: string, tally: Tally, asJson: boolean): void {
  const { failures, seeds, seedsMs } = tally;
  const perMinute = seeds > 0 && seedsMs > 0 ? Math.round((seeds * 60_000) / seedsMs) : 0;
  if (failures.length > 0) app.exitCode = 1;
  if (asJson) {
    app.out.json({
      plugin,
      scenarios: tally.scenarios,
      seeds,
      seeds_per_minute: perMinute,
      violations: failures.length,
      failures,
      ...(tally.sightings === undefined ? {} : { coverage: tally.sightings.list() }),
    });
    return;
  }
  for (const { name, oracle, message, steps } of failures) {
    app.out.print(`${app.out.style.red(oracle)}  ${name}: ${message}`);
    app.out.print(`  pyne broker lab ${plugin} --steps "${steps}"`);
  }
  for (const { what, times, stories } of tally.sightings?.list() ?? [])
    app.out.print(`${String(times).padStart(9)} ${String(stories).padStart(8)}  ${what}`);
  const count = (value: number, one: string, many: string): string =>
    `${value.toLocaleString("en")} ${value === 1 ? one : many}`;
  const played = [
    tally.scenarios > 0 ? count(tally.scenarios, "named story", "named stories") : "",
    seeds > 0 ? count(seeds, "random story", "random stories") : "",
    tally.given > 0 ? count(tally.given, "story", "stories") : "",
  ].filter((one) => one !== "");
  const pace = perMinute > 0 ? ` (${perMinute.toLocaleString("en")} random ones a minute)` : "";
  const verdict =
    failures.length === 0
      ? app.out.style.green("nothing violated")
      : app.out.style.red(count(failures.length, "violation", "violations"));
  app.out.print(`${played.join(", ") || "no story"}${pace}: ${verdict}`);
}

function list(app: App, asJson: boolean): void {
  const all = scenarios();
  if (asJson) return app.out.json({ stories: all, elsewhere: provenElsewhere });
  for (const { name, proves, violates } of all)
    app.out.print(
      `${name}  ${app.out.style.dim(violates === undefined ? proves : `${proves}: ${violates}`)}`,
    );
  for (const { name, where } of provenElsewhere)
    app.out.print(`${name}  ${app.out.style.dim(`by ${where}`)}`);
}
