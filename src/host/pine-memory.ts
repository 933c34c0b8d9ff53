import { readFileSync } from "node:fs";
import { join } from "node:path";

import { keepNote } from "../config/note.ts";

/**
 * What scripts became when they were compiled: the hash of the code by the hash of the text. It lies in the user's own
 * folder, so that code in the cache of a workdir that came from elsewhere is run only when it is what this user's
 * compiler made of the script. Disposable: what is missing or torn is compiled again.
 */
export class PineMemory {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The hash of the code that a text became, if it was compiled before. */
  codeOf(textHash: string): string | undefined {
    try {
      const hash = readFileSync(join(this.#folder, textHash), "utf8");
      return /^[0-9a-f]{64}$/.test(hash) ? hash : undefined;
    } catch {
      return undefined;
    }
  }

  /** Remembers it. */
  remember(textHash: string, codeHash: string): void {
    keepNote(this.#folder, textHash, codeHash);
  }
}

/** SHA-256, hexadecimal. */
export function sha256(text: string): string {
  return new Bun.CryptoHasher("sha256").update(text).digest("hex");
}
