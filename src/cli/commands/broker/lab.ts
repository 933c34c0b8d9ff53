import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";

import { provenElsewhere } from "../../../broker/lab/scenarios/elsewhere.ts";
import { scenarios, scenariosFor } from "../../../broker/lab/scenarios/all.ts";
import type { Scenario } from "../../../broker/lab/scenarios/scenario.ts";
import { KeptStores } from "../../../broker/lab/kept-stores.ts";
import { NotationError, parseSteps, stepsText } from "../../../broker/lab/notation.ts";
import { pluginStage } from "../../../broker/lab/plugin-stage.ts";
import { referenceStage } from "../../../broker/lab/reference-stage.ts";
import { type Sighted, Sightings } from "../../../broker/lab/sightings.ts";
import { shrink } from "../../../broker/lab/shrink.ts";
import { type Outcome, play, type Stage } from "../../../broker/lab/story.ts";
import { type AccountMode, accountModes } from "../../../broker/lab/venue/model.ts";
import { walk } from "../../../broker/lab/walk.ts";
import { loadLabBroker } from "../../../host/lab-broker.ts";
import { selfCommand } from "../../../host/self.ts";
import { RuntimeFailure, UsageError } from "../../../kernel/errors.ts";
import type { App } from "../../app.ts";
import { defineBuiltin } from "../../command.ts";
import { whole } from "../../optimize/request.ts";

/** Seeds that are played when nobody says how many. */
const defaultSeeds = 200;

/** A story that went wrong. */
interface Failure {
  readonly name: string;
  readonly seed: number | null;
  readonly oracle: string;
  readonly message: string;
  readonly steps: string;
}

interface Tally {
  /** Stories that have names, random ones, and one that was given as text. */
  scenarios: number;
  seeds: number;
  given: number;
  /** Time that the random ones took, ms. */
  seedsMs: number;
  failures: Failure[];
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
    const makeStage = await stageOf(args.plugin);
    const stage = makeStage();
    const tally: Tally = {
      scenarios: 0,
      seeds: 0,
      given: 0,
      seedsMs: 0,
      failures: [],
      sightings: args.coverage === true ? new Sightings() : undefined,
    };
    if (args.steps !== undefined) await playOne(app, stage, tally, "steps", null, args.steps);
    else if (args.seed !== undefined)
      await playOne(
        app,
        stage,
        tally,
        `seed ${args.seed}`,
        args.seed,
        stepsText(walk(args.seed, args.venue)),
      );
    else if (args.scenario !== undefined) await playScenarios(app, stage, tally, [named(args.scenario)]);
    else {
      const [from, count, jobs] = [args.from ?? 1, args.seeds ?? defaultSeeds, args.jobs ?? 1];
      const { plugin, venue } = args;
      const isReference = plugin === "reference";
      if (args.from === undefined)
        await playScenarios(app, stage, tally, isReference ? scenarios() : scenariosFor(venue));
      const startedMs = performance.now();
      if (jobs === 1) await playSeeds(app, makeStage, tally, venue, from, count);
      else await share(app, { plugin, venue, from, count, jobs }, tally);
      tally.seedsMs = performance.now() - startedMs;
    }
    report(app, args.plugin, tally, args.json === true);
  },
});

function named(name: string): Scenario {
  const found = scenarios().find((scenario) => scenario.name === name);
  if (found !== undefined) return found;
  const where = provenElsewhere.find((one) => one.name === name)?.where;
  throw new UsageError(
    `there is no story ${name}${where === undefined ? "" : `: it is proven by ${where}`}`,
    {
      hint: "pyne broker lab reference --list shows them",
    },
  );
}

/** Makes a stage, on stores of some kind. */
type StageMaker = (open?: Stage["openStore"]) => Stage;

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

async function playScenarios(app: App, stage: Stage, tally: Tally, all: readonly Scenario[]): Promise<void> {
  for (const scenario of all) {
    app.signal.throwIfAborted();
    app.out.progress(`${tally.scenarios + 1}/${all.length}  ${scenario.name}`);
    const outcome = await play(parseSteps(scenario.story), stage);
    tally.scenarios++;
    const found = outcome.violation?.oracle;
    if (found === scenario.violates) continue;
    tally.failures.push({
      name: scenario.name,
      seed: null,
      oracle: found ?? "control",
      message:
        outcome.violation?.message ?? `nobody has seen the ${scenario.violates} that this story brings about`,
      steps: stepsText(parseSteps(scenario.story)),
    });
  }
  app.out.endProgress();
}

