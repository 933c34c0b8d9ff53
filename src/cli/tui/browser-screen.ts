import {
  type Browsed,
  type Browser,
  type BrowserEffect,
  type BrowserEvent,
  browserWakeAtMs,
  updateBrowser,
} from "./browser.ts";
import { countOf, viewFilter, viewList } from "./list.ts";
import type { Screen } from "./screen.ts";
import { symbolFacts } from "./symbol-facts.ts";
import { fit, fitLine, harmless, type Line, type Size, span, wrap } from "./text.ts";
import { viewWizard } from "./wizard-view.ts";

/** The symbol browser as a screen. Pure. */

/** A screen narrower than this shows the list or the wizard, not both. */
const twoPanes = 64;

export const browserScreen: Screen<Browser, BrowserEvent, BrowserEffect, Browsed> = {
  update: updateBrowser,
  view: viewBrowser,
  wakeAtMs: browserWakeAtMs,
};

function viewBrowser(state: Browser, size: Size): readonly Line[] {
  const notice = viewNotice(state, size.width);
  // Title and filter above, keys below.
  const height = Math.max(1, size.height - 3 - notice.length);
  const body = size.width >= twoPanes ? beside(state, size.width, height) : alone(state, size.width, height);
  return [
    [span(` ${harmless(state.title)}  `, "bold"), span(`${countOf(state.list)} symbols`, "dim")],
    viewFilter(state.list),
    ...Array.from({ length: height }, (_, row) => body[row] ?? []),
    ...notice,
    [span(` ${keysOf(state)}`, "dim")],
  ];
}

function alone({ wizard, list }: Browser, width: number, height: number): readonly Line[] {
  return wizard === undefined ? viewList(list, width, height) : viewWizard(wizard, { width, height });
}

function beside(state: Browser, width: number, height: number): readonly Line[] {
  const leftWidth = Math.min(40, Math.floor(width * 0.4));
  const rightWidth = width - leftWidth - 2;
  const left = viewList(state.list, leftWidth, height);
  const right =
    state.wizard === undefined
      ? viewInfo(state, rightWidth)
      : viewWizard(state.wizard, { width: rightWidth, height });
  return Array.from({ length: height }, (_, row) => [
    ...fitLine(left[row] ?? [], leftWidth, true),
    span("│ ", "dim"),
    ...(right[row] ?? []),
  ]);
}

function viewInfo({ info }: Browser, width: number): readonly Line[] {
  if (info.on === undefined) return [];
  const title: Line = [span(harmless(info.on), "bold")];
  const known = info.known.get(info.on);
  if (known === undefined) return [title, [], [span("…", "dim")]];
  if (known.type === "failed") {
    return [title, [], ...wrap(harmless(known.message), width, 6).map((line): Line => [span(line, "red")])];
  }
  const rows = symbolFacts(known.info).map(([label, value]): Line => [
    span(fit(label, 13), "dim"),
    span(harmless(value)),
  ]);
  return [title, [], ...rows];
}

function viewNotice({ notice }: Browser, width: number): readonly Line[] {
  if (notice === undefined) return [];
  const tone = notice.good ? "green" : "red";
  return wrap(harmless(notice.text), width - 2, 3).map((line) => [span(` ${line}`, tone)]);
}

function keysOf({ wizard, list, enter, hasBrokers }: Browser): string {
  if (wizard === undefined) {
    const action = enter === "download" ? "download" : "select";
    return list.filtering
      ? `Enter ${action}  Esc clear  type to filter`
      : `Enter ${action}  / filter  ${hasBrokers ? "Esc back  " : ""}q quit  ↑↓ move`;
  }
  if (wizard.run !== undefined)
    return wizard.run.type === "conflict" ? "b backfill  Esc change nothing" : "Ctrl-C stop";
  if (wizard.open?.type === "dropdown") return "Enter take  Esc close  ↑↓ choose";
  if (wizard.open?.type === "text") return "Enter take  Esc back  type a value";
  return "Enter open or start  Tab next  Esc back";
}
