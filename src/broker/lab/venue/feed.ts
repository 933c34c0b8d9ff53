import type { VirtualTime } from "../time.ts";
import type { Note } from "../note.ts";
import type { VenueEvent } from "./model.ts";

/** The stream of the account's events to one process, with whatever goes wrong on the way. */
export class Feed {
  /** From the venue to here, ms. */
  delayMs = 0;
  isUp = true;
  /** Events wait until they are let go. */
  isHeld = false;
  /** Of the next events so many are lost, come twice, or come behind their successor. */
  drops = 0;
  duplicates = 0;
  swaps = 0;
  /** Events that were lost since the history was read. */
  lost = 0;
  /** Told what is met. */
  note: Note = () => {};
  readonly #time: VirtualTime;
  readonly #held: VenueEvent[] = [];
  readonly #arrived: VenueEvent[] = [];
  #swapped: VenueEvent | null = null;
  #underWay = 0;
  #wake: (() => void) | null = null;

  constructor(time: VirtualTime) {
    this.#time = time;
  }

  /** Events that have not been read, wherever they are. */
  get pending(): number {
    return this.#held.length + this.#arrived.length + this.#underWay + (this.#swapped === null ? 0 : 1);
  }

  /** The venue has something to tell. */
  push(event: VenueEvent): void {
    if (!this.isUp || this.drops > 0) {
      if (this.isUp) this.drops--;
      this.lost++;
      this.note(`event lost: ${event.kind}`);
      return;
    }
    const copies = this.duplicates > 0 ? 2 : 1;
    if (copies === 2) {
      this.duplicates--;
      this.note(`event twice: ${event.kind}`);
    }
    if (this.#swapped !== null) {
      const first = this.#swapped;
      this.#swapped = null;
      this.note(`event before its time: ${event.kind} before ${first.kind}`);
      this.#send(event, copies);
      this.#send(first, 1);
      return;
    }
    if (this.swaps > 0) {
      this.swaps--;
      this.#swapped = event;
      return;
    }
    this.#send(event, copies);
  }

  /** Lets go what was held. */
  release(): void {
    this.isHeld = false;
    for (const event of this.#held.splice(0)) this.#arrive(event);
    const late = this.#swapped;
    this.#swapped = null;
    if (late !== null) this.#send(late, 1);
  }

  /** What is on its way is lost. */
  cut(): void {
    this.isUp = false;
    this.lost += this.#held.length + this.#underWay;
    this.#held.length = 0;
    this.#swapped = null;
    this.#wake?.();
  }

  /** Whoever waits looks again. */
  wake(): void {
    this.#wake?.();
  }

  /** The next event, or `null` when there is none: somebody has to wait. */
  take(): VenueEvent | null {
    return this.#arrived.shift() ?? null;
  }

  /** Resolves when there may be something to read, or after so long. */
  wait(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted || this.#arrived.length > 0) return resolve();
      const finish = (): void => {
        this.#wake = null;
        cancel();
        signal.removeEventListener("abort", finish);
        resolve();
      };
      const cancel = this.#time.schedule(ms, finish);
      signal.addEventListener("abort", finish, { once: true });
      this.#wake = finish;
    });
  }

  #send(event: VenueEvent, copies: number): void {
    for (let copy = 0; copy < copies; copy++) {
      if (this.delayMs <= 0) {
        this.#arrive(event);
        continue;
      }
      this.#underWay++;
      this.#time.schedule(this.delayMs, () => {
        this.#underWay--;
        if (this.isUp) this.#arrive(event);
      });
    }
  }

  #arrive(event: VenueEvent): void {
    if (this.isHeld) {
      this.note(`event held: ${event.kind}`);
      this.#held.push(event);
      return;
    }
    this.#arrived.push(event);
    this.#wake?.();
  }
}
