import type { Source, Span } from "./source.ts";

/** What the compiler has to say about a script. */
export interface Diagnostic {
  /** Stable identifier in kebab-case. */
  readonly code: string;
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly hint: string | undefined;
  readonly source: Source;
  readonly span: Span;
}

/** Errors beyond this many are noise. */
const mostErrors = 20;

/** After this many the rest of the script is not looked at any more. */
const enoughErrors = 100;

/** Faults of characters: what else seems wrong on such a line is likely to follow from them. */
const lexical: ReadonlySet<string> = new Set([
  "unknown-character",
  "invisible-character",
  "unclosed-string",
  "bad-number",
  "bad-color",
]);

/** Faults that hang on the types of values. */
const ofTypes: ReadonlySet<string> = new Set([
  "argument-qualifier",
  "argument-type",
  "assignment-type",
  "bad-offset",
  "bad-operand",
  "branch-types",
  "case-type",
  "declared-qualifier",
  "na-without-type",
  "no-fields",
  "not-a-collection",
  "not-a-condition",
  "not-a-tuple",
  "tuple-size",
  "tuple-value",
  "void-value",
]);

/** Collects diagnostics, each fault once. */
export class Diagnostics {
  readonly #found = new Map<string, Diagnostic>();
  #errors = 0;
  readonly #illegible = new Set<string>();
  #ignoresTypes = false;

  error(source: Source, span: Span, code: string, message: string, hint?: string): void {
    if (this.#ignoresTypes && ofTypes.has(code)) return;
    this.#add({ code, severity: "error", message, hint, source, span });
  }

  warn(source: Source, span: Span, code: string, message: string, hint?: string): void {
    this.#add({ code, severity: "warning", message, hint, source, span });
  }

  /** Does something in which types are not known: what they would forbid is not reported. */
  withoutTypes(run: () => void): void {
    this.#ignoresTypes = true;
    try {
      run();
    } finally {
      this.#ignoresTypes = false;
    }
  }

  #add(diagnostic: Diagnostic): void {
    const { source, span, severity } = diagnostic;
    // A function is checked once for each combination of argument types; its faults are the same each time.
    const key = `${source.name}:${span.start}:${severity}`;
    if (this.#found.has(key)) return;
    if (lexical.has(diagnostic.code)) this.#illegible.add(lineKey(diagnostic));
    else if (this.#illegible.size > 0 && this.#illegible.has(lineKey(diagnostic))) return;
    this.#found.set(key, diagnostic);
    if (severity === "error") this.#errors++;
  }

  /** More errors than anybody reads: it is no use to look for further ones. */
  get isFlooded(): boolean {
    return this.#errors >= enoughErrors;
  }

  /** How many there are. */
  get size(): number {
    return this.#found.size;
  }

  get hasErrors(): boolean {
    return this.#errors > 0;
  }

  /** In the order of the text, imported files first, no more than some twenty errors. */
  list(): readonly Diagnostic[] {
    const all = [...this.#found.values()].toSorted((a, b) =>
      a.source === b.source ? a.span.start - b.span.start : 0,
    );
    let errors = 0;
    return all.filter((diagnostic) => diagnostic.severity !== "error" || ++errors <= mostErrors);
  }
}

function lineKey({ source, span }: Diagnostic): string {
  return `${source.name}:${source.position(span.start).line}`;
}

/**
 * A diagnostic as a person reads it:
 *
 * ```
 * script.pine:7:12: error: cannot find the variable `lenght`; did you mean `length`?
 *     7 | x = ta.sma(close, lenght)
 *       |                   ^~~~~~
 * ```
 */
export function renderDiagnostic({ source, span, severity, message, hint, code }: Diagnostic): string {
  const { line, column: place } = source.position(span.start);
  const whole = source.line(line);
  // Of a very long line a stretch around the fault is enough.
  const from = whole.length > widestLine ? Math.max(0, place - widestLine / 2) : 0;
  const text = printable(whole.slice(from, from + widestLine));
  const column = place - from;
  const number = String(line).padStart(5);
  const gutter = " ".repeat(number.length);
  // Tabs before the caret are kept, so that it stands below its character however wide they are drawn.
  const indent = text.slice(0, column - 1).replace(/[^\t]/g, " ");
  const width = Math.max(1, Math.min(span.end - span.start, text.length - column + 1));
  const lines = [
    `${source.name}:${line}:${place}: ${severity}: ${printable(message)} [${code}]`,
    `${number} | ${text}`,
    `${gutter} | ${indent}^${"~".repeat(width - 1)}`,
  ];
  if (hint !== undefined) lines.push(...hint.split("\n").map((part) => `${gutter} = ${part}`));
  return lines.join("\n");
}

/** A frame shows no more of a line. */
const widestLine = 160;

/** Nothing that a script holds moves the cursor, changes colours or turns text around on the reader's terminal. */
function printable(text: string): string {
  return text.replace(/[\u0000-\u0008\u000A-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g, "\u00B7");
}

/** A diagnostic as a program reads it; `line` and `column` from 1, the end after the last character. */
export function diagnosticJson({ source, span, severity, message, hint, code }: Diagnostic): object {
  const start = source.position(span.start);
  const end = source.position(span.end);
  return {
    file: source.name,
    line: start.line,
    column: start.column,
    endLine: end.line,
    endColumn: end.column,
    severity,
    code,
    message,
    ...(hint === undefined ? {} : { hint }),
  };
}
