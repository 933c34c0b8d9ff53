/** Checks a text as the compiler does, for tests. */
import { checkPine } from "../../src/compiler/compile.ts";
import { renderDiagnostic } from "../../src/compiler/diagnostics.ts";
import { Source } from "../../src/compiler/source.ts";

/** Libraries by path: `User/Name/1`. */
export type Libraries = Readonly<Record<string, string>>;

/** Diagnostics of a script, without its frames: `7:12 error: message [code]`. */
export function complaints(text: string, libraries: Libraries = {}): string[] {
  return check(text, libraries).diagnostics.map((diagnostic) =>
    renderDiagnostic(diagnostic)
      .split("\n")[0]!
      .replace(/^script\.pine:(\d+:\d+):/, "$1"),
  );
}

/** Errors alone, by code and place: `unknown-name 7:12`. */
export function errors(text: string, libraries: Libraries = {}): string[] {
  return check(text, libraries)
    .diagnostics.filter(({ severity }) => severity === "error")
    .map(({ code, source, span }) => {
      const { line, column } = source.position(span.start);
      return `${code} ${line}:${column}`;
    });
}

export function check(text: string, libraries: Libraries = {}): ReturnType<typeof checkPine> {
  return checkPine(new Source("script.pine", text), (user, name, version) => {
    const path = `${user}/${name}/${version}`;
    const library = libraries[path];
    return library === undefined ? undefined : new Source(`${path}.pine`, library);
  });
}
