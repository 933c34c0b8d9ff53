import { writeFailure } from "../kernel/errors.ts";
import { TextFile } from "../report/text-file.ts";
import { VizStream } from "../report/viz.ts";
import type { VisualFollower } from "../runtime/visual-follower.ts";

/** The file of `run --viz`: lines are written while the run goes on, and the file appears when it is whole. */
class VizFile {
  readonly path: string;
  readonly follower: VisualFollower;
  readonly #file: TextFile;
  readonly #stream: VizStream;

  /**
   * @param withJournal records what every bar does to the drawings
   * @throws RuntimeFailure when the file cannot be made
   */
  constructor(path: string, withJournal: boolean) {
    this.path = path;
    this.#file = this.#guarded(() => new TextFile(path));
    this.#stream = new VizStream((line) => this.#guarded(() => this.#file.line(line)), withJournal);
    this.follower = this.#stream;
  }

  /** @param bars that were executed */
  publish(bars: number): void {
    try {
      this.#stream.end(bars);
      this.#guarded(() => this.#file.publish());
    } catch (error) {
      this.#file.discard();
      throw error;
    }
  }

  /** The run failed: the file that was there before stays. */
  discard(): void {
    this.#file.discard();
  }

  #guarded<Value>(work: () => Value): Value {
    try {
      return work();
    } catch (error) {
      throw writeFailure(this.path, error);
    }
  }
}

/** The file, when one is wanted. `pathOf` says where it goes. */
export function vizFile(
  wanted: {
    readonly viz: boolean | undefined;
    readonly vizPath: string | undefined;
    readonly vizJournal: boolean | undefined;
  },
  pathOf: (given: string | undefined) => string,
): VizFile | undefined {
  const withJournal = wanted.vizJournal === true;
  if (wanted.viz !== true && wanted.vizPath === undefined && !withJournal) return undefined;
  return new VizFile(pathOf(wanted.vizPath), withJournal);
}
