import { extname } from "node:path";

import { type Converted, convertFile } from "../../../data/import/convert.ts";
import { withDataFile } from "../../../data/file-lock.ts";
import { requireFile } from "../../../config/lookup.ts";
import { UsageError } from "../../../kernel/errors.ts";
import { zoneOf } from "../../../kernel/zone.ts";
import { defineBuiltin } from "../../command.ts";
import { counted } from "../../../kernel/counted.ts";

export default defineBuiltin({
  summary: "Turn a CSV, TXT or JSON file into a data file",
  description:
    "Writes FILE.ohlcv and FILE.toml beside the source. Columns are found by name: a time, open, high, low, close and volume; further columns are kept. A symbol file that exists is yours and is kept; a new one is made of guesses: symbol, type, tick, zone and trading hours.",
  examples: [
    "pyne data convert-from EURUSD_60.csv",
    "pyne data convert-from ./bars.txt --symbol EURUSD --timezone US/Eastern",
  ],
  args: {
    file: { type: "positional", required: true, valueHint: "FILE", description: "The file to convert" },
    provider: {
      type: "string",
      alias: "p",
      valueHint: "NAME",
      description: "Where it is from; default: by its name",
    },
    symbol: {
      type: "string",
      alias: "s",
      valueHint: "SYMBOL",
      description: "What it is; default: by its name",
    },
    timezone: {
      type: "string",
      alias: "z",
      valueHint: "ZONE",
      parse: knownZone,
      description: "Zone of times without one; default UTC",
    },
    json: { type: "boolean", description: "One JSON object on stdout" },
  },
  async run({ app }, { file, provider, symbol, timezone, json }) {
    const workdir = await app.requireWorkdir();
    const path = requireFile("file", file, workdir.data, app.cwd, [".csv", ".txt", ".json"]);
    const target = `${path.slice(0, path.length - extname(path).length)}.ohlcv`;
    const lock = { folder: workdir.locks, waitMs: app.canAsk ? 60_000 : 0 };
    const convert = async (): Promise<Converted> =>
      convertFile(path, { provider, symbol, timezone, replaceDownloaded: app.globals.yes });
    const converted = await withDataFile(lock, target, convert, { signal: app.signal });
    const { symInfo, bars, ohlcvPath, tomlPath } = converted;
    if (json === true) {
      app.out.json({
        bars,
        symbol: symInfo.ticker,
        timeframe: symInfo.period,
        data: ohlcvPath,
        symbol_file: tomlPath,
      });
      return;
    }
    app.out.print(`${counted(bars, "bar")} of ${symInfo.ticker}, ${symInfo.period}: ${ohlcvPath}`);
    if (converted.guessed)
      app.out.note(`the symbol is described in ${tomlPath}; correct it where it guessed wrong`);
  },
});

function knownZone(text: string): string {
  if (zoneOf(text) !== undefined) return text;
  throw new UsageError(`the time zone "${text}" is not known`, {
    hint: "IANA names (Europe/Paris) or offsets (UTC+5:30)",
  });
}
