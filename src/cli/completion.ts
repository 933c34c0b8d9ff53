import { pluggablePaths, type PluggablePath } from "../api/plugins/cli.ts";
import type { CommandFacts } from "../host/facts.ts";
import { kebabCase } from "../kernel/spelling.ts";
import type { App } from "./app.ts";
import type { Command } from "./command.ts";
import { globalOptions } from "./globals.ts";

/** Shell completion. The shells' scripts ask `pyne completion words`; the answer comes from the plugin index. */

export const shells = ["bash", "zsh", "fish"] as const;

/** The script for a shell, or `undefined` for an unknown one. */
export function completionScript(shell: string): string | undefined {
  switch (shell) {
    case "bash":
      return `_pyne() {
  local line
  COMPREPLY=()
  while IFS=$'\\t' read -r line _; do COMPREPLY+=("$line"); done < <(pyne completion words -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  [ \${#COMPREPLY[@]} -eq 0 ] && compopt -o default
}
complete -F _pyne pyne`;
    case "zsh":
      return `#compdef pyne
_pyne() {
  local -a found
  local name text
  while IFS=$'\\t' read -r name text; do found+=("\${name//:/\\\\:}:\${text}"); done < <(pyne completion words -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#found} )); then _describe pyne found; else _files; fi
}
compdef _pyne pyne`;
    case "fish":
      return `function __pyne_words
  pyne completion words -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null
end
complete -c pyne -a "(__pyne_words)"`;
    default:
      return undefined;
  }
}

/** One node of what can be typed. */
interface Node {
  readonly children: readonly (readonly [string, string])[];
  readonly options: readonly (readonly [string, string])[];
}

/**
 * What may stand in the place of the last of `words`: lines of `word<TAB>summary`, those that begin with what is
 * there already.
 */
export async function completionCandidates(
  app: App,
  root: Command,
  words: readonly string[],
): Promise<string[]> {
  const current = words.at(-1) ?? "";
  const path = words.slice(0, -1).filter((word) => !word.startsWith("-"));
  await app.host().refreshIndex();
  const node = await nodeAt(app, root, path);
  const options = [
    ...node.options,
    ...globalOptions.map((option) => [`--${option.names[0] ?? option.key}`, option.description] as const),
  ];
  const pool = current.startsWith("-") ? options : node.children;
  return pool
    .filter(([word]) => word.startsWith(current))
    .map(([word, summary]) => (summary === "" ? word : `${word}\t${summary}`));
}

async function nodeAt(app: App, root: Command, path: readonly string[]): Promise<Node> {
  const host = app.host();
  let command = root;
  for (const [index, word] of path.entries()) {
    const child = command.children.get(word);
    if (child !== undefined) {
      command = await child.load();
      continue;
    }
    const group = index === 0 ? host.factsOf(word)?.group : undefined;
    if (group !== undefined && group !== null) return factsNode(group, path.slice(1));
    break;
  }
  const children: [string, string][] = [...command.children].flatMap(([name, child]) =>
    child.hidden === true ? [] : [[name, child.summary]],
  );
  if (command === root) {
    for (const { name } of host.catalog) {
      const group = host.factsOf(name)?.group;
      if (group !== undefined && group !== null && !command.children.has(name))
        children.push([name, group.summary]);
    }
  }
  const options: [string, string][] = command.specs.options.map((option) => [
    `--${option.names[0] ?? option.key}`,
    option.description,
  ]);
  const name = command.path.join(" ");
  if ((pluggablePaths as readonly string[]).includes(name)) {
    for (const entry of host.catalog) {
      const added = host.factsOf(entry.name)?.options[name as PluggablePath] ?? {};
      for (const [key, { argument }] of Object.entries(added)) {
        options.push([`--${kebabCase(key)}`, argument.description ?? ""]);
      }
    }
  }
  return { children, options };
}

function factsNode(facts: CommandFacts, path: readonly string[]): Node {
  let node = facts;
  for (const word of path) node = node.children[word] ?? node;
  return {
    children: Object.entries(node.children).map(([name, child]) => [name, child.summary]),
    options: node.options.map((name) => [`--${name}`, ""]),
  };
}
