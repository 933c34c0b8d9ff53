/**
 * Names for the places of a script at which something is made, in the order of making: the same place has the same name
 * in every run of the script. What is made for a pass of a loop, whenever that is, is numbered within the pass.
 */
export class Places {
  #prefix = "";
  #next = 0;

  take(): string {
    return `${this.#prefix}${this.#next++}`;
  }

  /** What a maker makes has names of its own each time. */
  numbered<Made>(make: () => Made): () => Made {
    const place = this.take();
    let pass = 0;
    return () => {
      const [prefix, next] = [this.#prefix, this.#next];
      this.#prefix = `${place}.${pass++}/`;
      this.#next = 0;
      try {
        return make();
      } finally {
        this.#prefix = prefix;
        this.#next = next;
      }
    };
  }
}
