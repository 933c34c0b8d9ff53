import type { Style } from "./output.ts";

/** Markdown for a terminal: headings, emphasis, code and lists; anything else stays as it was written. */
export function renderMarkdown(source: string, style: Style): string {
  const lines: string[] = [];
  let fenced = false;
  for (const line of dedent(source).split("\n")) {
    if (/^\s*```/.test(line)) {
      fenced = !fenced;
      continue;
    }
    if (fenced) {
      lines.push(`    ${style.cyan(line)}`);
      continue;
    }
    const heading = /^#{1,6}\s+(.*)$/.exec(line);
    if (heading !== null) lines.push(style.bold(heading[1] ?? ""));
    else lines.push(inline(line.replace(/^(\s*)[*+-]\s+/, "$1• "), style));
  }
  return lines.join("\n").trim();
}

function inline(text: string, style: Style): string {
  return text
    .replace(/`([^`]+)`/g, (_match, code: string) => style.cyan(code))
    .replace(/\*\*([^*]+)\*\*/g, (_match, words: string) => style.bold(words))
    .replace(/\[([^\]]+)\]\(([^)]+)\)/g, (_match, words: string, link: string) => `${words} (${link})`);
}

/** Removes the indentation that all lines but the first have in common: a template literal inside a class has one. */
function dedent(source: string): string {
  const lines = source.replace(/^\n/, "").split("\n");
  const indents = lines
    .slice(1)
    .filter((line) => line.trim() !== "")
    .map((line) => line.search(/\S/));
  const common = indents.length === 0 ? 0 : Math.min(...indents);
  return lines
    .map((line, index) => (index === 0 && line.search(/\S/) < common ? line : line.slice(common)))
    .join("\n");
}
