import { decodeWasm } from "./decode-wasm.ts";

/** A loop over one column of a piece: from an address in the records, to that of a column of doubles. */
type Read = (from: number, end: number, step: number, to: number) => void;

/** The loops of `decode.wat`, which says what each of them does. */
export interface DecodeKernels {
  readonly memory: WebAssembly.Memory;
  readonly times: Read;
  readonly doubles: Read;
  readonly floats: Read;
  readonly snap: (at: number, end: number, minmove: number, pricescale: number) => void;
  readonly resolve: (at: number, end: number, opens: number, minmove: number, pricescale: number) => void;
}

let made: DecodeKernels | undefined;

/** One instance serves every file: taking a piece apart does not wait for anything. */
export function decodeKernels(): DecodeKernels {
  if (made === undefined) {
    const module = new WebAssembly.Module(Buffer.from(decodeWasm, "base64"));
    made = new WebAssembly.Instance(module).exports as unknown as DecodeKernels;
  }
  return made;
}
