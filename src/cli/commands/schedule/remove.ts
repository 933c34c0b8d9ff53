import { RuntimeFailure, UsageError } from "../../../kernel/errors.ts";
import { defineBuiltin } from "../../command.ts";
import { changeCrontab } from "../../schedule/change.ts";
import { cronEntries, withoutLines } from "../../schedule/crontab-text.ts";
import { Crontab, fromCrontab, toCrontab } from "../../schedule/crontab.ts";
import { forgetJob } from "../../schedule/job-state.ts";
import { nearest } from "../../../kernel/nearest.ts";

export default defineBuiltin({
  summary: "Take scheduled commands of this workdir out of the crontab",
  description: "Their lines go, all others stay as they are. The logs stay, too.",
  examples: ["pyne schedule remove data-update", "pyne schedule remove --all"],
  args: {
    names: {
      type: "positional",
      required: false,
      multiple: true,
      valueHint: "NAME",
      description: "What pyne schedule list calls it",
    },
    all: { type: "boolean", description: "All jobs of this workdir" },
    json: { type: "boolean", description: "One JSON object on stdout" },
  },
  async run({ app }, { names: given, all, json }) {
    const names = given ?? [];
    if (all === true && names.length > 0) throw new UsageError("--all and NAME contradict each other");
    if (all !== true && names.length === 0) {
      throw new UsageError("NAME is missing: which job?", {
        hint: "pyne schedule list shows them; --all takes all",
      });
    }
    const workdir = await app.requireWorkdir();
    const crontab = new Crontab(app.env);
    const removed: string[] = [];
    changeCrontab(crontab, app.home, (text) => {
      const own = cronEntries(text).filter((entry) => entry.workdir === toCrontab(workdir.root));
      const unknown = names.find((name) => !own.some((entry) => entry.name === name));
      if (unknown !== undefined)
        throw unknownJob(
          unknown,
          own.map((entry) => entry.name),
        );
      const gone = own.filter((entry) => all === true || names.includes(entry.name));
      removed.push(...gone.map((entry) => entry.name));
      return withoutLines(
        text,
        gone.map((entry) => entry.line),
      );
    });
    for (const name of removed) forgetJob(workdir, name);
    if (json === true) return app.out.json({ removed });
    if (removed.length === 0) return app.out.note(`nothing is scheduled in ${workdir.root}`);
    for (const name of removed) app.out.print(`${fromCrontab(name)} is no longer scheduled`);
  },
});

function unknownJob(name: string, jobs: readonly string[]): RuntimeFailure {
  const near = nearest(name, jobs);
  return new RuntimeFailure(`no job of this workdir is called "${name}"`, {
    hint: near === undefined ? "pyne schedule list shows them" : `did you mean ${near}?`,
  });
}
