import type { Input } from "./keys.ts";
import type { Line, Size } from "./text.ts";

/**
 * A screen is a machine without a terminal: an event brings it from one state to the next and may ask for effects;
 * a state and a size make a picture. What an effect finds out comes back as an event. Time is a parameter.
 */
export interface Screen<State, Event, Effect, Done> {
  /** One key, the result of an effect, or `tick`: the time asked for with `wakeAtMs` has come. */
  update(state: State, event: ScreenEvent<Event>, nowMs: number): Step<State, Effect, Done>;
  view(state: State, size: Size, nowMs: number): readonly Line[];
  /** When the next `tick` is due, epoch ms; `undefined`: none is. */
  wakeAtMs(state: State): number | undefined;
}

/** Whatever may happen to a screen. `interrupted`: the process has been asked to end; it waits for what runs. */
export type ScreenEvent<Event> = Input | { readonly type: "tick" } | { readonly type: "interrupted" } | Event;

/** What an event led to. With `done` the screen is over. */
export interface Step<State, Effect, Done> {
  readonly state: State;
  readonly effects?: readonly Effect[];
  readonly done?: Done;
}
