/** Reads a truth case: its bars as columns, its symbol, and what must come out. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { parseBars } from "../../src/data/import/bars.ts";
import { parseDelimited } from "../../src/kernel/delimited.ts";
import { readTime } from "../../src/kernel/timestamps.ts";
import { readSymbolFile } from "../../src/data/syminfo-toml.ts";

interface Tolerance {
  readonly rtol: number;
  readonly atol: number;
}

interface CaseFile extends Tolerance {
  readonly columns: readonly string[];
  readonly tolerances?: Readonly<Record<string, Tolerance>>;
}

export const truth = join(import.meta.dir, "truth");

/** Bars, symbol and expectations of a case. */
export function readCase(name: string) {
  const folder = join(truth, name);
  const definition = JSON.parse(readFileSync(join(folder, "case.json"), "utf8")) as CaseFile;
  const { symInfo } = readSymbolFile(join(folder, "syminfo.toml"));
  const { columns } = parseBars(readFileSync(join(folder, "data.csv"), "utf8"), "csv", symInfo.timezone);
  const [header = [], ...rows] = parseDelimited(readFileSync(join(folder, "expected.csv"), "utf8"), ",");
  return { definition, symInfo, columns, header, rows };
}

/** A number as the files write it; na is empty. */
export function numberOf(cell: string): number {
  return cell === "" || /^(na|nan|none|null)$/i.test(cell) ? Number.NaN : Number(cell);
}

/** Epoch ms of a time in a result file. */
export function timeOf(cell: string): number {
  return readTime(cell, "UTC").timeMs;
}

/** Whether two numbers agree within a case's tolerance for a column. */
export function agrees(definition: CaseFile, column: string, actual: number, expected: number): boolean {
  if (Number.isNaN(expected) || Number.isNaN(actual)) return Number.isNaN(expected) && Number.isNaN(actual);
  const { rtol, atol } = definition.tolerances?.[column] ?? definition;
  const difference = Math.abs(actual - expected);
  return difference <= atol || difference <= rtol * Math.max(Math.abs(actual), Math.abs(expected));
}
