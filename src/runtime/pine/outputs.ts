import type { PlotSlot, PlotTable } from "../plots.ts";
import { type ColorChannel, displayAll, type Visual, type VisualKind, type VisualTable } from "../visuals.ts";

/** What a call of the plot family says once, by Pine's names. */
export type OutputArguments = Readonly<Record<string, unknown>>;

/** A registered output: what `fill` refers to. */
interface Registered {
  readonly visual: Visual;
}

/** Sets this bar's value and colours; a colour that never changes is left out. */
class Output implements Registered {
  readonly visual: Visual;
  readonly #slot: PlotSlot;
  readonly #first: ColorChannel;
  readonly #second: ColorChannel | undefined;

  constructor(visual: Visual, slot: PlotSlot) {
    this.visual = visual;
    this.#slot = slot;
    this.#first = visual.colors[0]!;
    this.#second = visual.colors[1];
  }

  /** Yes and no are 1 and 0. */
  set(value: number | boolean, first?: number, second?: number): void {
    this.#slot.set(typeof value === "boolean" ? (value ? 1 : 0) : value);
    if (first !== undefined) this.#first.now = first;
    if (second !== undefined && this.#second !== undefined) this.#second.now = second;
  }
}

/** Four columns: `TITLE (open)` to `TITLE (close)`. */
class CandleOutput implements Registered {
  readonly visual: Visual;
  readonly #slots: readonly [PlotSlot, PlotSlot, PlotSlot, PlotSlot];

  constructor(visual: Visual, slots: readonly [PlotSlot, PlotSlot, PlotSlot, PlotSlot]) {
    this.visual = visual;
    this.#slots = slots;
  }

  set(open: number, high: number, low: number, close: number, ...colors: (number | undefined)[]): void {
    this.#slots[0].set(open);
    this.#slots[1].set(high);
    this.#slots[2].set(low);
    this.#slots[3].set(close);
    setColors(this.visual, colors);
  }
}

/** What leaves nothing in the output file but has a colour. */
class ColorOutput implements Registered {
  readonly visual: Visual;

  constructor(visual: Visual) {
    this.visual = visual;
  }

  set(color?: number): void {
    if (color !== undefined) this.visual.colors[0]!.now = color;
  }
}

/** A fill whose colour runs from one value to another. */
class GradientOutput implements Registered {
  readonly visual: Visual;
  readonly #values: Record<string, number>;

  constructor(visual: Visual, values: Record<string, number>) {
    this.visual = visual;
    this.#values = values;
  }

  set(top: number, bottom: number, topColor?: number, bottomColor?: number): void {
    this.#values["top_value"] = top;
    this.#values["bottom_value"] = bottom;
    setColors(this.visual, [topColor, bottomColor]);
  }
}

function setColors(visual: Visual, colors: readonly (number | undefined)[]): void {
  for (const [index, color] of colors.entries()) {
    const channel = visual.colors[index];
    if (color !== undefined && channel !== undefined) channel.now = color;
  }
}

/** The plot family: columns of the output, and how they are to be shown. */
export class PineOutputs {
  readonly #plots: PlotTable;
  readonly #visuals: VisualTable;

  constructor(plots: PlotTable, visuals: VisualTable) {
    this.#plots = plots;
    this.#visuals = visuals;
  }

  /** Values of the columns, then colours and further values of the visuals. */
  shown(): number[] {
    const shown = this.#plots.columns.map(({ values }) => values[0] ?? Number.NaN);
    for (const { colors, extra } of this.#visuals.visuals) {
      for (const channel of colors) shown.push(channel.now);
      for (const value of Object.values(extra ?? {})) shown.push(value);
    }
    return shown;
  }

