import { statSync } from "node:fs";

import { requireFile } from "../../../config/lookup.ts";
import { checkProvenance } from "../../../data/check/provenance.ts";
import { contentHash } from "../../../data/content-hash.ts";
import { readSource } from "../../../data/download/source.ts";
import { holesOf, missingBars } from "../../../data/holes.ts";
import { loadBars } from "../../../data/load.ts";
import type { SourceRange } from "../../../data/provenance-ranges.ts";
import { readSymbolFile } from "../../../data/syminfo-toml.ts";
import { tradingCalendar } from "../../../kernel/calendar/calendar.ts";
import { grouped } from "../../../kernel/counted.ts";
import { parseTimeframe } from "../../../kernel/timeframe.ts";
import { bytesText } from "../../bytes-text.ts";
import { defineBuiltin } from "../../command.ts";
import { hoursText } from "../../hours-text.ts";
import { utcIso, utcMinute } from "../../time-text.ts";

export default defineBuiltin({
  summary: "Show what a data file holds",
  description:
    "missing counts the bars of open market hours that are not there; hash is that of the bars, however they are encoded: two files with the same one hold the same bars.",
  examples: ["pyne data info demo", "pyne data info EURUSD_60 --json"],
  args: {
    file: { type: "positional", required: true, valueHint: "FILE", description: "A data file" },
    json: { type: "boolean", description: "One JSON object on stdout" },
  },
  async run({ app }, { file, json }) {
    const workdir = await app.requireWorkdir();
    const path = requireFile("data file", file, workdir.data, app.cwd, [".ohlcv"]);
    const facts = factsOf(path);
    if (json === true) return app.out.json(facts);
    const shown = {
      ...facts,
      from: minute(facts.from),
      to: minute(facts.to),
      bars: grouped(facts.bars),
      missing: grouped(facts.missing),
      holes: grouped(facts.holes),
      size: bytesText(facts.size),
    };
    for (const [label, value] of Object.entries(shown)) {
      const text = Array.isArray(value) ? value.join(", ") || "none" : String(value ?? "-");
      app.out.print(`${label.replaceAll("_", " ").padEnd(16)}${text}`);
    }
  },
});

/** A time of the facts as the other commands show times. */
function minute(iso: string | null): string {
  return iso === null ? "-" : `${utcMinute(Date.parse(iso))} UTC`;
}

function factsOf(path: string) {
  const { columns, symInfo, timeframe, grid } = loadBars(path);
  const tomlPath = path.replace(/\.ohlcv$/i, ".toml");
  const holes = holesOf(columns.openTimeMs, tradingCalendar(symInfo), parseTimeframe(timeframe));
  const provenance = checkProvenance(path, columns);
  return {
    file: path,
    symbol: `${symInfo.prefix}:${symInfo.ticker}`,
    description: symInfo.description,
    timeframe,
    from: utcIso(columns.openTimeMs[0]),
    to: utcIso(columns.openTimeMs[columns.length - 1]),
    bars: columns.length,
    missing: missingBars(holes),
    holes: holes.length,
    extra_columns: [...columns.extra.keys()],
    size: statSync(path).size,
    provider: readSource(readSymbolFile(tomlPath).download, tomlPath)?.provider ?? null,
    sources: sourcesOf(provenance?.ranges ?? []),
    changed_months: provenance?.changedMonths ?? [],
    hash: columns.length === 0 ? null : contentHash(columns),
    tick_grid: grid.minmove === 0 ? null : `${grid.minmove}/${grid.pricescale}`,
    mintick: symInfo.mintick,
    type: symInfo.type,
    timezone: symInfo.timezone,
    hours: hoursText(symInfo.openingHours),
  };
}

/** Where the bars came from, each source once, the first stretch first. */
function sourcesOf(ranges: readonly SourceRange[]): string[] {
  return [...new Set(ranges.map(({ source }) => source))];
}
