import type { PlotTable } from "./plots.ts";
import type { Room } from "./room.ts";

/** What a script shows, beside the values: kinds, styles, colours. Pure; readable during a run and after it. */

export type VisualKind =
  "plot" | "shape" | "char" | "arrow" | "candle" | "bar" | "bgcolor" | "barcolor" | "hline" | "fill";

/** A colour of a visual. Colours are `0xRRGGBBAA`; none is NaN. */
export interface ColorChannel {
  /** `color`, `textcolor`, `wickcolor`, ... */
  readonly name: string;
  /** The script names it once for all bars; else it is given bar by bar, or not at all. */
  readonly isConstant: boolean;
  /** The colour of its first bar, or the only one; `undefined` before the first bar. */
  first: number | undefined;
  /** The colour of the current bar. */
  now: number;
  /** Opacity, 0 to 255, of a colour that says none of its own. */
  readonly opacity: number;
  /** It has changed at some bar. */
  isDynamic: boolean;
  /** Colours by bar; only in a run that keeps them, and only once the colour has changed. */
  byBar: Float64Array | undefined;
}

/** One call of the plot family. */
export interface Visual {
  /** The title, made unique; `bgcolor`, `barcolor`, `fill` and `hline` have `KIND#ORDINAL`. */
  readonly id: string;
  readonly kind: VisualKind;
  readonly title: string;
  /** Places it is shown at, a sum of `display.*`; 15 is all. */
  readonly display: number;
  /** By Pine's names; what the script left out is missing. */
  readonly style: Readonly<Record<string, string | number | boolean>>;
  /** Titles of its columns among the plots: one, four for candles and bars, none for the rest. */
  readonly columns: readonly string[];
  readonly colors: readonly ColorChannel[];
  /** What a fill lies between, by id. */
  readonly between: readonly [string, string] | undefined;
  /** Values of the current bar that are in no column: the ends of a gradient. */
  readonly extra: Readonly<Record<string, number>> | undefined;
}

/** What a visual is registered with. */
export type VisualSpec = Pick<Visual, "kind" | "title"> &
  Partial<Pick<Visual, "display" | "style" | "columns" | "between" | "extra">> & {
    /** For those that have no title of their own in the output. */
    readonly id?: string;
    /** Transparency of its colours, 0 to 100; not of its text. */
    readonly transparency?: number | undefined;
    /** Names of its colours, with those that never change. */
    readonly colors: readonly (readonly [name: string, color: number | undefined])[];
  };

/** Every value of `display.*` together. */
export const displayAll = 15;

/** Everything a run shows. */
export class VisualTable {
  readonly visuals: Visual[] = [];
  readonly #keepsColors: boolean;
  readonly #room: Room;
  readonly #ordinals = new Map<VisualKind, number>();
  #adopted = 0;

  /** @param keepsColors remembers the colours of every bar */
  constructor(room: Room, keepsColors: boolean) {
    this.#room = room;
    this.#keepsColors = keepsColors;
  }

  register(spec: VisualSpec): Visual {
    const opacity = Math.round(255 * (1 - (spec.transparency ?? 0) / 100));
    const visual: Visual = {
      id: spec.id ?? this.#ordinalId(spec.kind),
      kind: spec.kind,
      title: spec.title,
      display: spec.display ?? displayAll,
      style: spec.style ?? {},
      columns: spec.columns ?? [],
      colors: spec.colors.map(([name, color]) =>
        channelOf(name, color, name === "textcolor" ? 255 : opacity),
      ),
      between: spec.between,
      extra: spec.extra,
    };
    this.visuals.push(visual);
    return visual;
  }

  /** Adds what was plotted without saying how: plain lines. */
  adopt(plots: PlotTable): void {
    if (plots.columns.length === this.#adopted) return;
    this.#adopted = plots.columns.length;
    const known = new Set(this.visuals.flatMap(({ columns }) => columns));
    for (const { title } of plots.columns) {
      if (!known.has(title)) this.register({ id: title, kind: "plot", title, columns: [title], colors: [] });
    }
  }

  /** The current bar's colours are final. */
  commit(bar: number): void {
    for (const { colors } of this.visuals) {
      for (const channel of colors) this.#commitColor(channel, bar);
    }
  }

  #commitColor(channel: ColorChannel, bar: number): void {
    channel.now = faded(channel.now, channel.opacity);
    channel.first ??= channel.now;
    if (!channel.isDynamic) {
      if (Object.is(channel.now, channel.first)) return;
      channel.isDynamic = true;
      if (this.#keepsColors) channel.byBar = this.#room.numbers(channel.first);
    }
    if (channel.byBar !== undefined) channel.byBar[bar] = channel.now;
  }

  #ordinalId(kind: VisualKind): string {
    const ordinal = this.#ordinals.get(kind) ?? 0;
    this.#ordinals.set(kind, ordinal + 1);
    return `${kind}#${ordinal}`;
  }
}

function channelOf(name: string, color: number | undefined, opacity: number): ColorChannel {
  const first = color === undefined ? undefined : faded(color, opacity);
  const isConstant = color !== undefined;
  return { name, isConstant, first, now: first ?? Number.NaN, opacity, isDynamic: false, byBar: undefined };
}

/** An opaque colour with this opacity; one that has its own keeps it. */
function faded(color: number, opacity: number): number {
  return opacity < 255 && color % 256 === 255 ? color - 255 + opacity : color;
}

/** `#RRGGBBAA`; `null` for no colour. */
export function colorText(color: number): string | null {
  return color === color ? `#${(color >>> 0).toString(16).padStart(8, "0").toUpperCase()}` : null;
}
