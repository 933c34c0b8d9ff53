import type { App } from "../app.ts";
import { loopLimit, type RunSetup } from "../run-setup.ts";
import { dataNeeds, needsLines } from "./list-data.ts";

/** `pyne run --list-data`: prints what a script asks for. */
export async function listData(app: App, setup: RunSetup, asJson: boolean): Promise<void> {
  const { bars, user, feeds } = setup;
  const symbol = `${bars.symInfo.prefix}:${bars.symInfo.ticker}`;
  const options = {
    columns: bars.columns,
    symInfo: bars.symInfo,
    timeframe: bars.timeframe,
    inputs: user.inputs,
    settings: user.settings,
    signal: app.signal,
    ...loopLimit(app),
  };
  const needs = await dataNeeds(setup.script, options, feeds, symbol);
  const chart = { symbol, timeframe: bars.timeframe, file: setup.dataPath };
  if (asJson) {
    const { sameSymbol, crossSymbol, dynamic, failure } = needs;
    return app.out.json({ chart, same_symbol: sameSymbol, cross_symbol: crossSymbol, dynamic, failure });
  }
  for (const line of needsLines(chart, needs)) app.out.print(line);
  if (needs.failure !== null) app.out.note(`the script ended early, and may need more: ${needs.failure}`);
}
