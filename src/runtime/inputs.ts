import type { InputSpec } from "../api/script/input-spec.ts";
import { parseSession } from "../kernel/calendar/session-text.ts";
import { ConfigError, PyneError } from "../kernel/errors.ts";
import { parseTimeframe } from "../kernel/timeframe.ts";
import { readTime } from "../kernel/timestamps.ts";

/** Values of inputs by key, as a settings file or a command line gives them. */
export type InputValues = Readonly<Record<string, unknown>>;

/** An input of a script with the value the script sees. */
export interface ResolvedInput {
  /** Unique within the script: the variable's name in Pine, else made from the title: `Fast length` is `fast_length`. */
  readonly key: string;
  readonly spec: InputSpec;
  readonly value: number | boolean | string;
}

/** The inputs of one script in the order in which its setup asked for them. */
export class InputRegistry {
  readonly inputs: ResolvedInput[] = [];
  readonly #values: InputValues;
  readonly #keys = new Set<string>();

  constructor(values: InputValues) {
    this.#values = values;
  }

  /** An empty registry with the same values: for the same script on other bars. */
  again(): InputRegistry {
    return new InputRegistry(this.#values);
  }

  /**
   * Declares an input.
   * @param wantedKey what the settings file calls it; default: made from the title
   * @returns the user's value, else the default
   * @throws ConfigError when the user's value has the wrong type or is out of bounds
   */
  declare(spec: InputSpec, wantedKey?: string): number | boolean | string {
    const key = this.#uniqueKey(wantedKey ?? spec.title, wantedKey !== undefined);
    const given = this.#values[key];
    const value = given === undefined ? spec.default : checkInput(key, spec, given);
    this.inputs.push({ key, spec, value });
    return value;
  }

  #uniqueKey(wanted: string, isKey: boolean): string {
    const base = isKey ? wanted : keyOf(wanted);
    let key = base;
    for (let number = 2; this.#keys.has(key); number++) key = `${base}_${number}`;
    this.#keys.add(key);
    return key;
  }
}

/** `Fast length` is `fast_length`. */
function keyOf(title: string): string {
  const key = title
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "");
  return key === "" ? "input" : key;
}

type Refuse = (expected: string) => never;

function checkNumber(spec: InputSpec, given: unknown, refuse: Refuse): void {
  if (typeof given !== "number" || Number.isNaN(given)) return refuse("a number");
  if (spec.kind === "int" && !Number.isInteger(given)) refuse("a whole number");
  if (spec.min !== undefined && given < spec.min) refuse(`at least ${spec.min}`);
  if (spec.max !== undefined && given > spec.max) refuse(`at most ${spec.max}`);
}

/** Epoch ms of a number or of a date as text, UTC. */
function timeValue(given: unknown): number | undefined {
  if (typeof given === "number") return Number.isFinite(given) ? Math.trunc(given) : undefined;
  if (given instanceof Date) return given.getTime();
  let time: number | undefined;
  isReadable(given, (text) => (time = readTime(text, "UTC").timeMs));
  return time;
}

function isReadable(given: unknown, read: (text: string) => unknown): boolean {
  if (typeof given !== "string") return false;
  try {
    read(given);
    return true;
  } catch (error) {
    if (error instanceof PyneError) return false;
    throw error;
  }
}

/** A value that an input may have. @throws ConfigError naming the input, what it takes and what it was given */
export function checkInput(key: string, spec: InputSpec, given: unknown): number | boolean | string {
  const refuse: Refuse = (expected) => {
    throw new ConfigError(`input ${key} ("${spec.title}") is ${expected}, not ${JSON.stringify(given)}`);
  };
  switch (spec.kind) {
    case "bool":
      return typeof given === "boolean" ? given : refuse("true or false");
    case "int":
    case "float":
    case "price":
      checkNumber(spec, given, refuse);
      break;
    case "time":
      return timeValue(given) ?? refuse("a time in milliseconds or a date");
    case "color":
      if (typeof given !== "string" || !/^(?:na|#(?:[0-9a-f]{6}|[0-9a-f]{8}))$/i.test(given))
        return refuse("a colour as #RRGGBB or #RRGGBBAA");
      break;
    case "timeframe":
      if (!isReadable(given, (text) => text === "" || parseTimeframe(text)))
        return refuse("a timeframe (5, 60, 1D), or empty for the chart's");
      break;
    case "session":
      if (!isReadable(given, parseSession)) return refuse("a session (0930-1600:23456)");
      break;
    default:
      if (typeof given !== "string") return refuse("a text");
  }
  if (spec.options !== undefined && !spec.options.includes(given as string | number)) {
    return refuse(`one of ${spec.options.join(", ")}`);
  }
  return given as number | string;
}
