import type { BarState } from "../bar-state.ts";

/** The run of a program on the bars of a context. */
export interface ContextRun {
  /** Begins an execution on the bar that the clock stands on. */
  begin(): void;
  save(): void;
  restore(): void;
  /** Takes the prices of a bar over after they have changed. */
  refresh(index: number): void;
  /** Whether the program asks other contexts, whose values may change while its bar does not. */
  readonly asks: boolean;
  readonly barstate: BarState;
}

/** A program, ready to run on every bar. */
export interface ContextProgram {
  readonly run: ContextRun;
  /** Gives the value, unless the program hands it over by `capture`. */
  readonly bar: () => unknown;
}