  /** Takes over what the same outputs of another run showed. */
  show(shown: readonly number[] | null, bar: number): void {
    let at = 0;
    const next = (): number => shown?.[at++] ?? Number.NaN;
    for (const { values } of this.#plots.columns) values[bar] = next();
    for (const { colors, extra } of this.#visuals.visuals) {
      for (const channel of colors) {
        const color = next();
        if (!channel.isConstant) channel.now = color;
      }
      for (const name of Object.keys(extra ?? {})) (extra as Record<string, number>)[name] = next();
    }
  }

  plot(args: OutputArguments): Output {
    return this.#column("plot", "Plot", args, ["color"]);
  }

  plotshape(args: OutputArguments): Output {
    return this.#column("shape", "Shapes", args, ["color", "textcolor"]);
  }

  plotchar(args: OutputArguments): Output {
    return this.#column("char", "Chars", args, ["color", "textcolor"]);
  }

  plotarrow(args: OutputArguments): Output {
    return this.#column("arrow", "Arrows", args, ["colorup", "colordown"]);
  }

  plotcandle(args: OutputArguments): CandleOutput {
    return this.#candles("candle", "Candles", args, ["color", "wickcolor", "bordercolor"]);
  }

  plotbar(args: OutputArguments): CandleOutput {
    return this.#candles("bar", "Bars", args, ["color"]);
  }

  hline(args: OutputArguments): ColorOutput {
    return new ColorOutput(this.#register("hline", titleOf(args, ""), args, ["color"]));
  }

  fill(args: OutputArguments): ColorOutput {
    const between = betweenOf(args);
    return new ColorOutput(this.#register("fill", titleOf(args, ""), args, ["color"], { between }));
  }

  /** A fill from one value and colour to another. */
  gradient(args: OutputArguments): GradientOutput {
    const extra: Record<string, number> = { top_value: Number.NaN, bottom_value: Number.NaN };
    const rest = { between: betweenOf(args), extra };
    const colors = ["top_color", "bottom_color"];
    return new GradientOutput(this.#register("fill", titleOf(args, ""), args, colors, rest), extra);
  }

  bgcolor(args: OutputArguments): ColorOutput {
    return new ColorOutput(this.#register("bgcolor", titleOf(args, ""), args, ["color"]));
  }

  barcolor(args: OutputArguments): ColorOutput {
    return new ColorOutput(this.#register("barcolor", titleOf(args, ""), args, ["color"]));
  }

  #column(kind: VisualKind, fallback: string, args: OutputArguments, colors: readonly string[]): Output {
    const title = titleOf(args, fallback);
    const slot = this.#plots.register(title);
    const where = { id: slot.title, columns: [slot.title] };
    return new Output(this.#register(kind, title, args, colors, where), slot);
  }

  #candles(
    kind: VisualKind,
    fallback: string,
    args: OutputArguments,
    colors: readonly string[],
  ): CandleOutput {
    const title = titleOf(args, fallback);
    const part = (name: string): PlotSlot => this.#plots.register(`${title} (${name})`);
    const slots = [part("open"), part("high"), part("low"), part("close")] as const;
    const columns = slots.map((slot) => slot.title);
    // The suffix that made the columns unique makes the whole unique.
    const id = title + columns[0]!.slice(`${title} (open)`.length);
    return new CandleOutput(this.#register(kind, title, args, colors, { id, columns }), slots);
  }

  #register(
    kind: VisualKind,
    title: string,
    args: OutputArguments,
    colors: readonly string[],
    rest: {
      readonly id?: string;
      readonly columns?: readonly string[];
      readonly between?: readonly [string, string];
      readonly extra?: Readonly<Record<string, number>>;
    } = {},
  ): Visual {
    return this.#visuals.register({
      kind,
      title,
      display: typeof args["display"] === "number" ? args["display"] : displayAll,
      style: styleOf(args, colors),
      transparency: args["transp"] as number | undefined,
      colors: colors.map((name) => [name, args[name] as number | undefined] as const),
      ...rest,
    });
  }
}

/** Arguments that are no style: what they say is said elsewhere. */
const notStyle: ReadonlySet<string> = new Set(
  "title display transp plot1 plot2 hline1 hline2 series open high low close top_value bottom_value".split(
    " ",
  ),
);

function styleOf(
  args: OutputArguments,
  colors: readonly string[],
): Readonly<Record<string, string | number | boolean>> {
  const style: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(args)) {
    if (notStyle.has(name) || colors.includes(name) || value === undefined || value === null) continue;
    if (typeof value === "number" && !Number.isFinite(value)) continue;
    style[name] = value as string | number | boolean;
  }
  return style;
}

function betweenOf(args: OutputArguments): [string, string] {
  const ends = [args["plot1"] ?? args["hline1"], args["plot2"] ?? args["hline2"]] as [Registered, Registered];
  return [ends[0].visual.id, ends[1].visual.id];
}

function titleOf(args: OutputArguments, fallback: string): string {
  return (args["title"] as string | null | undefined) ?? fallback;
}
