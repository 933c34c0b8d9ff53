/** Names that generated code cannot take for a variable of the script. */
const taken: readonly string[] = (
  "arguments await break case catch class const continue debugger default delete do else enum eval export extends " +
  "false finally for function if implements import in instanceof interface let new null package private protected " +
  "public return static super switch this throw true try typeof undefined var void while with yield NaN Infinity " +
  "Math Number Object Array Float64Array Uint8Array Boolean String Map Set rt i bar"
).split(" ");

/** Hands out names, each once. */
export class NamePool {
  readonly #used: Set<string>;
  readonly #outer: NamePool | undefined;
  /** The next number of a name, so that thousands of them are not counted again each time. */
  readonly #numbers = new Map<string, number>();

  /** @param imported names that the module imports */
  constructor(imported: Iterable<string>, outer?: NamePool) {
    this.#used = new Set(outer === undefined ? [...taken, ...imported] : imported);
    this.#outer = outer;
  }

  /** Names of a function: those of the module are taken, those of other functions are not. */
  inner(): NamePool {
    return new NamePool([], this);
  }

  #has(name: string): boolean {
    return this.#used.has(name) || (this.#outer !== undefined && this.#outer.#has(name));
  }

  /** `wanted`, or `wanted$2`, `wanted$3`, ... when it is taken. */
  take(wanted: string): string {
    let name = wanted;
    if (this.#has(name)) {
      let number = this.#numbers.get(`${wanted}$`) ?? 2;
      do name = `${wanted}$${number++}`;
      while (this.#has(name));
      this.#numbers.set(`${wanted}$`, number);
    }
    this.#used.add(name);
    return name;
  }

  /** `wanted1`, `wanted2`, ...: for things of which there are usually several. */
  numbered(wanted: string): string {
    let number = this.#numbers.get(wanted) ?? 1;
    while (this.#has(`${wanted}${number}`)) number++;
    const name = `${wanted}${number}`;
    this.#numbers.set(wanted, number + 1);
    this.#used.add(name);
    return name;
  }
}