/** Many in a row are played on stores that stay open; one that fails is played again, and made shorter, on new ones. */
async function playSeeds(
  app: App,
  makeStage: StageMaker,
  tally: Tally,
  venue: AccountMode,
  from: number,
  count: number,
): Promise<void> {
  using stores = new KeptStores();
  const [stage, anew] = [makeStage(stores.open), makeStage()];
  for (let seed = from; seed < from + count; seed++) {
    app.signal.throwIfAborted();
    if (seed % 20 === 0) app.out.progress(`seed ${seed} of ${from + count - 1}`);
    const steps = walk(seed, venue);
    const outcome = await play(steps, stage, tally.sightings);
    tally.seeds++;
    if (outcome.violation === null) continue;
    const short = await shrink(steps, outcome, (candidate) => play(candidate, anew));
    tally.failures.push(failureOf(`seed ${seed}`, seed, short.outcome, stepsText(short.steps)));
  }
  app.out.endProgress();
}

async function playOne(
  app: App,
  stage: Stage,
  tally: Tally,
  name: string,
  seed: number | null,
  text: string,
): Promise<void> {
  try {
    const steps = parseSteps(text);
    const outcome = await play(steps, stage);
    if (seed === null) tally.given++;
    else tally.seeds++;
    if (outcome.violation === null) return;
    app.out.progress("making it shorter");
    const short = await shrink(steps, outcome, (candidate) => play(candidate, stage));
    app.out.endProgress();
    tally.failures.push(failureOf(name, seed, short.outcome, stepsText(short.steps)));
  } catch (error) {
    if (!(error instanceof NotationError) && !(error instanceof RangeError)) throw error;
    throw new UsageError(error.message, { hint: "docs/broker-lab.md lists the verbs" });
  }
}

function failureOf(name: string, seed: number | null, { violation }: Outcome, steps: string): Failure {
  return { name, seed, oracle: violation?.oracle ?? "", message: violation?.message ?? "", steps };
}

/** Stories that several processes play. */
interface Shared {
  readonly plugin: string;
  readonly venue: AccountMode;
  readonly from: number;
  readonly count: number;
  readonly jobs: number;
}

/** What one of them says. */
interface Part {
  readonly seeds: number;
  readonly failures: Failure[];
  readonly coverage?: readonly Sighted[];
}

/** Other processes of this program play a part each. */
async function share(app: App, { plugin, venue, from, count, jobs }: Shared, tally: Tally): Promise<void> {
  const size = Math.ceil(count / jobs);
  const parts = Array.from({ length: jobs }, (_, job) => ({
    first: from + job * size,
    seeds: Math.max(0, Math.min(size, count - job * size)),
  }));
  const results = await Promise.all(
    parts.map(async ({ first, seeds }) => {
      const words = ["broker", "lab", plugin, "--venue", venue, "--json"];
      if (tally.sightings !== undefined) words.push("--coverage");
      words.push("--from", String(first), "--seeds", String(seeds));
      const child = Bun.spawn([...selfCommand(), ...words], { stdout: "pipe", stderr: "inherit" });
      const abort = (): void => child.kill();
      app.signal.addEventListener("abort", abort, { once: true });
      const text = await new Response(child.stdout).text();
      await child.exited;
      app.signal.removeEventListener("abort", abort);
      app.signal.throwIfAborted();
      try {
        return JSON.parse(text) as Part;
      } catch {
        throw new RuntimeFailure(
          `the process for seeds ${first} to ${first + seeds - 1} has ended without a result`,
        );
      }
    }),
  );
  for (const { seeds, failures, coverage = [] } of results) {
    tally.seeds += seeds;
    tally.failures.push(...failures);
    for (const { what, times, stories } of coverage) tally.sightings?.add(what, times, stories);
  }
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
