import { statSync } from "node:fs";

import { findFile } from "../../../config/lookup.ts";
import { loadBars } from "../../../data/load.ts";
import { tradingCalendar } from "../../../kernel/calendar/calendar.ts";
import { RuntimeFailure } from "../../../kernel/errors.ts";
import type { SymInfo } from "../../../kernel/syminfo.ts";
import { parseTimeframe } from "../../../kernel/timeframe.ts";
import { defineBuiltin } from "../../command.ts";

export default defineBuiltin({
  summary: "Show what a data file holds",
  examples: ["pyne data info demo", "pyne data info EURUSD_60 --json"],
  args: {
    file: { type: "positional", required: true, valueHint: "FILE", description: "A data file" },
    json: { type: "boolean", description: "One JSON object on stdout" },
  },
  async run({ app }, { file, json }) {
    const workdir = await app.requireWorkdir();
    const path = findFile(file, workdir.data, app.cwd, [".ohlcv"]);
    if (path === undefined) {
      throw new RuntimeFailure(`there is no data file "${file}"`, {
        hint: `looked in ${workdir.data} and ${app.cwd}`,
      });
    }
    const { columns, symInfo, timeframe } = loadBars(path);
    const time = (index: number): string | null => {
      const ms = columns.openTimeMs[index];
      return ms === undefined ? null : new Date(ms).toISOString();
    };
    const facts = {
      file: path,
      symbol: `${symInfo.prefix}:${symInfo.ticker}`,
      description: symInfo.description,
      timeframe,
      from: time(0),
      to: time(columns.length - 1),
      bars: columns.length,
      missing: missingBars(columns.openTimeMs, symInfo, timeframe),
      extra_columns: [...columns.extra.keys()],
      size: statSync(path).size,
      timezone: symInfo.timezone,
      mintick: symInfo.mintick,
    };
    if (json === true) return app.out.json(facts);
    for (const [label, value] of Object.entries(facts)) {
      const text = Array.isArray(value) ? value.join(", ") || "none" : String(value ?? "-");
      app.out.print(`${label.replace("_", " ").padEnd(16)}${text}`);
    }
  },
});

/** How many bars of open market hours are not there between the first bar and the last. */
function missingBars(openTimeMs: Float64Array, symInfo: SymInfo, timeframe: string): number {
  const calendar = tradingCalendar(symInfo);
  const period = parseTimeframe(timeframe);
  let missing = 0;
  for (let index = 1; index < openTimeMs.length; index++) {
    const between = calendar.missingBetween(openTimeMs[index - 1] ?? 0, openTimeMs[index] ?? 0, period);
    for (const _openMs of between) missing++;
  }
  return missing;
}
