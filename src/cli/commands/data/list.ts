import { type DataFileSummary, summarise } from "../../../data/inventory.ts";
import { defineBuiltin } from "../../command.ts";
import { selectDataFiles } from "../../data-selection.ts";
import { tableLines } from "../../table.ts";
import { utcIso, utcMinute } from "../../time-text.ts";
import { grouped } from "../../../kernel/counted.ts";
import { bytesText } from "../../bytes-text.ts";

export default defineBuiltin({
  summary: "Show the data files there are",
  description:
    "One line for each: what it covers, and how many bars of open market hours are missing. PATTERN is a glob over names. A damaged file says so and stops nothing; pyne data check looks closer.",
  examples: ["pyne data list", "pyne data list 'ccxt_*_60'", "pyne data list --json"],
  args: {
    pattern: {
      type: "positional",
      required: false,
      multiple: true,
      valueHint: "PATTERN",
      description: "Which files; default: all",
    },
    json: { type: "boolean", description: "One JSON object on stdout" },
  },
  async run({ app, positionals }, { json }) {
    const workdir = await app.requireWorkdir();
    const { files, unmatched } = selectDataFiles(workdir.data, app.cwd, positionals);
    const summaries = files.flatMap(({ folder, name }) => summarise(folder, name) ?? []);
    if (json === true) return app.out.json({ folder: workdir.data, files: summaries.map(summaryObject) });
    for (const pattern of unmatched) app.out.warn(`no data file in ${workdir.data} matches "${pattern}"`);
    if (summaries.length === 0) {
      if (unmatched.length === 0) app.out.note(`there are no data files in ${workdir.data}`);
      return;
    }
    const { style } = app.out;
    const [head = "", ...lines] = tableLines(
      [
        ["name", "symbol", "tf", "from", "to", "bars", "missing", "size", "provider", "updated"],
        ...summaries.map(cells),
      ],
      [5, 6, 7],
    );
    app.out.print(style.bold(head));
    for (const [index, line] of lines.entries()) {
      const problem = summaries[index]?.problem;
      app.out.print(problem === undefined ? line : `${line}  ${style.red(problem)}`);
    }
  },
});

function cells(file: DataFileSummary): string[] {
  const number = (value: number | undefined): string => (value === undefined ? "-" : grouped(value));
  return [
    file.name,
    file.symbol ?? "-",
    file.timeframe ?? "-",
    utcMinute(file.firstMs),
    utcMinute(file.lastMs),
    file.firstMs === undefined && file.problem !== undefined ? "-" : number(file.bars),
    file.missing === undefined || file.missing === 0
      ? number(file.missing)
      : `${number(file.missing)} in ${number(file.holes)}`,
    bytesText(file.size),
    file.provider ?? "-",
    utcMinute(Math.floor(file.updatedMs / 60_000) * 60_000),
  ];
}

function summaryObject(file: DataFileSummary): object {
  return {
    name: file.name,
    file: file.path,
    symbol: file.symbol ?? null,
    timeframe: file.timeframe ?? null,
    from: utcIso(file.firstMs),
    to: utcIso(file.lastMs),
    bars: file.bars,
    holes: file.holes ?? null,
    missing: file.missing ?? null,
    size: file.size,
    provider: file.provider ?? null,
    updated: utcIso(file.updatedMs),
    problem: file.problem ?? null,
  };
}
