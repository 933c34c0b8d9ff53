import type { BarStateView } from "../api/plugins/extension-hooks.ts";
import type { BarClock } from "./series.ts";

/** How a bar is being executed. */
export type BarPhase =
  /** It lies in the past. */
  | "history"
  /** Its first live update. */
  | "first"
  /** A later one. */
  | "update"
  /** Its close, after it was executed before. */
  | "close"
  /** Its close, and the first that the script sees of it. */
  | "only";

/**
 * Pine's `barstate`, as the script and everybody else reads it while a bar runs:
 *
 * | | ishistory | isrealtime | isnew | isconfirmed | islast | islastconfirmedhistory |
 * |---|---|---|---|---|---|---|
 * | history | yes | no | yes | yes | last bar; never before a live bar | last one |
 * | first update | no | yes | yes | no | yes | no |
 * | later update | no | yes | no | no | yes | no |
 * | close | no | yes | when it is the first the script sees of the bar | yes | yes | no |
 */
export class BarState implements BarStateView {
  phase: BarPhase = "history";
  /** Live bars follow the historical ones. */
  isLive = false;
  /** Index of the last historical bar; −1 while it is not known. */
  lastHistory = -1;
  readonly #clock: BarClock;

  constructor(clock: BarClock) {
    this.#clock = clock;
  }

  get isfirst(): boolean {
    return this.#clock.index === this.#clock.first;
  }

  get islast(): boolean {
    return this.phase === "history" ? !this.isLive && this.islastconfirmedhistory : true;
  }

  get ishistory(): boolean {
    return this.phase === "history";
  }

  get isrealtime(): boolean {
    return this.phase !== "history";
  }

  get isnew(): boolean {
    return this.phase !== "update" && this.phase !== "close";
  }

  get isconfirmed(): boolean {
    return this.phase !== "first" && this.phase !== "update" && this.#clock.isForming !== true;
  }

  get islastconfirmedhistory(): boolean {
    return this.phase === "history" && this.#clock.index === this.lastHistory;
  }

  /** As it is now. */
  snapshot(): BarStateView {
    return Object.freeze({
      isfirst: this.isfirst,
      islast: this.islast,
      ishistory: this.ishistory,
      isrealtime: this.isrealtime,
      isnew: this.isnew,
      isconfirmed: this.isconfirmed,
      islastconfirmedhistory: this.islastconfirmedhistory,
    });
  }
}
