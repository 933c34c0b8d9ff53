import { decodeColumn } from "../wire/columns.ts";
import { barColumns, type Embedded, elementIds, tradeColumns } from "../wire/embedded.ts";
import type { Report } from "./report.ts";

/** Reads what the page carries. */
export async function readReport(): Promise<Report> {
  const head = JSON.parse(document.getElementById(elementIds.data)?.textContent ?? "{}") as Embedded;
  const bytes = await inflated(document.getElementById(elementIds.columns)?.textContent ?? "");
  let offset = 0;
  const tradesFrom = head.columns.length - (head.trades === 0 ? 0 : tradeColumns.length);
  const columns = head.columns.map(({ decimals, bytes: length }, index) => {
    offset += length;
    const count = index < tradesFrom ? head.bars : head.trades;
    return decodeColumn(bytes.subarray(offset - length, offset), decimals, count);
  });
  const bars = named(barColumns, columns, 0);
  const trades = named(tradeColumns, columns, tradesFrom);
  return { head, bars, columns, trades, localMs: localTimes(head, bars.openTimeMs) };
}

/** Columns by name, from an index on. */
function named<Name extends string>(
  names: readonly Name[],
  columns: readonly Float64Array[],
  from: number,
): Readonly<Record<Name, Float64Array>> {
  return Object.fromEntries(
    names.map((name, index) => [name, columns[from + index] ?? new Float64Array(0)]),
  ) as Record<Name, Float64Array>;
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
