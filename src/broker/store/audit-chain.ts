import { eventHash, firstHash, type HashedEvent } from "./event-log.ts";
import type { RunRow } from "./reader.ts";

/** A line of the log as its row has it. */
export interface EventRow extends HashedEvent {
  readonly id: number;
  readonly prev_hash: string;
  readonly hash: string;
}

/** Lines of the log that are gone. */
export interface GapRow {
  readonly first_seq: number;
  readonly last_seq: number;
  readonly prev_hash: string;
  readonly hash: string;
}

/** Follows the hashes of one instance's lines, and says where they break. */
export class Chain {
  readonly #run: RunRow;
  readonly #onBreak: (message: string) => void;
  #hash: string;
  #seq = 0;

  constructor(run: RunRow, onBreak: (message: string) => void) {
    this.#run = run;
    this.#onBreak = onBreak;
    this.#hash = firstHash(run.run_instance_id, run.run_id, run.started_ts_ms);
  }

  take(line: EventRow): void {
    const name = `line ${line.seq} (${line.kind}, row ${line.id}) of instance ${this.#run.run_instance_id}`;
    if (line.seq !== this.#seq + 1) this.#onBreak(`${name} follows line ${this.#seq}: lines are missing`);
    else if (line.prev_hash !== this.#hash) this.#onBreak(`${name} is not chained to the line before it`);
    else if (eventHash(line.prev_hash, line) !== line.hash) this.#onBreak(`${name} was changed`);
    // What follows is judged by itself: one edited line is one finding.
    this.#hash = line.hash;
    this.#seq = line.seq;
  }

  /** Lines that were old enough to be thrown away. */
  leap(gap: GapRow): void {
    if (gap.first_seq !== this.#seq + 1 || gap.prev_hash !== this.#hash)
      this.#onBreak(
        `the lines ${gap.first_seq} to ${gap.last_seq} of instance ${this.#run.run_instance_id} are no gap that was left by retention`,
      );
    this.#hash = gap.hash;
    this.#seq = gap.last_seq;
  }

  end(): void {
    const { event_seq, event_hash, run_instance_id } = this.#run;
    if (event_seq !== this.#seq || event_hash !== this.#hash)
      this.#onBreak(
        `the log of instance ${run_instance_id} ends at line ${this.#seq}; its run says ${event_seq}: lines were taken away or added`,
      );
  }
}
