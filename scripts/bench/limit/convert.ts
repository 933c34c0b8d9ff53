/**
 * The limit of importing: one exact kind of file, nothing checked, nothing reusable. `time,open,high,low,close,volume`
 * with epoch ms, prices of two decimals and whole volumes becomes records of 36 bytes, and hours of another file.
 */
import { readFileSync, writeFileSync } from "node:fs";

/** Bytes of header and column descriptions, left zero: the limit of the work, not of the format. */
const headerBytes = 208;
const recordBytes = 36;
const hourMs = 3_600_000;

/** Converts a file and aggregates it; returns how many records each has. */
export function convertByHand(csv: string, minutes: string, hours: string): [minutes: number, hours: number] {
  const bytes = readFileSync(csv);
  const rows = Math.ceil(bytes.length / 30);
  const [times, opens, highs, lows, closes, volumes] = Array.from(
    { length: 6 },
    () => new Float64Array(rows),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
  let at = bytes.indexOf(10) + 1;
  let count = 0;
  const number = (): number => {
    let value = 0;
    let scale = 1;
    let point = false;
    for (;;) {
      const byte = bytes[at++] ?? 10;
      if (byte === 46) point = true;
      else if (byte < 48) return value / scale;
      else {
        value = value * 10 + byte - 48;
        if (point) scale *= 10;
      }
    }
  };
  while (at < bytes.length) {
    times[count] = number();
    opens[count] = number();
    highs[count] = number();
    lows[count] = number();
    closes[count] = number();
    volumes[count] = number();
    count++;
  }
  writeFileSync(minutes, records(times, opens, highs, lows, closes, volumes, count));
  let hour = -1;
  for (let index = 0; index < count; index++) {
    const open = Math.floor((times[index] ?? 0) / hourMs) * hourMs;
    if (hour < 0 || times[hour] !== open) {
      hour++;
      times[hour] = open;
      opens[hour] = opens[index] ?? 0;
      highs[hour] = highs[index] ?? 0;
      lows[hour] = lows[index] ?? 0;
      volumes[hour] = volumes[index] ?? 0;
    } else {
      if ((highs[index] ?? 0) > (highs[hour] ?? 0)) highs[hour] = highs[index] ?? 0;
      if ((lows[index] ?? 0) < (lows[hour] ?? 0)) lows[hour] = lows[index] ?? 0;
      volumes[hour] = (volumes[hour] ?? 0) + (volumes[index] ?? 0);
    }
    closes[hour] = closes[index] ?? 0;
  }
  writeFileSync(hours, records(times, opens, highs, lows, closes, volumes, hour + 1));
  return [count, hour + 1];
}

function records(
  times: Float64Array,
  opens: Float64Array,
  highs: Float64Array,
  lows: Float64Array,
  closes: Float64Array,
  volumes: Float64Array,
  count: number,
): Uint8Array {
  const bytes = new Uint8Array(headerBytes + recordBytes * count);
  const view = new DataView(bytes.buffer);
  for (let index = 0, at = headerBytes; index < count; index++, at += recordBytes) {
    const time = times[index] ?? 0;
    const open = opens[index] ?? 0;
    const half = Math.floor(time / 4_294_967_296);
    view.setUint32(at, time - half * 4_294_967_296, true);
    view.setInt32(at + 4, half, true);
    view.setFloat64(at + 8, open, true);
    view.setFloat32(at + 16, (highs[index] ?? 0) - open, true);
    view.setFloat32(at + 20, (lows[index] ?? 0) - open, true);
    view.setFloat32(at + 24, (closes[index] ?? 0) - open, true);
    view.setFloat64(at + 28, volumes[index] ?? 0, true);
  }
  return bytes;
}
