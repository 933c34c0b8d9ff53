import type { ArgDef, CommandDef } from "citty";

/** One command-line argument: citty's definition plus what pyne understands on top. */
export type PyneArg = ArgDef & {
  /** Collects every occurrence into a list; `string` arguments only. */
  readonly multiple?: boolean;
  /** Environment variable used when the option is absent from the command line. */
  readonly env?: string;
  /** Turns the text into the value; throwing is a usage error (exit 2). */
  readonly parse?: (text: string) => unknown;
};

/** Arguments by key; keys are written in camelCase, options work in both spellings. */
export type PyneArgs = Record<string, PyneArg>;

/** Any citty command, whatever its arguments. */
// oxlint-disable-next-line typescript/no-explicit-any -- citty's command type is invariant in its arguments
export type AnyCommand = CommandDef<any>;
