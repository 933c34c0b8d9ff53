import { availableParallelism } from "node:os";
import { extname, join, resolve } from "node:path";

import { tryLock } from "../../config/file-lock.ts";
import { HashMemory } from "../../data/hash-memory.ts";
import { placedFailure } from "../../host/pine-place.ts";
import { TryAgainLaterError } from "../../kernel/errors.ts";
import { parseInputOption } from "../../optimize/candidates.ts";
import { heatMapPage } from "../../optimize/heat-map.ts";
import { objectiveNames, objectives, type Scored } from "../../optimize/objective.ts";
import { resultsCsvLines } from "../../optimize/results-csv.ts";
import { SearchLog } from "../../optimize/search-log.ts";
import { writeLines } from "../../report/text-file.ts";
import { defineBuiltin } from "../command.ts";
import {
  ranked,
  setObject,
  topLines,
  walkForwardCsvLines,
  walkForwardLines,
  walkForwardObject,
} from "../optimize/report.ts";
import { runSearch } from "../optimize/run-search.ts";
import { positive, requestOf, whole } from "../optimize/request.ts";
import { prepareSearch } from "../optimize/search.ts";
import { walkForward } from "../optimize/windows.ts";
import { outputPath } from "../output-path.ts";
import { barWindow, windowArgs } from "../bar-window.ts";
import { loopLimit, prepareRun } from "../run-setup.ts";

