/** The limit of reading: a file into memory, its fields into columns, as they are stored. */
import { readFileSync } from "node:fs";

const headerBytes = 208;
const recordBytes = 36;

/** Time, open, volume and the three distances of every record. */
export function readByHand(path: string): Float64Array[] {
  const bytes = readFileSync(path);
  const count = Math.floor((bytes.length - headerBytes) / recordBytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const columns = Array.from({ length: 6 }, () => new Float64Array(count));
  const [times, opens, highs, lows, closes, volumes] = columns as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let index = 0, at = headerBytes; index < count; index++, at += recordBytes) {
    times[index] = view.getUint32(at, true) + view.getInt32(at + 4, true) * 4_294_967_296;
    opens[index] = view.getFloat64(at + 8, true);
    highs[index] = view.getFloat32(at + 16, true);
    lows[index] = view.getFloat32(at + 20, true);
    closes[index] = view.getFloat32(at + 24, true);
    volumes[index] = view.getFloat64(at + 28, true);
  }
  return columns;
}
