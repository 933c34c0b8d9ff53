import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";

import { placedFailure } from "../../host/pine-place.ts";
import { type ExitCode, messageOf, PyneError, UsageError } from "../../kernel/errors.ts";
import { zoneOf } from "../../kernel/zone.ts";
import type { RunObserver } from "../../runtime/observer.ts";
import { type RunResult, runScript } from "../../runtime/run.ts";
import { BarPlaces } from "../../verify/bar-places.ts";
import { firstDivergence } from "../../verify/divergence.ts";
import { TradeListError } from "../../verify/errors.ts";
import { gradeTrades } from "../../verify/grade.ts";
import { tradesOfRun } from "../../verify/placed.ts";
import { fitTimes } from "../../verify/time-fit.ts";
import type { ListedTrade } from "../../verify/listed-trade.ts";
import { readTradeList } from "../../verify/trade-list.ts";
import type { App } from "../app.ts";
import { defineBuiltin } from "../command.ts";
import { barWindow, windowArgs } from "../bar-window.ts";
import { loopLimit, prepareRun, type RunSetup, setupOptions } from "../run-setup.ts";
import { scriptMessages } from "../script-messages.ts";
import { barsAround, type OrderNote, verifyHints, verifyLines, verifyObject } from "../verify-report.ts";

export default defineBuiltin({
  summary: "Compare a strategy's trades with TradingView's",
  description:
    "TRADES is the \"List of trades\" that TradingView's Strategy Tester exports as CSV, in any language, newest or oldest first; a file of pyne's own does as well. The time zone is found by itself. excellent: equally many trades, and 99 % of them agree on side, entry bar, exit bar, and both prices within 0.01 %; strong: 95 % of the longer list agree; moderate: 70 %; weak: fewer. Trades that are missing or too many are said, and the rest is still compared. The exit code is 0 for excellent, 1 below, 2 when there is nothing to grade.",
  examples: [
    "pyne verify ma-cross EURUSD_60 ./trades.csv",
    "pyne verify ma-cross EURUSD_60 ./trades.csv --from 2024-01-01 --json",
    "pyne verify ma-cross EURUSD_60 ./trades.csv --timezone Europe/Berlin",
  ],
  args: {
    script: { type: "positional", required: true, valueHint: "SCRIPT", description: "The strategy" },
    data: { type: "positional", required: true, valueHint: "DATA", description: "The chart's bars" },
    trades: { type: "positional", required: true, valueHint: "TRADES", description: "The exported list" },
    ...windowArgs,
    timezone: {
      type: "string",
      valueHint: "ZONE",
      description: "The zone of the list's times; default: found",
    },
    json: { type: "boolean", description: "One JSON object on stdout" },
  },
  async run({ app }, values) {
    const window = barWindow(app, values);
    if (values.timezone !== undefined && zoneOf(values.timezone) === undefined) {
      throw new UsageError(`the time zone "${values.timezone}" is not known`, {
        hint: "IANA names (Europe/Paris) or offsets (UTC+5:30)",
      });
    }
    const list = readList(resolve(app.cwd, values.trades));
    const workdir = await app.requireWorkdir();
    const setup = await ungraded(prepareRun(app, workdir, values, window));
    if (setup.script.declaration.kind !== "strategy") {
      throw new UsageError(`${setup.name} is an indicator: it makes no trades to compare`);
    }
    const result = await ungraded(run(app, setup));
    const { bars } = setup;
    const ours = tradesOfRun(result);
    const exchangeZone = bars.symInfo.timezone;
    const places = new BarPlaces(bars.columns, bars.timeframe, bars.symInfo);
    const fit = fitTimes(list, places, ours, exchangeZone, values.timezone);
    const { zone, tradedShare, trades: listed } = fit;
    const verdict = gradeTrades(listed, ours, result.bars - 1);
    if (verdict.listedCount === 0) {
      throw new TradeListError(
        verdict.outside.length > 0
          ? `none of the ${verdict.outside.length} listed trades lie within the data`
          : "the list holds no closed trade",
        { hint: "pyne data info shows which bars there are" },
      );
    }
    const divergence = firstDivergence(verdict);
    const orders = divergence === undefined ? [] : await ordersNear(app, setup, divergence.bar);
    const report = { verdict, zone, exchangeZone, tradedShare, listed, ours, result, divergence, orders };
    if (values.json === true) app.out.json(verifyObject(report));
    else {
      for (const line of verifyLines(report)) app.out.print(line);
      for (const hint of verifyHints(report)) app.out.note(`hint: ${hint}`);
    }
    if (verdict.grade !== "excellent") app.exitCode = 1;
  },
});

/** A script or data that cannot be run leaves nothing to grade: 1 would say that the lists differ. */
class NothingToGrade extends PyneError {
  override readonly code = "NOTHING_TO_GRADE";
  override readonly exitCode: ExitCode = 2;
}

async function ungraded<Value>(work: Promise<Value>): Promise<Value> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof PyneError)) throw new NothingToGrade(messageOf(error), { cause: error });
    if (error.exitCode !== 1) throw error;
    throw new NothingToGrade(error.message, { hint: error.hint, cause: error });
  }
}

function readList(path: string): ListedTrade[] {
  if (!existsSync(path)) throw new TradeListError(`there is no file ${path}`);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new TradeListError(`${path} cannot be read: ${messageOf(error)}`, { cause: error });
  }
  try {
    return readTradeList(text);
  } catch (error) {
    if (!(error instanceof TradeListError)) throw error;
    throw new TradeListError(`${path}: ${error.message}`, { hint: error.hint, cause: error });
  }
}

/** The run itself; the script's messages are heard the first time only. */
async function run(app: App, setup: RunSetup, observer?: RunObserver): Promise<RunResult> {
  const { bars } = setup;
  const result = await runScript(setup.script, {
    ...setupOptions(setup),
    signal: app.signal,
    ...loopLimit(app),
    ...(observer === undefined
      ? {
          messages: scriptMessages(app.out, (bar) => bars.columns.openTimeMs[bar]!, bars.symInfo.timezone),
          onWarning: (message: string) => app.out.warn(message),
        }
      : { observer }),
  }).catch((error: unknown) => {
    throw placedFailure(error, setup.codePath);
  });
  if (result.reason === "interrupted") throw new NothingToGrade("interrupted");
  return result;
}

/** What our orders did around a bar. The run is repeated: nobody keeps all orders of a million bars. */
async function ordersNear(app: App, setup: RunSetup, bar: number): Promise<OrderNote[]> {
  const notes: OrderNote[] = [];
  const observer: RunObserver = {
    onOrderEvent({ kind, orderId, fromEntry, side, quantity, price }, at) {
      if (at < bar - barsAround.before || at > bar + barsAround.after) return;
      const from = fromEntry === undefined ? "" : ` from "${fromEntry}"`;
      const where = price === undefined ? "" : ` at ${price}`;
      notes.push({ bar: at, text: `${kind} ${side} ${quantity} "${orderId}"${from}${where}` });
    },
  };
  await run(app, setup, observer);
  return notes;
}
