/** The order commands that stand in a script's code. */

const commands = ["entry", "order", "exit", "close", "closeAll", "close_all"] as const;
export type OrderCommand = (typeof commands)[number];

/** A call of an order command. */
export interface OrderCall {
  readonly command: OrderCommand;
  /** `strategy.` where the code says so; otherwise empty. */
  readonly owner: string;
  /** Names of the arguments that it is given. */
  readonly names: ReadonlySet<string>;
  /** Line of the code, from 1; absent: it is not known. */
  readonly line?: number;
}

/** What a script's code says of its orders. */
export interface CodeCalls {
  readonly calls: readonly OrderCall[];
  /** Lines on which it speaks of going short; `undefined` for one that is not known. */
  readonly shorts: readonly (number | undefined)[];
}

/**
 * Finds the order commands in code, JavaScript or TypeScript. They are read without types and comments, which moves
 * lines; so each is looked up again in the code as it is, where there must be as many.
 */
export function readCalls(code: string): CodeCalls {
  const plain = tokensIn(new Bun.Transpiler({ loader: "ts" }).transformSync(code));
  const placed = tokensIn(code);
  const lines = placed.calls.length === plain.calls.length ? placed.calls : undefined;
  const shortLines = placed.shorts.length === plain.shorts.length ? placed.shorts : undefined;
  return {
    calls: plain.calls.map((call, index) => {
      const at = lines?.[index];
      return { ...call, ...(at?.command === call.command ? { line: lineAt(code, at.offset) } : {}) };
    }),
    shorts: plain.shorts.map((_, index) =>
      shortLines === undefined ? undefined : lineAt(code, shortLines[index]!),
    ),
  };
}

interface Tokens {
  readonly calls: readonly (Omit<OrderCall, "line"> & { readonly offset: number })[];
  /** Where `"short"` stands. */
  readonly shorts: readonly number[];
}

function tokensIn(code: string): Tokens {
  const shorts: number[] = [];
  const text = code.replace(
    /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g,
    (found, offset: number) => {
      if (found.startsWith("/")) return blank(found);
      const inside = found.slice(1, -1);
      if (inside === "short") shorts.push(offset);
      return `"${blank(inside)}"`;
    },
  );
  const pattern = new RegExp(`\\b(strategy\\.)?\\b(${commands.join("|")})\\s*\\(`, "g");
  const calls = [...text.matchAll(pattern)].map((match) => {
    const args = argumentsAt(text, match.index + match[0].length);
    const names = new Set([...args.matchAll(/[{,]\s*([A-Za-z_]\w*)\s*(?=[:,}])/g)].map(([, name]) => name!));
    return { command: match[2] as OrderCommand, owner: match[1] ?? "", names, offset: match.index };
  });
  return { calls, shorts };
}

/** As long, on as many lines. */
function blank(text: string): string {
  return text.replace(/[^\n]/g, " ");
}

/** What stands between a parenthesis that has been opened and the one that closes it. */
function argumentsAt(text: string, start: number): string {
  let depth = 1;
  for (let index = start; index < text.length; index++) {
    if (text[index] === "(") depth++;
    if (text[index] === ")" && --depth === 0) return text.slice(start, index);
  }
  return text.slice(start);
}

function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) line++;
  return line;
}
