/** Kinds of drawing that are kept in a list of their own. */
export type DrawingKind = "line" | "label" | "box" | "linefill" | "polyline" | "table";

/** Values of a drawing by Pine's names; a missing number is NaN, a missing text `null`. */
export type DrawingValues = object;

/**
 * Something that a script drew. It is linked into the list of its kind; a removed one keeps its links for as long as
 * the removal may be undone.
 */
export class Drawing<Values extends DrawingValues = DrawingValues> {
  isLive = true;
  previous: Drawing | undefined = undefined;
  next: Drawing | undefined = undefined;
  /** The execution in which its values were last noted. */
  notedIn = -1;

  /** @param vid number within the run, in order of creation */
  constructor(
    readonly kind: DrawingKind,
    readonly vid: number,
    public values: Values,
  ) {}
}

type Undo =
  | { readonly how: "created" | "removed"; readonly drawing: Drawing; readonly registry: Registry }
  | { readonly how: "changed"; readonly drawing: Drawing; readonly values: DrawingValues };

/**
 * What happens to all drawings of a run. A bar that may be executed again begins with `save`; from then on every change
 * is noted, and `restore` takes them back, newest first. A run that never saves notes nothing.
 */
export class DrawingLog {
  #nextVid = 0;
  #savedVid = 0;
  #isNoting = false;
  /** Number of the execution; drawings are noted once in each. */
  #execution = 0;
  readonly #undo: Undo[] = [];
  /** Told of every drawing that is made, changed or removed; for a journal. */
  watcher: ((drawing: Drawing) => void) | undefined;

  /** A number for a new drawing. */
  takeVid(): number {
    return this.#nextVid++;
  }

  created(drawing: Drawing, registry: Registry): void {
    if (this.#isNoting) {
      this.#undo.push({ how: "created", drawing, registry });
      drawing.notedIn = this.#execution;
    }
    this.watcher?.(drawing);
  }

  removed(drawing: Drawing, registry: Registry): void {
    if (this.#isNoting) this.#undo.push({ how: "removed", drawing, registry });
    else forgetLinks(drawing);
    this.watcher?.(drawing);
  }

  /** Called before a setter changes anything. */
  changing(drawing: Drawing): void {
    if (this.#isNoting && drawing.notedIn !== this.#execution) {
      drawing.notedIn = this.#execution;
      this.#undo.push({ how: "changed", drawing, values: drawing.values });
      drawing.values = copied(drawing.values);
    }
    this.watcher?.(drawing);
  }

  /** Remembers how things are. */
  save(): void {
    this.#isNoting = true;
    this.#execution++;
    for (const undo of this.#undo) if (undo.how === "removed") forgetLinks(undo.drawing);
    this.#undo.length = 0;
    this.#savedVid = this.#nextVid;
  }

  /** Goes back to how they were; may be called again after another execution. */
  restore(): void {
    for (let undo = this.#undo.pop(); undo !== undefined; undo = this.#undo.pop()) {
      if (undo.how === "changed") undo.drawing.values = undo.values;
      else if (undo.how === "created") undo.registry.unlink(undo.drawing);
      else undo.registry.relink(undo.drawing);
      this.watcher?.(undo.drawing);
    }
    this.#execution++;
    this.#nextVid = this.#savedVid;
  }
}

/** A copy that a setter may change; the cells of a table are replaced one by one, so its map is copied too. */
function copied(values: DrawingValues): DrawingValues {
  if (!("cells" in values)) return { ...values };
  return { ...values, cells: new Map(values.cells as ReadonlyMap<unknown, unknown>) };
}

/** A removed drawing that a script still holds must not hold all others that are gone. */
function forgetLinks(drawing: Drawing): void {
  if (drawing.isLive) return;
  drawing.previous = undefined;
  drawing.next = undefined;
}

/**
 * The live drawings of one kind, oldest first: a list through the drawings themselves, so that making, removing and
 * undoing each cost the same however many there are.
 */
export class Registry<Kind extends Drawing = Drawing> {
  readonly #log: DrawingLog;
  readonly limit: number;
  readonly #afterRemoval: ((drawing: Kind) => void) | undefined;
  #first: Drawing | undefined;
  #last: Drawing | undefined;
  #count = 0;

  /**
   * @param limit most live drawings; one more removes the oldest
   * @param afterRemoval told of every drawing that is removed, but not of what is undone
   */
  constructor(log: DrawingLog, limit: number, afterRemoval?: (drawing: Kind) => void) {
    this.#log = log;
    this.limit = limit;
    this.#afterRemoval = afterRemoval;
  }

  get count(): number {
    return this.#count;
  }

  /** Takes a new drawing in. */
  add(drawing: Kind): Kind {
    drawing.previous = this.#last;
    if (this.#last === undefined) this.#first = drawing;
    else this.#last.next = drawing;
    this.#last = drawing;
    this.#count++;
    this.#log.created(drawing, this as unknown as Registry);
    while (this.#count > this.limit) this.remove(this.#first as Kind);
    return drawing;
  }

  /** Removes a drawing; one that is removed already stays so. */
  remove(drawing: Kind): void {
    if (!drawing.isLive) return;
    this.unlink(drawing);
    this.#log.removed(drawing, this as unknown as Registry);
    this.#afterRemoval?.(drawing);
  }

  /** Live drawings, oldest first. */
  *[Symbol.iterator](): Generator<Kind> {
    for (let at = this.#first; at !== undefined; at = at.next) yield at as Kind;
  }

  /** For the log alone: takes a drawing out without a note. */
  unlink(drawing: Drawing): void {
    drawing.isLive = false;
    this.#count--;
    if (drawing.previous === undefined) this.#first = drawing.next;
    else drawing.previous.next = drawing.next;
    if (drawing.next === undefined) this.#last = drawing.previous;
    else drawing.next.previous = drawing.previous;
  }

  /** For the log alone: puts a drawing back between its old neighbours. Undo in reverse order makes them so again. */
  relink(drawing: Drawing): void {
    drawing.isLive = true;
    this.#count++;
    if (drawing.previous === undefined) this.#first = drawing;
    else drawing.previous.next = drawing;
    if (drawing.next === undefined) this.#last = drawing;
    else drawing.next.previous = drawing;
  }
}