export default defineBuiltin({
  summary: "Search for the inputs of a strategy",
  description:
    "Runs a strategy with every set of inputs, on all cores, and lists the best. An input is a range FROM..TO:STEP, values A,B,C, or both; its key is what the settings file beside the script calls it, and inputs that are not named keep their values there. --where rules sets out: numbers, texts, inputs, + - * / %, comparisons, and, or, not, abs, min, max. What was found is written down twice a second; after a kill --resume goes on. The result is the same whatever the number of cores. --walk-forward chooses by the past and judges by what came next: every set runs once over all bars, and windows look at their part of it.",
  examples: [
    "pyne optimize cross EURUSD_60 --input fast=5..50:5 --input slow=20..200:10",
    'pyne optimize cross EURUSD_60 -i fast=5..50 -i slow=20..200 --where "fast < slow" --objective sharpe',
    "pyne optimize cross EURUSD_60 -i fast=5..50 -i slow=20..200 --random 500 --seed 7 --heatmap",
    "pyne optimize cross EURUSD_60 -i fast=5..50:5 -i slow=20..200:20 --walk-forward 5 --min-trades 20",
  ],
  args: {
    script: { type: "positional", required: true, valueHint: "SCRIPT", description: "The strategy" },
    data: { type: "positional", required: true, valueHint: "DATA", description: "What to run it over" },
    input: {
      type: "string",
      alias: "i",
      multiple: true,
      valueHint: "KEY=VALUES",
      parse: parseInputOption,
      description: "An input and its values: fast=5..50:5, mode=a,b, stop=true,false",
    },
    where: {
      type: "string",
      multiple: true,
      valueHint: "CONDITION",
      description: "Sets to try: fast < slow",
    },
    objective: {
      type: "enum",
      alias: "o",
      options: [...objectiveNames],
      default: "net-profit",
      valueHint: "NAME",
      description: "What the best set has most of; of max-drawdown least",
    },
    minTrades: {
      type: "string",
      valueHint: "N",
      default: "1",
      parse: whole(0),
      description: "Sets with fewer closed trades come last",
    },
    random: {
      type: "string",
      valueHint: "N",
      parse: whole(1),
      description: "Draw N sets instead of all",
    },
    seed: {
      type: "string",
      valueHint: "S",
      default: "1",
      parse: whole(0),
      description: "Another number draws others",
    },
    walkForward: {
      type: "string",
      valueHint: "N",
      parse: whole(1),
      description: "Judge in N windows by bars that did not choose",
    },
    anchored: { type: "boolean", description: "Windows choose by all bars before; else by the last ones" },
    inSample: {
      type: "string",
      valueHint: "R",
      default: "3",
      parse: positive,
      description: "Bars that choose, as a multiple of those that judge",
    },
    ...windowArgs,
    jobs: {
      type: "string",
      alias: "j",
      valueHint: "N",
      parse: whole(1),
      description: "Cores to use; default: all",
    },
    output: {
      type: "string",
      valueHint: "FILE",
      description: "Where results go; default output/SCRIPT_optimize.csv",
    },
    order: {
      type: "enum",
      options: ["best", "grid"],
      default: "best",
      valueHint: "ORDER",
      description: "Order of the results file: the best first, or as tried",
    },
    top: {
      type: "string",
      valueHint: "N",
      default: "10",
      parse: whole(1),
      description: "Sets to print",
    },
    heatmap: {
      type: "string",
      valueHint: "FILE.html",
      bare: /\.html?$/i,
      description: "Write a heat map; default output/SCRIPT_heatmap.html",
    },
    resume: { type: "boolean", description: "Go on with an unfinished search" },
    restart: { type: "boolean", description: "Throw an unfinished search away" },
    json: { type: "boolean", description: "One JSON object on stdout" },
  },
  async run({ app }, values) {
    const window = barWindow(app, values);
    const request = requestOf(values, app.globals.yes);
    const objective = objectives[request.objective];
    const workdir = await app.requireWorkdir();
    const setup = await prepareRun(app, workdir, values, window);
    const loops = loopLimit(app).loopLimit;
    const hashes = new HashMemory(app.home.hashes);
    const search = await prepareSearch(setup, request, loops, hashes).catch((error: unknown) => {
      throw placedFailure(error, setup.codePath);
    });
    const { space, selection, splits } = search;
    const { sets } = selection;

    const named = values.output ?? `${setup.name}_optimize.csv`;
    const csvPath = outputPath(
      app,
      workdir,
      extname(named).toLowerCase() === ".csv" ? named : `${named}.csv`,
    );
    const stem = csvPath.slice(0, -4);
    const logPath = `${csvPath}.partial`;
    using lock = tryLock(join(workdir.locks, `optimize-${Bun.hash(resolve(logPath)).toString(36)}.lock`));
    if (lock === undefined)
      throw new TryAgainLaterError(`another search is writing ${logPath}`, {
        hint: "--output names another file",
      });
    const outcome = await runSearch(app, setup, search, {
      logPath,
      jobs: values.jobs ?? availableParallelism(),
      resume: values.resume === true,
      restart: values.restart === true,
    });
    const { results, isWhole, seconds, resumed } = outcome;

    const order = ranked(results, objective, values.minTrades);
    const inOrder = values.order === "best" ? order : order.toSorted((a, b) => a.ordinal - b.ordinal);
    const files: Record<string, string> = { results: csvPath };
    writeLines(
      csvPath,
      resultsCsvLines(
        space,
        sets,
        results,
        inOrder.map(({ ordinal }) => ordinal),
      ),
    );
    const counts = ({ value, closedTrades }: Scored): boolean =>
      !Number.isNaN(value) && closedTrades >= values.minTrades;
    const eligible = order.filter(counts);
    const test =
      splits.length === 0 || !isWhole
        ? undefined
        : walkForward(splits, {
            ...{ space, sets, results, objective, minTrades: values.minTrades },
            columns: setup.bars.columns,
          });
    if (test !== undefined) {
      files["windows"] = `${stem}_windows.csv`;
      writeLines(files["windows"], walkForwardCsvLines(test, setup.bars.columns, space));
    }
    const title = setup.script.declaration.title;
    if (values.heatmap !== undefined) {
      files["heat map"] = outputPath(app, workdir, values.heatmap || `${setup.name}_heatmap.html`);
      const points = eligible.map(({ ordinal, value }) => ({ set: sets[ordinal] ?? 0, value }));
      const notes = [
        `${setup.bars.symInfo.ticker}, ${setup.bars.timeframe}, ${count(setup.bars.columns.length)} bars`,
        `${count(points.length)} of ${count(sets.length)} sets`,
      ];
      writeLines(files["heat map"], [heatMapPage({ title, objective, space, points, notes }).trimEnd()]);
    }
    // Whatever comes after this point, the results are in the file.
    if (isWhole) SearchLog.remove(logPath);

    const best = order.slice(0, values.top).filter(({ value }) => !Number.isNaN(value));
    if (values.json === true) {
      const { from, to } = spanOf(setup.bars.columns.openTimeMs);
      app.out.json({
        script: title,
        data: setup.dataPath,
        data_hash: search.dataHash,
        ...{ bars: setup.bars.columns.length, from, to },
        objective: objective.name,
        min_trades: values.minTrades,
        reason: isWhole ? "completed" : "interrupted",
        sets: sets.length,
        ruled_out: selection.ruledOut,
        ...{ done: results.done, resumed, failed: results.failed, eligible: eligible.length, seconds, files },
        best: eligible[0] === undefined ? null : setObject(space, sets, results, eligible[0]),
        top: best.map((one) => setObject(space, sets, results, one)),
        ...(test === undefined ? {} : { walk_forward: walkForwardObject(test, setup.bars.columns) }),
      });
      return;
    }
    const rate = (results.done - resumed) / Math.max(seconds, 0.001);
    const facts: [string, string][] = [
      ["strategy", title],
      ["sets", `${count(results.done)} of ${count(sets.length)}${ruledOutText(selection.ruledOut)}`],
      ["time", `${seconds.toFixed(1)} s, ${rate.toFixed(rate < 10 ? 1 : 0)} sets/s`],
    ];
    if (results.failed > 0) facts.push(["failed", `${count(results.failed)}; the results file says why`]);
    for (const [name, text] of facts) app.out.print(`${name.padEnd(18)}${text}`);
    app.out.print();
    for (const line of topLines(space, sets, results, best, objective)) app.out.print(line);
    if (test !== undefined) {
      app.out.print();
      for (const line of walkForwardLines(test, setup.bars.columns, objective)) app.out.print(line);
    }
    app.out.print();
    for (const [kind, path] of Object.entries(files)) app.out.print(`${kind.padEnd(18)}${path}`);
    if (eligible.length === 0)
      app.out.warn(`no set has ${values.minTrades} closed trades: the list is of those with fewer`);
    if (!isWhole) app.out.note(`interrupted: --resume goes on from ${count(results.done)} sets`);
  },
});

const count = (value: number): string => value.toLocaleString("en");

function ruledOutText(ruledOut: number): string {
  return ruledOut === 0 ? "" : `, ${count(ruledOut)} ruled out`;
}

function spanOf(openTimeMs: Float64Array): { from: string; to: string } {
  const iso = (timeMs: number | undefined): string => new Date(timeMs ?? 0).toISOString();
  return { from: iso(openTimeMs[0]), to: iso(openTimeMs[openTimeMs.length - 1]) };
}
