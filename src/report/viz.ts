import { drawingStates } from "../runtime/pine/drawings/state.ts";
import type { VisualFollower, VisualRun } from "../runtime/visual-follower.ts";
import { type ColorChannel, colorText, displayAll, type Visual } from "../runtime/visuals.ts";
import { DrawingJournal } from "./viz-journal.ts";

/**
 * What a run shows, as a stream of JSON objects, one a line, `t` saying what each is:
 *
 * | t | |
 * |---|---|
 * | `hdr` | first: version, script, symbol |
 * | `meta` | how one id is shown, before the first bar on which it appears; again with `dynamic: true` when its colour first changes |
 * | `bar` | values `v` and changed colours `c` of a bar, by id |
 * | `ev` | with the journal: a drawing was made, changed or removed on bar `i` |
 * | `drawings` | what is drawn at the end |
 * | `end` | number of bars |
 *
 * Lines are written as bars come, so what a run needs for it does not grow with its length.
 */
export class VizStream implements VisualFollower {
  readonly #write: (line: string) => void;
  readonly #withJournal: boolean;
  #run: VisualRun | undefined;
  #journal: DrawingJournal | undefined;
  /** Visuals whose `meta` is written. */
  #announced = 0;
  /** Visuals whose `meta` says that their colour changes. */
  readonly #dynamic = new Set<Visual>();
  /** Colours as last written. */
  readonly #written = new Map<ColorChannel, number>();

  /** @param withJournal writes `ev` lines */
  constructor(write: (line: string) => void, withJournal: boolean) {
    this.#write = write;
    this.#withJournal = withJournal;
  }

  onStart(run: VisualRun): void {
    this.#run = run;
    this.#line(headerOf(run, this.#withJournal));
    if (this.#withJournal) this.#journal = new DrawingJournal(run.drawings);
  }

  onBar(bar: number): void {
    const { columns, plots, visuals } = this.#run!;
    visuals.adopt(plots);
    this.#announce(visuals.visuals);
    const values: Record<string, number | null> = {};
    for (const [index, column] of plots.columns.entries()) {
      if (plots.isPlotted(index)) values[column.title] = finite(column.values[bar]!);
    }
    const colors: Record<string, string | null> = {};
    for (const visual of visuals.visuals) this.#collect(visual, values, colors);
    this.#line({
      t: "bar",
      i: bar,
      time: columns.openTimeMs[bar],
      ...(Object.keys(values).length === 0 ? {} : { v: values }),
      ...(Object.keys(colors).length === 0 ? {} : { c: colors }),
    });
    for (const event of this.#journal?.bar() ?? []) this.#line({ t: "ev", i: bar, ...event });
  }

  /** The last two lines. */
  end(bars: number): void {
    if (this.#run === undefined) return;
    this.#line({ t: "drawings", ...drawingStates(this.#run.drawings) });
    this.#line({ t: "end", bars });
  }

  #announce(visuals: readonly Visual[]): void {
    for (; this.#announced < visuals.length; this.#announced++) {
      const visual = visuals[this.#announced]!;
      this.#line(metaOf(visual));
      for (const channel of visual.colors) this.#written.set(channel, channel.first!);
    }
  }

  #collect(
    visual: Visual,
    values: Record<string, number | null>,
    colors: Record<string, string | null>,
  ): void {
    for (const [name, value] of Object.entries(visual.extra ?? {}))
      values[`${visual.id}/${name}`] = finite(value);
    for (const [index, channel] of visual.colors.entries()) {
      if (!channel.isDynamic || Object.is(channel.now, this.#written.get(channel))) continue;
      if (!this.#dynamic.has(visual)) {
        this.#dynamic.add(visual);
        this.#line(metaOf(visual));
      }
      this.#written.set(channel, channel.now);
      colors[index === 0 ? visual.id : `${visual.id}/${channel.name}`] = colorText(channel.now);
    }
  }

  #line(record: object): void {
    this.#write(JSON.stringify(record));
  }
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function headerOf({ declaration, symInfo, timeframe, drawings }: VisualRun, journal: boolean): object {
  const { settings, kind, title } = declaration;
  const script = {
    type: kind,
    title,
    shorttitle: settings["shortTitle"],
    overlay: settings["overlay"],
    format: settings["format"],
    precision: settings["precision"],
    explicit_plot_zorder: settings["explicitPlotZorder"],
    max_lines_count: drawings.line.registry.limit,
    max_labels_count: drawings.label.registry.limit,
    max_boxes_count: drawings.box.registry.limit,
    max_polylines_count: drawings.polyline.registry.limit,
  };
  const syminfo = {
    tickerid: `${symInfo.prefix}:${symInfo.ticker}`,
    prefix: symInfo.prefix,
    ticker: symInfo.ticker,
    timeframe,
    mintick: symInfo.mintick,
    timezone: symInfo.timezone,
    type: symInfo.type,
  };
  return { t: "hdr", v: 1, script: present(script), syminfo: present(syminfo), journal };
}

function present(fields: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== null && value !== ""),
  );
}

/** What is not said of a visual is this. */
const defaults: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  plot: { style: "line", width: 1, linestyle: "solid", trackprice: false, histbase: 0, join: false },
  shape: { style: "xcross", location: "abovebar", size: "auto" },
  char: { char: "◆", location: "abovebar", size: "auto" },
  arrow: { minheight: 5, maxheight: 100 },
  hline: { linestyle: "solid", width: 1 },
  fill: { fillgaps: false },
};
const everywhere: Readonly<Record<string, unknown>> = { offset: 0, editable: true, force_overlay: false };

function metaOf(visual: Visual): object {
  const { id, kind, title, display, style, colors, between } = visual;
  const own = { ...everywhere, ...defaults[kind] };
  const said = Object.entries(style)
    .map(([name, value]) => [name === "linewidth" ? "width" : name, value] as const)
    .filter(([name, value]) => own[name] !== value);
  const known = colors.filter(({ first }) => first === first || kind === "bgcolor" || kind === "barcolor");
  const [a, b] = between ?? [];
  const ends =
    a === undefined ? {} : a.startsWith("hline#") ? { hline1: a, hline2: b } : { plot1: a, plot2: b };
  return {
    t: "meta",
    id,
    kind,
    title,
    display: displayText(display),
    dynamic: colors.some(({ isDynamic }) => isDynamic),
    ...Object.fromEntries(known.map(({ name, first }) => [name, colorText(first!)])),
    ...Object.fromEntries(said),
    ...ends,
  };
}

const places = [
  [1, "pane"],
  [2, "data_window"],
  [4, "price_scale"],
  [8, "status_line"],
] as const;

function displayText(display: number): string {
  if (display === displayAll) return "all";
  const shown = places.filter(([bit]) => (display & bit) !== 0).map(([, name]) => name);
  return shown.join("+") || "none";
}
