/**
 * Writes `docs/pine/`: every built-in of the language, a page for each namespace, from the compiler's own table.
 * Run it after the table has changed: `bun run docs`. A test compares the committed pages with the table.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { ConstantEntry, Entry, FunctionEntry, VariableEntry } from "../src/compiler/builtins/entry.ts";
import { tables } from "../src/compiler/builtins/registry.ts";
import { stubs } from "../src/compiler/builtins/stubs.ts";

/** Where the pages are. */
export const docsFolder = join(import.meta.dir, "..", "docs", "pine");

const made = "<!-- Made by scripts/pine-docs.ts from the table of built-ins; not edited by hand. -->";

/** Every page by its file name. */
export function pinePages(): ReadonlyMap<string, string> {
  const pages = new Map<string, Entry[]>();
  for (const entry of tables.flat()) {
    const page = entry.name.includes(".") ? entry.name.slice(0, entry.name.indexOf(".")) : "";
    const entries = pages.get(page);
    if (entries === undefined) pages.set(page, [entry]);
    else entries.push(entry);
  }
  const names = [...pages.keys()].toSorted();
  const texts = names.map((name) => [`${fileName(name)}.md`, pageText(name, pages.get(name)!)] as const);
  return new Map([["README.md", indexText(names, pages)], ...texts]);
}

/** What has no namespace has a page of its own. */
function fileName(namespace: string): string {
  return namespace === "" ? "global" : namespace;
}

function indexText(names: readonly string[], pages: ReadonlyMap<string, readonly Entry[]>): string {
  const count = new Set([...pages.values()].flat().map(({ name }) => name)).size;
  const rows = names.map((name) => {
    const kinds = (kind: Entry["kind"]): number =>
      new Set(
        pages
          .get(name)!
          .filter((entry) => entry.kind === kind)
          .map((entry) => entry.name),
      ).size;
    const title = name === "" ? "without a namespace" : `\`${name}\``;
    const cells = [kinds("function"), kinds("variable"), kinds("constant")].map((number) => number || "");
    return `| [${title}](${fileName(name)}.md) | ${cells.join(" | ")} |`;
  });
  const marked = [...stubs].map(([name, { says }]) => `| \`${name}\` | ${says} |`);
  return [
    made,
    "# Built-ins of Pine Script",
    `All ${count.toLocaleString("en")} names that a script can use. What they mean is TradingView's reference; these pages say what is there, with the signatures that the compiler checks.`,
    "In a signature `const`, `input`, `simple` and `series` say how early a value must be known (without one: `series`), `same` that the result is known as early as the arguments, a name with `?` that it may be left out, `...` that more may follow. Single capitals stand for any type.",
    ["| Namespace | Functions | Variables | Constants |", "|---|---|---|---|", ...rows].join("\n"),
    "## Accepted without effect",
    "A script that depends on one of these is told so when it runs, in one line on stderr; those that change no result are not mentioned.",
    ["| Built-in | Here |", "|---|---|", ...marked].join("\n"),
    "",
  ].join("\n\n");
}

function pageText(namespace: string, entries: readonly Entry[]): string {
  const functions = entries.filter((entry) => entry.kind === "function");
  const variables = entries.filter((entry) => entry.kind === "variable");
  const constants = entries.filter((entry) => entry.kind === "constant");
  const title = namespace === "" ? "# Built-ins without a namespace" : `# \`${namespace}\``;
  return [
    made,
    title,
    ...(variables.length === 0 ? [] : ["## Variables", variableTable(variables)]),
    ...(functions.length === 0 ? [] : ["## Functions", ...functionSections(functions)]),
    ...(constants.length === 0 ? [] : ["## Constants", constantTable(constants)]),
    "",
  ].join("\n\n");
}

function variableTable(variables: readonly VariableEntry[]): string {
  const rows = variables.map(
    ({ name, signature, doc }) => `| \`${name}\` | \`${cell(signature)}\` | ${cell(doc)}${mark(name)} |`,
  );
  return ["| Variable | Type | |", "|---|---|---|", ...rows].join("\n");
}

function constantTable(constants: readonly ConstantEntry[]): string {
  const rows = constants.map(({ name, signature, value, value5 }) => {
    const isColor = signature.endsWith("color");
    const shown =
      value5 === undefined
        ? text(value, isColor)
        : `${text(value, isColor)}, in version 5 ${text(value5, isColor)}`;
    return `| \`${name}\` | \`${signature}\` | ${shown} |`;
  });
  return ["| Constant | Type | Value |", "|---|---|---|", ...rows].join("\n");
}

function text(value: ConstantEntry["value"], isColor: boolean): string {
  if (isColor) return `\`#${(Number(value) >>> 8).toString(16).padStart(6, "0").toUpperCase()}\``;
  return `\`${JSON.stringify(value)}\``;
}

/** Overloads together, in the order of the table. */
function functionSections(functions: readonly FunctionEntry[]): string[] {
  const byName = new Map<string, FunctionEntry[]>();
  for (const entry of functions) {
    const overloads = byName.get(entry.name);
    if (overloads === undefined) byName.set(entry.name, [entry]);
    else overloads.push(entry);
  }
  return [...byName].map(([name, overloads]) => {
    const versions = [...new Set(overloads.flatMap((entry): readonly number[] => entry.versions ?? [5, 6]))];
    const only = versions.length === 1 ? ` Version ${versions[0]} only.` : "";
    const global = overloads.some((entry) => entry.globalOnly === true) ? " In the global scope only." : "";
    const docs = [...new Set(overloads.map(({ doc }) => doc))].join(" ");
    const signatures = overloads.map((entry) => {
      const inOne =
        versions.length > 1 && entry.versions?.length === 1 ? `  // version ${entry.versions[0]}` : "";
      return entry.signature + inOne;
    });
    return `### ${name}\n\n\`\`\`\n${signatures.join("\n")}\n\`\`\`\n\n${docs}${only}${global}${mark(name)}`;
  });
}

function mark(name: string): string {
  const stub = stubs.get(name);
  return stub === undefined ? "" : ` **Accepted without effect:** ${stub.says}.`;
}

function cell(content: string): string {
  return content.replaceAll("|", "\\|");
}

if (import.meta.main) {
  const pages = pinePages();
  mkdirSync(docsFolder, { recursive: true });
  for (const name of readdirSync(docsFolder)) if (!pages.has(name)) rmSync(join(docsFolder, name));
  for (const [name, page] of pages) writeFileSync(join(docsFolder, name), page);
}
