import type { Room } from "./room.ts";

/** What a script plotted: a column per title, in the order in which titles first appeared. */
export interface PlotColumn {
  readonly title: string;
  readonly values: Float64Array;
  /** The values are yes and no. */
  boolean: boolean;
}

/** Where the plotting stands; −1 before the first bar. */
interface PlotCursor {
  bar: number;
}

/**
 * A column that a script has announced and sets on every bar: no looking up on the way, and every bar counts as one
 * on which something was plotted.
 */
export class PlotSlot {
  /** Title of the column, made unique. */
  readonly title: string;
  readonly #values: Float64Array;
  readonly #cursor: PlotCursor;

  constructor(title: string, values: Float64Array, cursor: PlotCursor) {
    this.title = title;
    this.#values = values;
    this.#cursor = cursor;
  }

  /** Sets this bar's value. */
  set(value: number): void {
    this.#values[this.#cursor.bar] = value;
  }
}

/**
 * Collects plots bar by bar. A script plots the same titles in the same order on nearly every bar, so a call first
 * tries the column after the previous call's; only a surprise looks a title up.
 */
export class PlotTable {
  readonly columns: PlotColumn[] = [];
  /** 1 for bars on which something was plotted. */
  readonly plotted: Uint8Array;
  readonly #room: Room;
  readonly #byTitle = new Map<string, number>();
  readonly #cursor: PlotCursor = { bar: -1 };
  /** Columns that belong to a slot. */
  readonly #registered = new Set<number>();
  #hasSlots = false;
  #lastBar: Int32Array = new Int32Array(8).fill(-1);
  #next = 0;

  constructor(room: Room) {
    this.#room = room;
    this.plotted = room.flags();
  }

  /** Starts a bar. */
  begin(bar: number): void {
    this.#cursor.bar = bar;
    if (this.#hasSlots) this.plotted[bar] = 1;
    this.#next = 0;
  }

  /** Forgets what the bar has plotted: it is executed again. */
  rewind(): void {
    for (const [index, { values }] of this.columns.entries()) {
      if (!this.isPlotted(index)) continue;
      values[this.#cursor.bar] = Number.NaN;
      this.#lastBar[index] = -1;
    }
    this.plotted[this.#cursor.bar] = this.#hasSlots ? 1 : 0;
    this.#next = 0;
  }

  /** Adds a value; a title used again on the same bar gets the suffix ` 0`, ` 1`, ... */
  add(title: string, value: number | boolean): void {
    let index = this.#next;
    if (this.columns[index]?.title !== title || this.isPlotted(index)) index = this.#find(title);
    const column = this.columns[index];
    if (column === undefined) return;
    if (typeof value === "boolean") {
      column.boolean = true;
      column.values[this.#cursor.bar] = value ? 1 : 0;
    } else {
      column.values[this.#cursor.bar] = value;
    }
    this.#lastBar[index] = this.#cursor.bar;
    this.plotted[this.#cursor.bar] = 1;
    this.#next = index + 1;
  }

  /** A column that a script has announced; a title that is taken gets the suffix ` 0`, ` 1`, ... */
  register(title: string): PlotSlot {
    let name = title;
    for (let suffix = 0; this.#byTitle.has(name); suffix++) name = `${title} ${suffix}`;
    const index = this.#create(name);
    this.#registered.add(index);
    this.#hasSlots = true;
    return new PlotSlot(name, this.columns[index]!.values, this.#cursor);
  }

  #find(title: string): number {
    let name = title;
    for (let suffix = 0; ; suffix++) {
      const index = this.#byTitle.get(name);
      if (index === undefined) return this.#create(name);
      if (!this.isPlotted(index)) return index;
      name = `${title} ${suffix}`;
    }
  }

  #create(title: string): number {
    const index = this.columns.length;
    if (index === this.#lastBar.length) {
      const larger = new Int32Array(index * 2).fill(-1);
      larger.set(this.#lastBar);
      this.#lastBar = larger;
    }
    this.columns.push({ title, values: this.#room.numbers(Number.NaN), boolean: false });
    this.#byTitle.set(title, index);
    return index;
  }

  /** Whether a column has its value for the current bar; one of a slot always does. */
  isPlotted(index: number): boolean {
    return this.#lastBar[index] === this.#cursor.bar || this.#registered.has(index);
  }

  /** This bar's values by title. */
  row(): Readonly<Record<string, number | boolean>> {
    const row: Record<string, number | boolean> = {};
    for (const [index, column] of this.columns.entries()) {
      if (!this.isPlotted(index)) continue;
      const value = column.values[this.#cursor.bar] ?? Number.NaN;
      row[column.title] = column.boolean ? value === 1 : value;
    }
    return Object.freeze(row);
  }
}
