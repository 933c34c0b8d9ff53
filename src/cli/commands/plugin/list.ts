import { capabilities } from "../../../api/plugins/capabilities.ts";
import type { PluginStatus } from "../../../host/host.ts";
import { defineBuiltin } from "../../command.ts";
import { hintContradictions, pluginRow } from "../../plugin-report.ts";

export default defineBuiltin({
  summary: "Show the installed plugins",
  examples: ["pyne plugin list", "pyne plugin list --type provider", "pyne plugin list --json"],
  args: {
    type: {
      type: "enum",
      alias: "t",
      options: [...capabilities, "library"],
      valueHint: "CAPABILITY",
      description: "Only plugins with this capability",
    },
    json: { type: "boolean", description: "One JSON object on stdout" },
  },
  async run({ app }, { type, json }) {
    const host = app.host();
    if (host.untrusted !== undefined) {
      app.out.note(
        `plugins in ${host.untrusted} are ignored: nobody trusted this workdir (pyne plugin trust)`,
      );
    }
    await host.createMissingConfigs();
    const all = await host.statuses();
    const words = (status: PluginStatus): readonly string[] => {
      if (!("facts" in status.outcome)) return [];
      return status.outcome.facts.capabilities.length === 0 ? ["library"] : status.outcome.facts.capabilities;
    };
    const shown = all.filter((status) => type === undefined || words(status).includes(type));
    if (json === true) {
      app.out.json({
        plugins: shown
          .filter((status) => status.conflict || "facts" in status.outcome)
          .map((status) => pluginRow(status)),
        errors: [
          ...all.flatMap(({ candidate, outcome }) =>
            "failure" in outcome ? [{ name: candidate.name, error: outcome.failure.message }] : [],
          ),
          ...host.problems.map(({ name, message, path }) => ({ name, error: `${message} (${path})` })),
        ],
      });
      return;
    }
    const { out } = app;
    const { style } = out;
    const failed = all.filter(({ outcome }) => "failure" in outcome);
    const loadable = shown.filter((status) => "facts" in status.outcome || status.conflict);
    if (loadable.length === 0 && failed.length + host.problems.length === 0) {
      out.print(
        style.yellow(
          type === undefined ? "no plugins are installed" : `no plugin has the capability "${type}"`,
        ),
      );
      return;
    }
    out.print(style.bold("Installed plugins"));
    const rows = loadable.map((status) => pluginRow(status));
    const width = (pick: (row: (typeof rows)[number]) => string): number =>
      Math.max(0, ...rows.map((row) => pick(row).length));
    const [nameWidth, displayWidth, versionWidth] = [
      width((row) => row.name),
      width((row) => row.display_name),
      width((row) => row.version),
    ];
    for (const row of rows) {
      const mark = row.conflict ? style.red("!") : " ";
      const columns = [
        `${mark} ${style.cyan(row.name.padEnd(nameWidth))}`,
        row.display_name.padEnd(displayWidth),
        `v${row.version.padEnd(versionWidth)}`,
        row.conflict ? style.red(`conflict: ${row.package}`) : `[${row.capabilities.join(", ")}]`,
      ];
      out.print(columns.join("   "));
      const remarks = [
        row.summary,
        ...(row.shadows.length > 0 ? [`replaces the one of ${row.shadows.join(", ")}`] : []),
      ].filter((text) => text !== "");
      if (remarks.length > 0) out.print(`    ${style.dim(remarks.join(" · "))}`);
    }
    for (const { candidate, outcome } of failed) {
      if (!("failure" in outcome)) continue;
      const reason = outcome.failure.message.replace(`plugin "${candidate.name}": `, "");
      out.print(style.red(`  ${candidate.name}   (failed to load: ${reason})`));
    }
    for (const { name, message, path } of host.problems) {
      out.print(style.red(`  ${name}   (failed to load: ${message}; ${path})`));
    }
    for (const status of all) for (const text of hintContradictions(status)) out.warn(text);
    const conflicts = host.catalog.filter((entry) => entry.candidates.length > 1);
    if (conflicts.length > 0) {
      out.print();
      out.print(style.bold("Name conflicts"));
      for (const entry of conflicts) {
        const packages = entry.candidates.map((candidate) => candidate.packageName).join(", ");
        out.print(
          `  ${entry.name}: declared by ${packages}; remove all but one (pyne plugin remove PACKAGE)`,
        );
      }
    }
    out.print();
    out.print(style.dim("pyne plugin info NAME shows one in detail"));
  },
});
