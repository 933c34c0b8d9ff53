import { ObjectArray } from "../../lib/collections/object-array.ts";
import { Drawing, type DrawingKind, type DrawingLog, type DrawingValues, Registry } from "./registry.ts";

/** A handle of a drawing; `null` is na. */
export type Id<Values extends DrawingValues> = Drawing<Values> | null;

/** One kind of drawing as a script sees it: what all kinds have. An na id is ignored, and reads na. */
export class DrawingSpace<Values extends DrawingValues> {
  readonly registry: Registry<Drawing<Values>>;
  readonly #kind: DrawingKind;
  readonly #log: DrawingLog;

  /** @param limit most live drawings of the kind */
  constructor(
    kind: DrawingKind,
    log: DrawingLog,
    limit: number,
    afterRemoval?: (drawing: Drawing<Values>) => void,
  ) {
    this.#kind = kind;
    this.#log = log;
    this.registry = new Registry(log, limit, afterRemoval);
  }

  /** A new array of the live drawings, oldest first. */
  get all(): ObjectArray<Drawing<Values>> {
    return ObjectArray.of("object", [...this.registry]);
  }

  delete(id: Id<Values>): void {
    if (id !== null) this.registry.remove(id);
  }

  copy(id: Id<Values>): Id<Values> {
    return id === null ? null : this.make({ ...id.values });
  }

  /** A number of a drawing; na of na. */
  number(id: Id<Values>, key: keyof Values): number {
    return id === null ? Number.NaN : (id.values[key] as number);
  }

  text(id: Id<Values>, key: keyof Values): string | null {
    return id === null ? null : (id.values[key] as string | null);
  }

  set<Key extends keyof Values>(id: Id<Values>, key: Key, value: Values[Key]): void {
    if (id === null) return;
    this.changing(id);
    id.values[key] = value;
  }

  put(id: Id<Values>, values: Partial<Values>): void {
    if (id === null) return;
    this.changing(id);
    Object.assign(id.values, values);
  }

  protected make(values: Values): Drawing<Values> {
    return this.registry.add(new Drawing(this.#kind, this.#log.takeVid(), values));
  }

  protected changing(id: Drawing<Values>): void {
    this.#log.changing(id);
  }
}

/**
 * The values of a new drawing: what was given over the defaults. An na where a name is wanted (a style, a place) is
 * the default; texts, tooltips, numbers and colours may be na.
 */
export function filled<Values extends DrawingValues>(
  defaults: Readonly<Values>,
  given: Readonly<Record<string, unknown>>,
): Values {
  const values = { ...defaults } as Record<string, unknown>;
  for (const key in given) {
    const value = given[key];
    if (value === null && values[key] !== null && key !== "text") continue;
    if (key in values) values[key] = value;
  }
  return values as Values;
}
