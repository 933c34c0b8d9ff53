import type { InputSpec } from "../api/script/input-spec.ts";
import { UsageError } from "../kernel/errors.ts";
import { checkInput } from "../runtime/inputs.ts";

/**
 * What an input may be in a search, pure:
 *
 *     assignment = KEY "=" candidate { "," candidate }
 *     candidate  = NUMBER ".." NUMBER [ ":" STEP ] | NUMBER | "true" | "false" | TEXT | quoted TEXT
 */

export type InputValue = number | boolean | string;

/** One candidate as written. */
type Candidate =
  | { readonly kind: "range"; readonly from: number; readonly to: number; readonly step: number | undefined }
  | { readonly kind: "value"; readonly text: string; readonly isQuoted: boolean };

/** One `--input` option. */
export interface InputOption {
  readonly key: string;
  /** As typed, for messages. */
  readonly text: string;
  readonly candidates: readonly Candidate[];
}

/** Values that one input may have at most; more is a mistake in the step. */
export const maximalValues = 100_000;

const number = String.raw`[-+]?(?:\d[\d_]*(?:\.\d+)?|\.\d+)(?:e[-+]?\d+)?`;
const rangeShape = new RegExp(`^(${number})\\.\\.(${number})(?::(${number}))?$`, "i");
const numberShape = new RegExp(`^${number}$`, "i");

const hint = "--input fast=5..50:5, --input length=10,20,50, --input useStop=true,false";

/** Reads the value of an `--input` option. @throws UsageError naming it */
export function parseInputOption(text: string): InputOption {
  const at = text.indexOf("=");
  const key = text.slice(0, Math.max(at, 0)).trim();
  if (at < 0 || key === "") throw new UsageError(`"${text}" names no input and its values`, { hint });
  const candidates = splitList(text, text.slice(at + 1)).map(({ text: item, isQuoted }): Candidate => {
    if (isQuoted) return { kind: "value", text: item, isQuoted };
    const match = rangeShape.exec(item);
    if (match === null) {
      if (item === "" || /^[^a-z]*\.\.|\.\.[^a-z]*$/i.test(item))
        throw new UsageError(`"${item}" of "${text}" is neither a value nor a range`, { hint });
      return { kind: "value", text: item, isQuoted };
    }
    const [from, to, step] = match
      .slice(1)
      .map((part) => (part === undefined ? undefined : numberFrom(part)));
    return { kind: "range", from: from ?? 0, to: to ?? 0, step };
  });
  return { key, text, candidates };
}

const numberFrom = (text: string): number => Number(text.replaceAll("_", ""));

/** Items between commas; a quoted one may hold commas, and a doubled quote stands for itself. */
function splitList(option: string, text: string): { text: string; isQuoted: boolean }[] {
  const items: { text: string; isQuoted: boolean }[] = [];
  const shape = /\s*(?:"((?:[^"]|"")*)"|([^,"]*))\s*(,|$)/y;
  for (;;) {
    const match = shape.exec(text);
    if (match === null) throw new UsageError(`a quote of "${option}" is not closed`, { hint });
    const quoted = match[1]?.replaceAll('""', '"');
    items.push({ text: quoted ?? (match[2] ?? "").trim(), isQuoted: quoted !== undefined });
    if (match[3] === "") return items;
  }
}

/**
 * The values of an option for the input it names, each once, in the order written.
 *
 * @throws UsageError for a range that is empty, endless or too long, or values of another kind
 * @throws ConfigError for a value outside the input's bounds
 */
export function valuesOf({ key, text, candidates }: InputOption, spec: InputSpec): InputValue[] {
  const values = new Set<InputValue>();
  for (const candidate of candidates) {
    const found =
      candidate.kind === "range" ? rangeValues(text, candidate, spec) : [valueOf(candidate, spec)];
    for (const value of found) values.add(checkInput(key, spec, value));
    if (values.size > maximalValues) throw tooMany(text, values.size);
  }
  return [...values];
}

function rangeValues(
  text: string,
  { from, to, step: given }: Extract<Candidate, { kind: "range" }>,
  spec: InputSpec,
): number[] {
  if (!isNumeric(spec)) {
    throw new UsageError(`--input ${text}: "${spec.title}" is no number, so it has no range`, {
      hint: spec.kind === "bool" ? "true,false" : "name its values, commas between them",
    });
  }
  const size = given ?? spec.step ?? (spec.kind === "int" ? 1 : undefined);
  if (size === undefined) {
    throw new UsageError(`--input ${text}: a range of "${spec.title}" wants a step`, {
      hint: `${from}..${to}:${Number(((to - from) / 10).toPrecision(2)) || 1}`,
    });
  }
  // A step that nobody wrote goes where the range goes.
  const step = given === undefined && to < from ? -size : size;
  if (step === 0) throw new UsageError(`--input ${text}: the step is 0`, { hint });
  if (Math.sign(to - from) * Math.sign(step) < 0) {
    throw new UsageError(`--input ${text}: the step ${step} leads away from ${to}`, {
      hint: `${from}..${to}:${-step}`,
    });
  }
  // Decimal steps leave dust: 0.1 to 0.3 by 0.1 has three values.
  const count = Math.floor((to - from) / step + 1e-9) + 1;
  if (!(count <= maximalValues)) throw tooMany(text, count);
  return Array.from({ length: count }, (_, index) => Number((from + index * step).toPrecision(12)));
}

function tooMany(text: string, count: number): UsageError {
  return new UsageError(
    `--input ${text}: these are ${count.toLocaleString("en")} values; an input may have ${maximalValues.toLocaleString("en")}`,
    { hint: "take a larger step, or --random N over fewer values" },
  );
}

function valueOf({ text, isQuoted }: Extract<Candidate, { kind: "value" }>, spec: InputSpec): InputValue {
  if (isQuoted) return text;
  if (spec.kind === "bool") return text === "true" ? true : text === "false" ? false : text;
  // What is no number stays a text, and the input says what it takes.
  return isNumeric(spec) && numberShape.test(text) ? numberFrom(text) : text;
}

const isNumeric = ({ kind }: InputSpec): boolean => ["int", "float", "price", "time"].includes(kind);
