import { fieldInfo, isSecret, type ConfigSchema, defaultsOf } from "../../../api/config/fields.ts";
import { capabilitiesOf } from "../../../api/plugins/capabilities.ts";
import { renderValue } from "../../../config/render.ts";
import { messageOf, PyneError, RuntimeFailure } from "../../../kernel/errors.ts";
import type { Candidate } from "../../../host/candidate.ts";
import { type AnyPluginClass, instantiate } from "../../../host/plugin-class.ts";
import { defineBuiltin } from "../../command.ts";
import { renderMarkdown } from "../../markdown.ts";
import type { App } from "../../app.ts";

export default defineBuiltin({
  summary: "Show one plugin in detail",
  examples: ["pyne plugin info hello", "pyne plugin info hello --json"],
  args: {
    name: { type: "positional", required: true, valueHint: "NAME", description: "The plugin's name" },
    json: { type: "boolean", description: "One JSON object on stdout" },
  },
  async run({ app }, { name, json }) {
    const host = app.host();
    const entry = host.catalog.find((known) => known.name === name.toLowerCase());
    if (entry !== undefined && entry.candidates.length > 1) {
      for (const candidate of entry.candidates) {
        app.out.print(`${candidate.packageName} ${candidate.version}  ${entryOf(candidate)}`);
      }
    }
    let candidate;
    let pluginClass: AnyPluginClass;
    try {
      candidate = host.candidate(name);
      pluginClass = await host.load(name);
    } catch (error) {
      // Unknown, ambiguous and unloadable names are answers of this command, not mistakes on its command line.
      throw new RuntimeFailure(messageOf(error), {
        cause: error,
        hint: error instanceof PyneError ? error.hint : undefined,
      });
    }
    const facts = host.factsOf(candidate.name);
    const kinds = capabilitiesOf(pluginClass);
    const fields = configFields(pluginClass.Config);
    if (json === true) {
      app.out.json({
        name: candidate.name,
        display_name: pluginClass.pluginName || candidate.name,
        package: candidate.packageName,
        version: candidate.version,
        description: candidate.description,
        requires: candidate.range,
        capabilities: kinds.length === 0 ? ["library"] : kinds,
        entry: candidate.builtin === undefined ? entryOf(candidate) : null,
        source: candidate.root,
        config: fields,
      });
      return;
    }
    const { out } = app;
    const { style } = out;
    out.print(style.bold(pluginClass.pluginName || candidate.name));
    const rows: [string, string][] = [
      ["package", candidate.packageName],
      ["version", candidate.version],
      ["description", candidate.description],
      ["needs pyne", candidate.range ?? "any"],
      ["capabilities", kinds.length === 0 ? "library" : kinds.join(", ")],
      ["entry", candidate.builtin === undefined ? entryOf(candidate) : "compiled in"],
      ["source", candidate.root],
    ];
    if (facts?.group !== null && facts?.group !== undefined) {
      rows.push([
        "commands",
        Object.keys(facts.group.children)
          .map((word) => `pyne ${candidate.name} ${word}`)
          .join(", "),
      ]);
    }
    for (const [path, options] of Object.entries(facts?.options ?? {})) {
      rows.push([
        `adds to ${path}`,
        Object.keys(options)
          .map((key) => `--${key}`)
          .join(", "),
      ]);
    }
    for (const [label, value] of rows)
      if (value !== "") out.print(`  ${style.dim(label.padEnd(14))}${value}`);
    if (pluginClass.doc.trim() !== "") {
      out.print();
      out.print(renderMarkdown(pluginClass.doc, style));
    }
    if (kinds.includes("broker")) await printBrokerCapabilities(app, pluginClass, candidate.name);
    if (fields.length > 0) {
      out.print();
      out.print(style.bold("Configuration"));
      for (const { key, default: value, description } of fields) {
        out.print(
          `  ${style.cyan(key)} = ${value}${description === "" ? "" : style.dim(`  # ${description.replace(/\n/g, " ")}`)}`,
        );
      }
    }
  },
});

/** Where the class is: `FILE#EXPORT`. */
function entryOf({ entryPath, exportName }: Candidate): string {
  return `${entryPath}#${exportName}`;
}

/** Fields with their defaults as TOML; what the user set is never shown. */
function configFields(
  schema: ConfigSchema | null,
): { key: string; default: string; description: string; secret: boolean }[] {
  if (schema === null) return [];
  return Object.entries(schema.entries).map(([key, entry]) => {
    const info = fieldInfo(entry);
    return {
      key,
      default: info.default === null ? "(unset)" : renderValue(info.schema, info.default),
      description: info.description,
      secret: isSecret(entry),
    };
  });
}

/** The capability table of a broker, from an instance with default configuration. */
async function printBrokerCapabilities(app: App, pluginClass: AnyPluginClass, name: string): Promise<void> {
  const { out } = app;
  try {
    const config = pluginClass.Config === null ? {} : defaultsOf(pluginClass.Config);
    const broker = instantiate(pluginClass, { name, config, symbol: null, timeframe: null }) as unknown as {
      getCapabilities(): object | Promise<object>;
    };
    const levels = Object.entries(await broker.getCapabilities());
    out.print();
    out.print(out.style.bold("Broker capabilities"));
    const width = Math.max(0, ...levels.map(([key]) => key.length));
    for (const [key, level] of levels) out.print(`  ${key.padEnd(width)}  ${String(level)}`);
  } catch (error) {
    out.note(`its broker capabilities could not be read: ${messageOf(error)}`);
  }
}
