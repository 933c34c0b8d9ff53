import { parseTimeframe, timeframeSeconds } from "../../kernel/timeframe.ts";
import type { BarState } from "../bar-state.ts";
import type { BarClock } from "../series.ts";
import type { Context } from "./context.ts";
import type { ContextProgram } from "./context-program.ts";
import type { Feed } from "./feeds.ts";
import type { Sources } from "./sources.ts";

/** A program that a request runs: it sets itself up and gives what runs on every bar. */
export type RequestProgram = (rt: never) => () => unknown;

/** A request's options, as far as they were given. */
export interface RequestOptions {
  readonly gaps?: string;
  readonly lookahead?: string;
  readonly ignore_invalid_symbol?: boolean;
  readonly ignore_invalid_timeframe?: boolean;
  readonly currency?: string | null;
  readonly calc_bars_count?: number;
}

/** Which place a run was made for, when it is the run of a context. */
export interface Inside {
  readonly context: Context;
  /** The place in a copy of the script whose value is caught; absent: a small program of its own. */
  readonly place: string | undefined;
  /** The requests that the value at this place is made of; absent: all of them. */
  readonly needs: ReadonlySet<number> | undefined;
  readonly outer: Inside | undefined;
}

/** The run that asks. */
export interface RequestHost {
  readonly sources: Sources;
  /** Its own bars: what "" stands for. The row of a bar that forms says what is known of it. */
  readonly feed: Feed;
  /** The same bars as everybody may have them. */
  readonly published: Feed;
  readonly clock: BarClock;
  readonly barState: BarState;
  readonly inside: Inside | undefined;
  /** Names the place of the request that is being made, by its number. */
  takePlace(number: number): string;
  /** Makes the run of a context. */
  spawn(inside: Inside, program: RequestProgram): ContextProgram;
}

/** What is known of a request before it is asked. */
export interface Site {
  readonly caller: string;
  readonly options: RequestOptions;
  readonly program: RequestProgram;
  readonly na: unknown;
  readonly lookahead: string;
  /** Of a request that runs a copy of the script. */
  readonly place: string | undefined;
  readonly needs: ReadonlySet<number> | undefined;
  /** This copy of the script is run for this place. */
  readonly isTarget: boolean;
  /** Nobody needs its value in this run. */
  readonly isIdle: boolean;
}

/** Whether the bars of a feed are those of the run that asks, one for one. */
export function isBeside(feed: Feed, own: Feed): boolean {
  return feed === own || feed.basis === own;
}

/** Nominal length of its bars. */
export function secondsOf(feed: Feed): number {
  return timeframeSeconds(parseTimeframe(feed.timeframe));
}
