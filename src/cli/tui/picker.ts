import {
  countOf,
  type List,
  type ListItem,
  listOf,
  selected,
  updateList,
  viewFilter,
  viewList,
} from "./list.ts";
import type { Screen, ScreenEvent, Step } from "./screen.ts";
import { harmless, type Line, type Size, span, wrap } from "./text.ts";

/**
 * Picks one row of a list. The chosen one is opened while the picker still stands, so that a failure can be shown
 * where another choice is one key away.
 */
export interface Picker {
  readonly title: string;
  readonly list: List;
  /** Id that is being opened. */
  readonly opening: string | undefined;
  /** Why the last choice could not be opened; gone as soon as cursor or filter change. */
  readonly error: string | undefined;
}

/** How opening went. What was given up in the meantime is told apart by its id. */
export type PickerEvent =
  | { readonly type: "opened"; readonly id: string }
  | { readonly type: "failed"; readonly id: string; readonly message: string };

/** `cancel`: nobody waits for what is being opened any more. */
export type PickerEffect = { readonly type: "open"; readonly id: string } | { readonly type: "cancel" };

/** How a picker ends. */
export type Picked = { readonly type: "opened"; readonly id: string } | { readonly type: "quit" };

/** A picker of these, its cursor on `id`. */
export function pickerOf(title: string, items: readonly ListItem[], id?: string): Picker {
  return { title, list: listOf(items, id), opening: undefined, error: undefined };
}

export const pickerScreen: Screen<Picker, PickerEvent, PickerEffect, Picked> = {
  update: (state, event) =>
    state.opening === undefined ? choose(state, event) : wait(state, state.opening, event),
  view,
  wakeAtMs: () => undefined,
};

type PickerStep = Step<Picker, PickerEffect, Picked>;

function choose(state: Picker, event: ScreenEvent<PickerEvent>): PickerStep {
  if (event.type !== "key" && event.type !== "text" && event.type !== "paste") return { state };
  const { list, wish } = updateList(state.list, event);
  if (wish === "quit" || wish === "back") return { state, done: { type: "quit" } };
  const item = selected(list);
  if (wish === "select" && item !== undefined) {
    return {
      state: { ...state, list, opening: item.id, error: undefined },
      effects: [{ type: "open", id: item.id }],
    };
  }
  const moved = list.cursor !== state.list.cursor || list.filter !== state.list.filter;
  return { state: { ...state, list, error: moved ? undefined : state.error } };
}

/** While something opens, q and Esc give it up; every other key is ignored. */
function wait(state: Picker, opening: string, event: ScreenEvent<PickerEvent>): PickerStep {
  if (event.type === "opened" && event.id === opening)
    return { state, done: { type: "opened", id: opening } };
  if (event.type === "failed" && event.id === opening) {
    return { state: { ...state, opening: undefined, error: event.message } };
  }
  if (event.type === "text" && event.text === "q") return { state, done: { type: "quit" } };
  if (event.type === "key" && event.key === "escape") {
    return { state: { ...state, opening: undefined }, effects: [{ type: "cancel" }] };
  }
  return { state };
}

const keys = "Enter select  / filter  q quit  ↑↓ PgUp PgDn Home End";
const filterKeys = "Enter select  Esc clear  type to filter";

function view(state: Picker, size: Size): readonly Line[] {
  const error = state.error === undefined ? [] : wrap(harmless(state.error), size.width - 2, 3);
  const status: Line[] =
    state.opening !== undefined
      ? [[span(` opening ${harmless(state.opening)} …  Esc cancel`, "yellow")]]
      : error.map((line) => [span(` ${line}`, "red")]);
  // Title, filter, and the keys at the bottom; the rows get the rest.
  const height = Math.max(1, size.height - 3 - status.length);
  const rows = viewList(state.list, size.width, height);
  return [
    [span(` ${state.title}  `, "bold"), span(countOf(state.list), "dim")],
    viewFilter(state.list),
    ...rows,
    ...Array.from({ length: Math.max(0, height - rows.length) }, (): Line => []),
    ...status,
    [span(` ${state.list.filtering ? filterKeys : keys}`, "dim")],
  ];
}
