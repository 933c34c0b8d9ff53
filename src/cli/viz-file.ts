import { writeFailure } from "../kernel/errors.ts";
import { TextFile } from "../report/text-file.ts";
import type { VizStream } from "../report/viz.ts";
import type { VisualFollower } from "../runtime/visual-follower.ts";

/** The file of `run --viz`: lines are written while the run goes on, and the file appears when it is whole. */
class VizFile {
  readonly path: string;
  readonly follower: VisualFollower;
  readonly #file: TextFile;
  readonly #stream: VizStream;

  /**
   * @param streamTo makes what the lines come from
   * @throws RuntimeFailure when the file cannot be made
   */
  constructor(path: string, streamTo: (write: (line: string) => void) => VizStream) {
    this.path = path;
    this.#file = this.#guarded(() => new TextFile(path));
    this.#stream = streamTo((line) => this.#guarded(() => this.#file.line(line)));
    this.follower = this.#stream;
  }

  /** @param bars that were executed */
  publish(bars: number): void {
    try {
      this.#stream.end(bars);
      this.#guarded(() => this.#file.publish(true));
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
export async function vizFile(
  wanted: {
    readonly viz: boolean | undefined;
    readonly vizPath: string | undefined;
    readonly vizJournal: boolean | undefined;
  },
  pathOf: (given: string | undefined) => string,
): Promise<VizFile | undefined> {
  const withJournal = wanted.vizJournal === true;
  if (wanted.viz !== true && wanted.vizPath === undefined && !withJournal) return undefined;
  // Most runs want none and need not load what makes it.
  const { VizStream } = await import("../report/viz.ts");
  return new VizFile(pathOf(wanted.vizPath), (write) => new VizStream(write, withJournal));
}
