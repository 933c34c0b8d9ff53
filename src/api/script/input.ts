import type { InputSpec } from "./input-spec.ts";
import type { Series } from "./series.ts";
import { setupPort } from "./setup.ts";

/** Inputs: values a user may change without touching the script. */

/** What every kind of input may say about itself. */
export interface InputOptions {
  readonly group?: string;
  readonly tooltip?: string;
}

/** Options of a numeric input. */
export interface NumberInputOptions extends InputOptions {
  readonly min?: number;
  readonly max?: number;
  readonly step?: number;
  readonly options?: readonly number[];
}

/** Names of the price series that a source input may choose. */
export const sourceNames = [
  "open",
  "high",
  "low",
  "close",
  "volume",
  "hl2",
  "hlc3",
  "ohlc4",
  "hlcc4",
] as const;
export type SourceName = (typeof sourceNames)[number];

export const input = {
  /** A whole number. */
  int(title: string, value: number, options: NumberInputOptions = {}): number {
    return setupPort("input.int").input({ kind: "int", title, default: value, ...options }) as number;
  },
  /** A number. */
  float(title: string, value: number, options: NumberInputOptions = {}): number {
    return setupPort("input.float").input({ kind: "float", title, default: value, ...options }) as number;
  },
  bool(title: string, value: boolean, options: InputOptions = {}): boolean {
    return setupPort("input.bool").input({ kind: "bool", title, default: value, ...options }) as boolean;
  },
  /** A text, or one of `options`. */
  string(
    title: string,
    value: string,
    options: InputOptions & { readonly options?: readonly string[] } = {},
  ): string {
    return setupPort("input.string").input({ kind: "string", title, default: value, ...options }) as string;
  },
  /** A price series chosen by name. */
  source(title: string, value: SourceName, options: InputOptions = {}): Series {
    const port = setupPort("input.source");
    const spec: InputSpec = { kind: "source", title, default: value, options: sourceNames, ...options };
    return port.priceSeries(port.input(spec) as string);
  },
};
