import { decodeColumn } from "../wire/columns.ts";
import { barColumns, type Embedded, elementIds, tradeColumns } from "../wire/embedded.ts";
import type { Report } from "./report.ts";

/** Reads what the page carries. */
export async function readReport(): Promise<Report> {
  const head = JSON.parse(document.getElementById(elementIds.data)?.textContent ?? "{}") as Embedded;
  const bytes = await inflated(document.getElementById(elementIds.columns)?.textContent ?? "");
  let offset = 0;
  let column = 0;
  const next = (count: number): Float64Array => {
    const { decimals, bytes: length } = head.columns[column++] ?? { decimals: 0, bytes: 0 };
    offset += length;
    return decodeColumn(bytes.subarray(offset - length, offset), decimals, count);
  };
  const bars = named(barColumns, () => next(head.bars));
  const plots = head.plots.map(() => next(head.bars));
  const trades = named(tradeColumns, () => (head.trades === 0 ? new Float64Array(0) : next(head.trades)));
  return { head, bars, plots, trades, localMs: localTimes(head, bars.openTimeMs) };
}

function named<Name extends string>(
  names: readonly Name[],
  column: () => Float64Array,
): Readonly<Record<Name, Float64Array>> {
  return Object.fromEntries(names.map((name) => [name, column()])) as Record<Name, Float64Array>;
}

async function inflated(base64: string): Promise<Uint8Array> {
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function localTimes(head: Embedded, openTimeMs: Float64Array): Float64Array {
  const local = new Float64Array(openTimeMs.length);
  for (const [index, [from, offset]] of head.offsets.entries()) {
    const to = head.offsets[index + 1]?.[0] ?? openTimeMs.length;
    for (let bar = from; bar < to; bar++) local[bar] = (openTimeMs[bar] ?? 0) + offset;
  }
  return local;
}
