/** What a person does at the keyboard, decoded from the bytes a terminal sends. Pure but for its own buffer. */

/** A key that writes nothing. */
export type KeyName =
  | "up"
  | "down"
  | "left"
  | "right"
  | "page-up"
  | "page-down"
  | "home"
  | "end"
  | "tab"
  | "shift-tab"
  | "enter"
  | "escape"
  | "backspace"
  | "interrupt"
  | "suspend"
  | "redraw";

/** One key, one typed character, or one paste. A paste is text and nothing else, whatever it contains. */
export type Input =
  | { readonly type: "key"; readonly key: KeyName }
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "paste"; readonly text: string };

/** An escape byte that nothing follows for this long is the Esc key, ms. */
export const escapeDelayMs = 50;

/** Longest paste that is taken, characters; the rest of it is dropped. */
const longestPaste = 4096;
/** Longest escape sequence that is waited for; longer ones are no keys. */
const longestSequence = 32;

const controls: Readonly<Record<string, KeyName>> = {
  "\r": "enter",
  "\n": "enter",
  "\t": "tab",
  "\b": "backspace",
  "\u007f": "backspace",
  "\u0003": "interrupt",
  "\u000c": "redraw",
  "\u001a": "suspend",
};

/** Final letters of `ESC [ ... X` and `ESC O X`, whatever modifiers stand before them. */
const letters: Readonly<Record<string, KeyName>> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  H: "home",
  F: "end",
  Z: "shift-tab",
  M: "enter",
};

/** Numbers of `ESC [ N ~`. */
const numbers: Readonly<Record<string, KeyName>> = {
  1: "home",
  4: "end",
  5: "page-up",
  6: "page-down",
  7: "home",
  8: "end",
};

const escape = "\u001b";
const pasteEnd = `${escape}[201~`;

/** Takes bytes as they come, in pieces of any size, and gives inputs. */
export class KeyDecoder {
  readonly #utf8 = new TextDecoder("utf-8");
  #rest = "";
  /** The text of a paste whose end has not come. */
  #paste: string | undefined;

  /** Whether an escape byte waits for what follows it; call `flush` when nothing did for `escapeDelayMs`. */
  get waiting(): boolean {
    return this.#paste === undefined && this.#rest !== "";
  }

  feed(bytes: Uint8Array): Input[] {
    this.#rest += this.#utf8.decode(bytes, { stream: true });
    const inputs: Input[] = [];
    for (let step = this.#next(); step !== undefined; step = this.#next()) {
      this.#rest = this.#rest.slice(step.length);
      if (step.input !== undefined) inputs.push(step.input);
    }
    return inputs;
  }

  /** Nothing followed: an escape byte alone is the Esc key, a sequence without its end is nothing. */
  flush(): Input[] {
    const inputs: Input[] = this.#rest === escape ? [{ type: "key", key: "escape" }] : [];
    this.#rest = "";
    return inputs;
  }

  /** How much of the buffer the next input takes; `undefined`: more bytes are needed. */
  #next(): { length: number; input?: Input | undefined } | undefined {
    const rest = this.#rest;
    if (this.#paste !== undefined) return this.#pasted(this.#paste);
    if (rest === "") return undefined;
    if (rest[0] === escape) return this.#sequence();
    const character = String.fromCodePoint(rest.codePointAt(0) ?? 0);
    const key = controls[character];
    if (key !== undefined) return { length: 1, input: { type: "key", key } };
    // Every other control character is no key of ours.
    if (/\p{Cc}/u.test(character)) return { length: character.length };
    return { length: character.length, input: { type: "text", text: character } };
  }

  #sequence(): { length: number; input?: Input | undefined } | undefined {
    const rest = this.#rest;
    const kind = rest[1];
    if (kind === undefined) return undefined;
    // Two keys that came together, as they do over a slow line; a letter with Alt looks the same and is read so.
    if (kind !== "[" && kind !== "O") return { length: 1, input: { type: "key", key: "escape" } };
    const parameters = kind === "[" ? (/^[\u0020-\u003f]*/.exec(rest.slice(2))?.[0] ?? "") : "";
    const end = 2 + parameters.length;
    const final = rest[end];
    if (final === undefined) return rest.length > longestSequence ? { length: rest.length } : undefined;
    const length = end + 1;
    if (final === "~" && parameters === "200") {
      this.#paste = "";
      return { length };
    }
    const key = final === "~" ? numbers[parameters.split(";")[0] ?? ""] : letters[final];
    return { length, input: key === undefined ? undefined : { type: "key", key } };
  }

  #pasted(soFar: string): { length: number; input?: Input | undefined } | undefined {
    const rest = this.#rest;
    const end = rest.indexOf(pasteEnd);
    if (end < 0) {
      // The mark of the end may have come in part.
      const safe = Math.max(0, rest.length - pasteEnd.length + 1);
      this.#paste = (soFar + rest.slice(0, safe)).slice(0, longestPaste);
      this.#rest = rest.slice(safe);
      return undefined;
    }
    const text = (soFar + rest.slice(0, end)).slice(0, longestPaste);
    this.#paste = undefined;
    return { length: end + pasteEnd.length, input: { type: "paste", text } };
  }
}
