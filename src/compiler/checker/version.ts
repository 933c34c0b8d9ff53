import type { Diagnostics } from "../diagnostics.ts";
import type { Source } from "../source.ts";

/** The version a script says it is written in: a comment `//@version=6` on a line of its own, the first one counts. */
export function scriptVersion(source: Source, diagnostics: Diagnostics): 5 | 6 | undefined {
  for (let line = 1; line <= source.lineCount; line++) {
    const text = source.line(line);
    const match = /^\s*\/\/\s*@version\s*=\s*(\d+)(?![\w.])/.exec(text);
    if (match === null) continue;
    const version = Number(match[1]);
    if (version === 5 || version === 6) return version;
    const start = source.lineStart(line) + text.indexOf("/");
    const span = { start, end: source.lineStart(line) + text.trimEnd().length };
    if (version > 6) {
      diagnostics.error(
        source,
        span,
        "version-too-new",
        `version ${version} of Pine Script is not known; the newest is 6`,
      );
    } else {
      diagnostics.error(
        source,
        span,
        "version-too-old",
        `version ${version} of Pine Script is too old; 5 and 6 are supported`,
        conversion,
      );
    }
    return undefined;
  }
  const first = { start: 0, end: Math.max(1, source.line(1).length) };
  diagnostics.error(
    source,
    first,
    "no-version",
    "the script does not say its version, which makes it version 1",
    /^\s*study\s*\(/m.test(source.text) ? conversion : "begin with //@version=6",
  );
  return undefined;
}

const conversion = [
  "convert it: TradingView's editor does so by itself, and these names have changed:",
  "study -> indicator, security -> request.security, sma -> ta.sma, tostring -> str.tostring,",
  "input(type = input.integer) -> input.int, abs -> math.abs, iff(c, a, b) -> c ? a : b",
].join("\n");
