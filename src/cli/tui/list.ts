import type { Input, KeyName } from "./keys.ts";
import { cut, fit, harmless, type Line, span, widthOf } from "./text.ts";
import { grouped } from "../../kernel/counted.ts";

/** A list with a cursor and a filter: what every picker and the symbol browser move through. Pure. */

/** One row. */
export interface ListItem {
  readonly id: string;
  readonly name?: string | undefined;
}

/** The list and where one stands in it. */
export interface List {
  readonly items: readonly ListItem[];
  /** Id and name of each item in lower case, apart from each other: what the filter looks at. */
  readonly haystack: readonly string[];
  /** Indexes of the items that the filter lets through, ascending. */
  readonly matches: readonly number[];
  /** Place in `matches`. */
  readonly cursor: number;
  readonly filter: string;
  /** Whether characters extend the filter. */
  readonly filtering: boolean;
}

/** A list of everything, its cursor on `id` where that is one of them. */
export function listOf(items: readonly ListItem[], id?: string): List {
  return {
    items,
    haystack: items.map((item) => `${item.id}\n${item.name ?? ""}`.toLowerCase()),
    matches: items.map((_, index) => index),
    cursor: Math.max(
      0,
      items.findIndex((item) => item.id === id),
    ),
    filter: "",
    filtering: false,
  };
}

/** The item under the cursor. */
export function selected(list: List): ListItem | undefined {
  return list.items[list.matches[list.cursor] ?? -1];
}

/** What the person wants besides moving. */
export type ListWish = "select" | "back" | "quit";

/** Rows that PgUp and PgDn move. */
const page = 10;

const moves: Partial<Record<KeyName, (cursor: number, last: number) => number>> = {
  up: (cursor) => cursor - 1,
  down: (cursor) => cursor + 1,
  "page-up": (cursor) => cursor - page,
  "page-down": (cursor) => cursor + page,
  home: () => 0,
  end: (_, last) => last,
};

/** One key on the list. Esc is `back` outside a filter; what that means is the screen's affair. */
export function updateList(list: List, input: Input): { readonly list: List; readonly wish?: ListWish } {
  if (input.type === "key") {
    const move = moves[input.key];
    if (move !== undefined) {
      const last = Math.max(0, list.matches.length - 1);
      const cursor = Math.min(last, Math.max(0, move(list.cursor, last)));
      return { list: { ...list, cursor, filtering: false } };
    }
    if (input.key === "enter" && selected(list) !== undefined) {
      return { list: { ...list, filtering: false }, wish: "select" };
    }
    if (input.key === "enter") return { list };
  }
  return list.filtering ? { list: updateFilter(list, input) } : outsideFilter(list, input);
}

function outsideFilter(list: List, input: Input): { readonly list: List; readonly wish?: ListWish } {
  if (input.type === "key") return input.key === "escape" ? { list, wish: "back" } : { list };
  if (input.type === "paste") return { list };
  if (input.text === "/") return { list: { ...list, filtering: true } };
  return input.text === "q" ? { list, wish: "quit" } : { list };
}

function updateFilter(list: List, input: Input): List {
  if (input.type !== "key") return filtered(list, list.filter + singleLine(input.text));
  if (input.key === "escape") return cleared(list);
  if (input.key !== "backspace") return list;
  if (list.filter === "") return { ...list, filtering: false };
  return filtered(list, [...list.filter].slice(0, -1).join(""));
}

/** A paste without its line ends and whatever else cannot be typed. */
export function singleLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, "");
}

/** The list under another filter; one that grew is looked for among what the shorter one let through. */
function filtered(list: List, filter: string): List {
  const wanted = filter.toLowerCase();
  const among =
    list.filter !== "" && filter.startsWith(list.filter) ? list.matches : list.items.map((_, index) => index);
  const matches = wanted === "" ? among : among.filter((index) => list.haystack[index]?.includes(wanted));
  return { ...list, filter, matches, cursor: 0 };
}

/** Without a filter, the cursor on the item it was on. */
function cleared(list: List): List {
  const index = list.matches[list.cursor];
  return {
    ...list,
    filter: "",
    filtering: false,
    matches: list.items.map((_, each) => each),
    cursor: index ?? 0,
  };
}

/** How many of how many: `3/120`. */
export function countOf(list: List): string {
  const all = grouped(list.items.length);
  return `${grouped(list.matches.length)}/${all}`;
}

/** The line that shows the filter; empty without one. */
export function viewFilter(list: List): Line {
  if (!list.filtering && list.filter === "") return [];
  return [span(" /", "cyan"), span(list.filter, "cyan"), span(list.filtering ? "_" : "", "cyan")];
}

/** The first of `height` rows to show out of `count`, so that `cursor` stands in their middle where it can. */
export function firstVisible(count: number, cursor: number, height: number): number {
  return Math.max(0, Math.min(cursor - Math.floor(height / 2), count - height));
}

/** The rows around the cursor, `width` columns each; nothing beyond them is looked at. */
export function viewList(list: List, width: number, height: number): Line[] {
  if (list.matches.length === 0) {
    return [[span(list.items.length === 0 ? "   nothing to choose from" : "   nothing matches", "dim")]];
  }
  const first = firstVisible(list.matches.length, list.cursor, height);
  const rows = list.matches.slice(first, first + height).map((index) => list.items[index] ?? { id: "" });
  // Aligned among themselves: the widest id of ten thousand is nobody's business.
  const idWidth = Math.min(
    Math.max(...rows.map((row) => widthOf(harmless(row.id)))),
    Math.max(8, Math.floor(width / 2)),
  );
  return rows.map((row, index) => {
    const here = first + index === list.cursor;
    const id = harmless(row.id);
    const room = width - 3;
    const text =
      row.name === undefined ? cut(id, room) : cut(`${fit(id, idWidth)}  ${harmless(row.name)}`, room);
    return here ? [span(" › ", "cyan"), span(text, "inverse")] : [span("   "), span(text)];
  });
}
