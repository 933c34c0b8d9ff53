import { closeSync, openSync, readSync } from "node:fs";

/** Bytes of one piece; a longer line makes its piece longer. */
const pieceBytes = 1 << 20;

/**
 * A text file in pieces of whole lines, so that a large one is never in memory as a whole. A piece is only valid until
 * the next one.
 */
export function* wholeLines(path: string): Generator<Buffer> {
  const descriptor = openSync(path, "r");
  try {
    let buffer = Buffer.allocUnsafe(pieceBytes);
    let kept = 0;
    for (;;) {
      if (kept === buffer.length) buffer = Buffer.concat([buffer], buffer.length * 2);
      const count = readSync(descriptor, buffer, kept, buffer.length - kept, null);
      if (count === 0) break;
      const filled = kept + count;
      const end = buffer.subarray(0, filled).lastIndexOf(10) + 1;
      if (end > 0) yield buffer.subarray(0, end);
      buffer.copyWithin(0, end, filled);
      kept = filled - end;
    }
    if (kept > 0) yield buffer.subarray(0, kept);
  } finally {
    closeSync(descriptor);
  }
}
