import type { Screen, ScreenEvent, Step } from "./screen.ts";
import { type Line, type Size, span } from "./text.ts";

/** Says what is being waited for. Esc and q give up. */
export interface Waiting {
  readonly text: string;
}

export type WaitingEvent = { readonly type: "settled" };
export type WaitingEffect = { readonly type: "start" };
export type Waited = { readonly type: "settled" } | { readonly type: "quit" };

export const waitingScreen: Screen<Waiting, WaitingEvent, WaitingEffect, Waited> = {
  update,
  view: ({ text }: Waiting, { height }: Size): readonly Line[] => [
    [span(` ${text}`, "yellow")],
    ...Array.from({ length: Math.max(0, height - 2) }, (): Line => []),
    [span(" Esc cancel", "dim")],
  ],
  wakeAtMs: () => undefined,
};

function update(state: Waiting, event: ScreenEvent<WaitingEvent>): Step<Waiting, WaitingEffect, Waited> {
  if (event.type === "settled") return { state, done: { type: "settled" } };
  const givenUp =
    (event.type === "key" && event.key === "escape") || (event.type === "text" && event.text === "q");
  return givenUp ? { state, done: { type: "quit" } } : { state };
}
