import { chmodSync, existsSync, linkSync, mkdirSync, rmSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

import { UsageError, writeFailure } from "../../../kernel/errors.ts";
import { openBooks } from "../../broker-books.ts";
import { bytesText } from "../../bytes-text.ts";
import { defineBuiltin } from "../../command.ts";

export default defineBuiltin({
  summary: "Copy the books while runs go on",
  description:
    "Writes a consistent copy of the books of all runs, readable by you alone; runs go on meanwhile. FILE must not exist yet. To go back to a copy, stop every run and put it in the place of output/logs/broker.sqlite.",
  examples: ["pyne broker backup books-2026-01-31.sqlite", "pyne broker backup /backup/broker.sqlite --json"],
  args: {
    file: { type: "positional", required: true, valueHint: "FILE", description: "Where the copy goes" },
    json: { type: "boolean", description: "One JSON object on stdout" },
  },
  async run({ app }, { file, json }) {
    using books = await openBooks(app);
    const target = resolve(app.cwd, file);
    const exists = (): UsageError =>
      statSync(target, { throwIfNoEntry: false })?.isDirectory() === true
        ? new UsageError(`${target} is a folder`, {
            hint: `name a file in it: ${join(file, "books.sqlite")}`,
          })
        : new UsageError(`${target} exists already`, {
            hint: "name a file that does not, or take that one away",
          });
    if (existsSync(target)) throw exists();
    const unfinished = join(dirname(target), `.${process.pid}.${Date.now()}.unfinished`);
    try {
      mkdirSync(dirname(target), { recursive: true });
      books.db.run("VACUUM INTO ?", [unfinished]);
      chmodSync(unfinished, 0o600);
      // A link never takes the place of a file that somebody has made meanwhile.
      linkSync(unfinished, target);
    } catch (error) {
      if ((error as { code?: string }).code === "EEXIST") throw exists();
      throw writeFailure(target, error);
    } finally {
      rmSync(unfinished, { force: true });
    }
    const { size } = Bun.file(target);
    if (json === true) return app.out.json({ file: target, bytes: size });
    app.out.print(`${target}: ${bytesText(size)}`);
  },
});
