import type { Screen, ScreenEvent, Step } from "./screen.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Does what a screen asked for. Events may be emitted at any time until `signal` is aborted, which happens at the end
 * of the screen.
 *
 * @returns a promise that must settle before the terminal is given back, or nothing where nobody needs to wait
 */
export type Perform<Event, Effect> = (
  effect: Effect,
  emit: (event: Event) => void,
  signal: AbortSignal,
) => Promise<void> | void;

/** The screen ended because the process has been asked to end. */
export interface Interrupted {
  readonly type: "interrupted";
}

/** Time between two pictures, ms: fast enough for the eye, slow enough for a line across the world. */
const frameMs = 16;

/**
 * Runs a screen on a terminal until it is done.
 *
 * @param signal aborted when the process has been asked to end
 * @throws what broke the terminal or the screen
 */
export async function runScreen<State, Event, Effect, Done>(
  terminal: Terminal,
  screen: Screen<State, Event, Effect, Done>,
  initial: Step<State, Effect, Done>,
  perform: Perform<Event, Effect>,
  signal: AbortSignal,
): Promise<Done | Interrupted> {
  const over = new AbortController();
  const unsettled = new Set<Promise<void>>();
  const end = Promise.withResolvers<Done | Interrupted>();
  let state = initial.state;
  let wake: ReturnType<typeof setTimeout> | undefined;
  let frame: ReturnType<typeof setTimeout> | undefined;

  const draw = (): void => {
    frame = undefined;
    if (!over.signal.aborted) terminal.draw(screen.view(state, terminal.size, Date.now()));
  };
  const take = (step: Step<State, Effect, Done>): void => {
    state = step.state;
    for (const effect of step.effects ?? []) {
      const running = perform(effect, emit, over.signal);
      if (running === undefined) continue;
      const settled = running.catch(end.reject).finally(() => unsettled.delete(settled));
      unsettled.add(settled);
    }
    if (step.done !== undefined) {
      // Keys typed ahead belong to the next screen.
      terminal.listen(undefined);
      end.resolve(step.done);
    }
    clearTimeout(wake);
    const wakeAtMs = screen.wakeAtMs(state);
    if (wakeAtMs !== undefined) {
      wake = setTimeout(() => update({ type: "tick" }), Math.max(0, wakeAtMs - Date.now()));
    }
    frame ??= setTimeout(draw, frameMs);
  };
  const update = (event: ScreenEvent<Event>): void => {
    if (over.signal.aborted) return;
    try {
      take(screen.update(state, event, Date.now()));
    } catch (error) {
      end.reject(error);
    }
  };
  const emit = (event: Event): void => update(event);
  const onInterrupt = (): void => {
    update({ type: "interrupted" });
    void Promise.all(unsettled).then(() => end.resolve({ type: "interrupted" }));
  };

  try {
    if (signal.aborted) return { type: "interrupted" };
    signal.addEventListener("abort", onInterrupt, { once: true });
    take(initial);
    draw();
    terminal.listen({ input: update, redraw: draw, failed: end.reject });
    return await end.promise;
  } finally {
    terminal.listen(undefined);
    signal.removeEventListener("abort", onInterrupt);
    over.abort();
    clearTimeout(wake);
    clearTimeout(frame);
  }
}
