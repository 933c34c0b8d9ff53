import { statSync } from "node:fs";

import { inspectConfig } from "../../../config/ensure-config.ts";
import { messageOf, RuntimeFailure } from "../../../kernel/errors.ts";
import { defineBuiltin } from "../../command.ts";
import { hintContradictions } from "../../plugin-report.ts";
import { counted } from "../../../kernel/counted.ts";

export default defineBuiltin({
  summary: "Check every plugin and its configuration",
  description:
    "Loads everything, and looks at versions, names, configuration files and their permissions. Exit 1 on any problem.",
  examples: ["pyne plugin doctor", "pyne plugin doctor --json"],
  args: { json: { type: "boolean", description: "One JSON object on stdout" } },
  async run({ app }, { json }) {
    const host = app.host();
    const workdir = app.optionalWorkdir();
    const statuses = await host.statuses();
    const problems: { plugin: string; problem: string }[] = [];
    const found = (plugin: string, problem: string): void => {
      problems.push({ plugin, problem });
    };
    for (const { name, message, path } of host.problems) found(name, `${message} (${path})`);
    if (host.untrusted !== undefined)
      found("(workdir)", `plugins in ${host.untrusted} are ignored: the workdir is not trusted`);
    for (const entry of host.catalog) {
      if (entry.candidates.length > 1) {
        found(
          entry.name,
          `declared by several packages: ${entry.candidates.map((one) => one.packageName).join(", ")}`,
        );
      }
    }
    for (const status of statuses) {
      const { candidate, outcome } = status;
      if ("failure" in outcome) {
        found(candidate.name, outcome.failure.message.replace(`plugin "${candidate.name}": `, ""));
        continue;
      }
      if (outcome.facts.failure !== undefined) found(candidate.name, outcome.facts.failure);
      for (const text of hintContradictions(status)) found(candidate.name, text);
      if (outcome.facts.configText === null || workdir === null || status.conflict) continue;
      const path = workdir.pluginConfig(candidate.name);
      try {
        const { Config } = await host.load(candidate.name);
        if (Config !== null) inspectConfig(Config, path);
      } catch (error) {
        found(candidate.name, messageOf(error));
      }
      const mode = statSync(path, { throwIfNoEntry: false })?.mode;
      if (mode !== undefined && process.platform !== "win32" && (mode & 0o077) !== 0) {
        found(
          candidate.name,
          `${path} can be read by others (mode ${(mode & 0o777).toString(8)}); chmod 600 it`,
        );
      }
    }
    if (json === true) app.out.json({ plugins: statuses.length, problems });
    else if (problems.length === 0) app.out.print(`${counted(statuses.length, "plugin")}, no problems`);
    else
      for (const { plugin, problem } of problems) app.out.print(`${app.out.style.red(plugin)}: ${problem}`);
    if (problems.length > 0) throw new RuntimeFailure(`${counted(problems.length, "problem")} found`);
  },
});
