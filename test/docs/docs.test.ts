/**
 * The documents do what they say. In a `console` block a line that begins with `$ ` is typed into a shell, in a fresh
 * sandbox for each document; the lines after it are what must appear. `...` in a line stands for any text, alone for
 * any lines; `[exit N]` for the exit code, which is 0 otherwise. A `ts` or `pine` block whose first line is `// file: PATH` is
 * written to that path first.
 */
import { expect, test } from "bun:test";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { binary, Sandbox } from "../e2e/pyne.ts";

const root = join(import.meta.dir, "../..");

type Step =
  | { readonly file: string; readonly text: string }
  | { readonly command: string; readonly expected: string[] };

/** The steps of a document, in order. */
function stepsOf(markdown: string): Step[] {
  return [...markdown.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, language, text = ""]): Step[] => {
    if (language === "ts" || language === "pine") {
      const file = /^\/\/ file: (.+)\n/.exec(text)?.[1];
      return file === undefined ? [] : [{ file, text }];
    }
    if (language !== "console") return [];
    return text
      .split(/^\$ /m)
      .slice(1)
      .map((part) => {
        const [command = "", ...expected] = part.trimEnd().split("\n");
        return { command, expected };
      });
  });
}

/** A pattern for what must appear. */
function patternOf(expected: readonly string[]): RegExp {
  const escaped = (line: string): string =>
    line.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll("\\.\\.\\.", "[^\\n]*");
  const lines = expected
    .filter((line) => !/^\[exit \d+\]$/.test(line))
    .map((line) => (line === "..." ? "(?:[^\\n]*\\n)*?" : `${escaped(line)}\\n`));
  return new RegExp(`^${lines.join("")}$`);
}

test.each([
  "README.md",
  "docs/pine.md",
  "docs/scripts.md",
  "docs/strategies.md",
  "docs/plugins.md",
  "docs/configuration.md",
  "docs/command-line.md",
  "docs/broker.md",
  "docs/broker-lab.md",
  "docs/broker-books.md",
  "docs/ccxt.md",
  "docs/data.md",
  "docs/live.md",
  "docs/paper.md",
  "docs/providers.md",
  "docs/report.md",
  "docs/schedule.md",
  "docs/timeframes.md",
  "docs/verify-and-optimize.md",
])(
  "%s",
  async (path) => {
    using box = new Sandbox();
    const { bin } = box.crontab();
    writeFileSync(join(bin, "pyne"), `#!/bin/sh\nexec "${binary}" "$@"\n`);
    chmodSync(join(bin, "pyne"), 0o755);
    const steps = stepsOf(readFileSync(join(root, path), "utf8"));
    expect(steps.length).toBeGreaterThan(2);
    for (const step of steps) {
      if ("file" in step) {
        box.write(step.file.startsWith("home/") ? step.file : join("project", step.file), step.text);
        continue;
      }
      const child = Bun.spawn(["/bin/sh", "-c", `${step.command}`], {
        cwd: box.folder,
        env: box.environment({ PATH: `${bin}:/usr/bin:/bin`, DOCS: join(root, "docs"), REPOSITORY: root }),
        stdout: "pipe",
        stderr: "pipe",
      });
      const [out, errors, code] = await Promise.all([
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
        child.exited,
      ]);
      const wanted = Number(/^\[exit (\d+)\]$/m.exec(step.expected.join("\n"))?.[1] ?? 0);
      const pattern = patternOf(step.expected);
      // On a terminal both streams are one; which comes first is nobody's promise.
      const matches = [out + errors, errors + out].some((text) => pattern.test(text));
      expect({ command: step.command, code, ...(matches ? {} : { out, errors }) }).toEqual({
        command: step.command,
        code: wanted,
      });
    }
  },
  // Trading flushes every order to the disk, which may be slow.
  600_000,
);
