import { formatFloat } from "../kernel/float.ts";
import { rowsWasm } from "./rows-wasm.ts";

/** What `rows.wat` does, in one memory that everybody shares: who has called takes the bytes away at once. */
export interface RowKernels {
  readonly memory: WebAssembly.Memory;
  /** Writes a number as `formatFloat` prints it; returns the address behind it. */
  readonly float: (at: number, value: number) => number;
  /** Writes rows: times and columns are addresses, columns of so many rows lie one behind another. */
  readonly rows: (at: number, times: number, columns: number, rows: number, count: number) => number;
}

/** Bytes that one number takes at most, with what is written behind its end for a moment. */
export const floatRoom = 32;
/** Bytes that an instant and its comma take. */
export const instantRoom = 26;
/** Where there is room: the tables end before it. */
export const freeFrom = 512;

let made: RowKernels | undefined;

/** The one instance. */
export function rowKernels(): RowKernels {
  return (made ??= instantiate());
}

function instantiate(): RowKernels {
  let bytes: Uint8Array;
  const host = {
    text(at: number, value: number): number {
      const text = formatFloat(value);
      for (let index = 0; index < text.length; index++) bytes[at + index] = text.charCodeAt(index);
      return at + text.length;
    },
  };
  const module = new WebAssembly.Module(Buffer.from(rowsWasm, "base64"));
  const exported = new WebAssembly.Instance(module, { host }).exports as unknown as RowKernels & {
    readonly tens: WebAssembly.Global;
    readonly places: WebAssembly.Global;
  };
  bytes = new Uint8Array(exported.memory.buffer);
  const tens = Float64Array.from({ length: 27 }, (_, index) => Number(`1e${index - 4}`));
  bytes.set(new Uint8Array(tens.buffer), exported.tens.value as number);
  const places = Uint8Array.from(
    { length: 44 },
    (_, index) => 16 - Math.floor(Math.log10(2 ** (index - 14))),
  );
  bytes.set(places, exported.places.value as number);
  return exported;
}
