/**
 * Names for the places of a script at which something is requested: the same place has the same name in every program
 * that is made of the script. The compiler numbers places; several instances of a place (a function that is called here
 * and there) are numbered in the order of making, those of the passes of a loop within the pass.
 */
export class Places {
  #prefix = "";
  readonly #made = new Map<string, number>();

  get areTaken(): boolean {
    return this.#made.size > 0;
  }

  /** Something is being made for a pass of a loop. */
  get isInPass(): boolean {
    return this.#prefix !== "";
  }

  /** @param number of the place */
  take(number: number): string {
    const place = `${this.#prefix}${number}`;
    const made = this.#made.get(place) ?? 0;
    this.#made.set(place, made + 1);
    return `${place}#${made}`;
  }

  /** What a maker makes is numbered by its pass. */
  numbered<Made>(make: () => Made): () => Made {
    let pass = 0;
    return () => {
      const prefix = this.#prefix;
      this.#prefix = `${prefix}${pass++}/`;
      try {
        return make();
      } finally {
        this.#prefix = prefix;
      }
    };
  }
}
