import { argumentSpecs, type OptionSpec, spellingsOf } from "./options.ts";

/** The options that every command takes, before or after its name. */
export const globalOptions: readonly OptionSpec[] = argumentSpecs({
  workdir: {
    type: "string",
    alias: "w",
    valueHint: "DIR",
    env: "PYNE_WORK_DIR",
    description: "Working directory",
  },
  quiet: {
    type: "boolean",
    alias: "q",
    env: "PYNE_QUIET",
    description: "Say nothing but results and errors",
  },
  yes: { type: "boolean", alias: "y", description: "Answer every question with yes" },
  debug: { type: "boolean", description: "Show stack traces" },
  recreateDemo: { type: "boolean", description: "Write the demo script and data again" },
  recreateProviderConfig: {
    type: "boolean",
    description: "Write the plugins' configuration files again, with defaults",
  },
  version: { type: "boolean", description: "Show the version" },
  help: { type: "boolean", alias: "h", description: "Show this page" },
}).options;

/** Every spelling of a global option. */
export const globalSpellings = (): readonly string[] => globalOptions.flatMap(spellingsOf);

/** The values of the global options. */
export interface Globals {
  readonly workdir?: string | undefined;
  readonly quiet: boolean;
  readonly yes: boolean;
  readonly debug: boolean;
  readonly recreateDemo: boolean;
  readonly recreateProviderConfig: boolean;
  readonly version: boolean;
  readonly help: boolean;
}

/** Reads them from parsed values. */
export function globalsFrom(values: Readonly<Record<string, unknown>>): Globals {
  const flag = (key: string): boolean => values[key] === true;
  return {
    workdir:
      typeof values["workdir"] === "string" && values["workdir"] !== "" ? values["workdir"] : undefined,
    quiet: flag("quiet"),
    yes: flag("yes"),
    debug: flag("debug"),
    recreateDemo: flag("recreateDemo"),
    recreateProviderConfig: flag("recreateProviderConfig"),
    version: flag("version"),
    help: flag("help"),
  };
}
