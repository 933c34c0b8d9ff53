import type { Drawings } from "../runtime/pine/drawings/drawings.ts";
import type { Drawing } from "../runtime/pine/drawings/registry.ts";
import { type DrawingState, drawingState } from "../runtime/pine/drawings/state.ts";

/** A drawing was made, changed or removed. */
export interface DrawingEvent {
  readonly op: "create" | "update" | "delete";
  readonly obj: Drawing["kind"];
  readonly id: number;
  /** Everything about it; not of one that is gone. */
  readonly s?: DrawingState;
}

/**
 * What a bar did to the drawings: the difference between how they are and how they were after the bar before. Only
 * those that somebody touched are looked at, so a bar costs what it does and not what there is.
 */
export class DrawingJournal {
  readonly #drawings: Drawings;
  /** State after the last bar, as text. */
  readonly #known = new Map<Drawing, string>();
  readonly #touched = new Set<Drawing>();

  constructor(drawings: Drawings) {
    this.#drawings = drawings;
    drawings.log.watcher = (drawing) => this.#touched.add(drawing);
    for (const drawing of drawings.live()) this.#touched.add(drawing);
  }

  /** The events of a bar that will not be executed again, by the number of the drawing. */
  bar(): DrawingEvent[] {
    if (this.#touched.size === 0) return [];
    for (const drawing of [...this.#touched]) {
      if (drawing.kind === "line")
        for (const fill of this.#drawings.linefill.of(drawing)) this.#touched.add(fill);
    }
    const events = [...this.#touched].flatMap((drawing) => this.#event(drawing) ?? []);
    this.#touched.clear();
    return events.toSorted((a, b) => a.id - b.id);
  }

  #event(drawing: Drawing): DrawingEvent | undefined {
    const { kind: obj, vid: id } = drawing;
    const before = this.#known.get(drawing);
    if (!drawing.isLive) {
      if (before === undefined) return undefined;
      this.#known.delete(drawing);
      return { op: "delete", obj, id };
    }
    const s = drawingState(drawing);
    const text = JSON.stringify(s);
    if (text === before) return undefined;
    this.#known.set(drawing, text);
    return { op: before === undefined ? "create" : "update", obj, id, s };
  }
}
