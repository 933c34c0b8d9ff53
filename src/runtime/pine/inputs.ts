import { type SourceName, sourceNames } from "../../api/script/input.ts";
import type { InputSpec } from "../../api/script/input-spec.ts";
import type { InputRegistry } from "../inputs.ts";
import type { Prices } from "./prices.ts";
import type { EnumMember } from "./values.ts";

/** What an input call says besides its default. */
interface InputArguments {
  readonly title?: string;
  readonly minval?: number;
  readonly maxval?: number;
  readonly step?: number;
  readonly options?: readonly unknown[];
  readonly group?: string;
  readonly tooltip?: string;
  readonly inline?: string;
  readonly confirm?: boolean;
}

/** `input.*`: each is read once; `key` is the name of the variable, by which the settings file knows it. */
export class PineInputs {
  readonly #registry: InputRegistry;
  readonly #prices: Prices;

  constructor(registry: InputRegistry, prices: Prices) {
    this.#registry = registry;
    this.#prices = prices;
  }

  int(key: string | null, value: number, args: InputArguments): number {
    return this.#declare("int", key, value, args) as number;
  }

  float(key: string | null, value: number, args: InputArguments): number {
    return this.#declare("float", key, value, args) as number;
  }

  price(key: string | null, value: number, args: InputArguments): number {
    return this.#declare("price", key, value, args) as number;
  }

  time(key: string | null, value: number, args: InputArguments): number {
    return this.#declare("time", key, value, args) as number;
  }

  bool(key: string | null, value: boolean, args: InputArguments): boolean {
    return this.#declare("bool", key, value, args) as boolean;
  }

  string(key: string | null, value: string, args: InputArguments): string {
    return this.#declare("string", key, value, args) as string;
  }

  text_area(key: string | null, value: string, args: InputArguments): string {
    return this.#declare("text_area", key, value, args) as string;
  }

  symbol(key: string | null, value: string, args: InputArguments): string {
    return this.#declare("symbol", key, value, args) as string;
  }

  session(key: string | null, value: string, args: InputArguments): string {
    return this.#declare("session", key, value, args) as string;
  }

  timeframe(key: string | null, value: string, args: InputArguments): string {
    return this.#declare("timeframe", key, value, args) as string;
  }

  /** The old name of `timeframe`. */
  resolution(key: string | null, value: string, args: InputArguments): string {
    return this.timeframe(key, value, args);
  }

  /** A colour is text in the settings file. */
  color(key: string | null, value: number, args: InputArguments): number {
    return colorOf(this.#declare("color", key, colorText(value), args) as string);
  }

  /** A field of an enum is known by its name. */
  enum(
    key: string | null,
    value: EnumMember,
    members: Readonly<Record<string, EnumMember>>,
    args: InputArguments,
  ): EnumMember {
    const options = (args.options as readonly EnumMember[] | undefined) ?? Object.values(members);
    const chosen = this.#declare("enum", key, value.name, {
      ...args,
      options: options.map(({ name }) => name),
    });
    return members[chosen as string] ?? value;
  }

  /** The column of the price that was chosen. */
  source(key: string | null, value: string, args: InputArguments): Float64Array {
    const chosen = this.#declare("source", key, value, {
      ...args,
      options: sourceNames,
    }) as SourceName;
    return this.#prices[chosen];
  }

  #declare(
    kind: InputSpec["kind"],
    key: string | null,
    value: number | boolean | string,
    args: InputArguments,
  ): number | boolean | string {
    const spec: InputSpec = {
      kind,
      title: args.title ?? key ?? "",
      default: value,
      min: args.minval,
      max: args.maxval,
      step: args.step,
      options: args.options as readonly (number | string)[] | undefined,
      group: args.group,
      tooltip: args.tooltip,
      inline: args.inline,
      confirm: args.confirm,
    };
    return this.#registry.declare(spec, key ?? undefined);
  }
}

/** `#RRGGBB`, with the opacity behind it when it is not opaque; `na` for none. */
function colorText(value: number): string {
  if (value !== value) return "na";
  const digits = value.toString(16).padStart(8, "0").toUpperCase();
  return `#${digits.endsWith("FF") ? digits.slice(0, 6) : digits}`;
}

function colorOf(text: string): number {
  if (text.toLowerCase() === "na") return Number.NaN;
  return Number.parseInt(text.length === 7 ? `${text.slice(1)}ff` : text.slice(1), 16);
}
