import { statSync } from "node:fs";

import type { BarColumns } from "../../kernel/bar.ts";
import { isIntraday, type TradingCalendar, tradingCalendar } from "../../kernel/calendar/calendar.ts";
import { messageOf } from "../../kernel/errors.ts";
import type { SymInfo } from "../../kernel/syminfo.ts";
import { formatTimeframe, parseTimeframe, type Timeframe, timeframeSeconds } from "../../kernel/timeframe.ts";
import { readSource } from "../download/source.ts";
import { type Hole, holesOf } from "../holes.ts";
import { metadataBytes, type TickGrid } from "../ohlcv/layout.ts";
import { type OhlcvContent, readHeader, readOhlcv } from "../ohlcv/reader.ts";
import { readSidecar } from "../ohlcv/sidecar.ts";
import { readSymbolFile } from "../syminfo-toml.ts";
import { barFaults, denseFault } from "./faults.ts";
import { type CheckedProvenance, checkProvenance, venueHasNone } from "./provenance.ts";

/** A hole, and whether the venue is known to have nothing there. */
export interface CheckedHole extends Hole {
  readonly venueHasNone: boolean;
}

/** Everything that could be found out about a data file and what belongs to it. Times are epoch ms. */
export interface CheckReport {
  readonly path: string;
  readonly bars: number;
  /** TradingView notation; `undefined` when neither the file nor its symbol file says. */
  readonly timeframe: string | undefined;
  readonly firstMs: number | undefined;
  readonly lastMs: number | undefined;
  /** What is broken. Empty: the file is sound. */
  readonly faults: readonly string[];
  /** What somebody may want to know although nothing is broken. */
  readonly remarks: readonly string[];
  /** Missing bars of open market hours; without hours in the symbol file the market is always open. */
  readonly holes: readonly CheckedHole[];
  /** Provider string of the `[download]` table. */
  readonly provider: string | undefined;
  readonly provenance: CheckedProvenance | undefined;
}

/** Checks a data file with its symbol file, sidecar and provenance. Never throws for what is in them. */
export function checkFile(path: string): CheckReport {
  const faults: string[] = [];
  const remarks: string[] = [];
  const attempt = <Result>(action: () => Result): Result | undefined => {
    try {
      return action();
    } catch (error) {
      faults.push(messageOf(error));
      return undefined;
    }
  };
  const tomlPath = path.replace(/\.ohlcv$/i, ".toml");
  const symbolFile = attempt(() => readSymbolFile(tomlPath));
  const source =
    symbolFile === undefined ? undefined : attempt(() => readSource(symbolFile.download, tomlPath));
  const symInfo = symbolFile?.symInfo;
  const content = attempt(() => readOhlcv(path));
  if (content === undefined) {
    return {
      ...{ path, bars: 0, timeframe: symInfo?.period, firstMs: undefined, lastMs: undefined },
      ...{ faults, remarks, holes: [], provider: source?.provider, provenance: undefined },
    };
  }
  const { columns } = content;
  const timeframe = content.timeframe ?? (symInfo === undefined ? undefined : parseTimeframe(symInfo.period));
  faults.push(...barFaults(columns));
  if (content.dense && content.timeframe !== null) {
    const fault = denseFault(columns.openTimeMs, content.timeframe);
    if (fault !== undefined) faults.push(fault);
  }
  attempt(() => readSidecar(path, content.recordCount, content.firstIndex, columns.length));
  if (symInfo !== undefined) faults.push(...periodFaults(content, symInfo, tomlPath));
  remarks.push(...fileRemarks(path, content, symInfo));

  const provenance = checkProvenance(path, columns);
  let holes: CheckedHole[] = [];
  // Holes between bars that are out of order mean nothing.
  if (symInfo !== undefined && timeframe !== undefined && faults.length === 0) {
    const calendar = tradingCalendar(symInfo);
    holes = holesOf(columns.openTimeMs, calendar, timeframe).map((hole) => ({
      ...hole,
      venueHasNone: venueHasNone(hole, provenance),
    }));
    remarks.push(...closedMarketRemark(columns, calendar, timeframe));
  }
  return {
    path,
    bars: columns.length,
    timeframe: timeframe === undefined ? undefined : formatTimeframe(timeframe),
    firstMs: columns.openTimeMs[0],
    lastMs: columns.openTimeMs[columns.length - 1],
    faults,
    remarks,
    holes,
    provider: source?.provider,
    provenance,
  };
}

function periodFaults({ timeframe }: OhlcvContent, { period }: SymInfo, tomlPath: string): string[] {
  if (timeframe === null || timeframeSeconds(timeframe) === timeframeSeconds(parseTimeframe(period)))
    return [];
  return [`the bars are of ${formatTimeframe(timeframe)}, but ${tomlPath} says the period is ${period}`];
}

function fileRemarks(path: string, content: OhlcvContent, symInfo: SymInfo | undefined): string[] {
  if (content.version === 1) return ["it is of version 1, which can be read but not written"];
  const remarks: string[] = [];
  const { columns, recordSize, recordCount } = readHeader(path);
  const surplus = statSync(path).size - metadataBytes(columns.length) - recordSize * recordCount;
  if (surplus > 0)
    remarks.push(`${surplus} bytes of an interrupted write follow the bars; the next writer removes them`);
  if (symInfo !== undefined && !sameGrid(content.grid, symInfo)) {
    remarks.push(
      `its header has ticks of ${gridText(content.grid)}, its symbol file of ${gridText(symInfo)}: prices were stored for the former`,
    );
  }
  return remarks;
}

function sameGrid(file: TickGrid, symbol: TickGrid): boolean {
  return file.minmove === 0 || file.minmove * symbol.pricescale === symbol.minmove * file.pricescale;
}

function gridText({ minmove, pricescale }: TickGrid): string {
  return `${minmove}/${pricescale}`;
}

/** Many bars at closed hours mean that the hours in the symbol file are wrong. */
function closedMarketRemark(
  { length, openTimeMs }: Omit<BarColumns, "extra">,
  calendar: TradingCalendar,
  timeframe: Timeframe,
): string[] {
  if (!isIntraday(timeframe) || !calendar.hasSessions) return [];
  const stepMs = timeframeSeconds(timeframe) * 1000;
  let closed = 0;
  for (let index = 0; index < length; index++) {
    const timeMs = openTimeMs[index] ?? 0;
    if (!calendar.overlapsSession(timeMs, timeMs + stepMs)) closed++;
  }
  if (closed === 0) return [];
  return [
    `${closed.toLocaleString("en")} of ${length.toLocaleString("en")} bars lie outside the opening hours of the symbol file`,
  ];
}
