import {
  CandlestickSeries,
  createChartEx,
  CrosshairMode,
  HistogramSeries,
  type IChartApiBase,
  type ISeriesApi,
  LineSeries,
  type LineWidth,
  type LogicalRange,
  type MouseEventParams,
  type SeriesType,
} from "lightweight-charts";

import type { EmbeddedVisual } from "../wire/visuals.ts";
import { BarScale } from "./bar-scale.ts";
import { colourAt } from "./colours.ts";
import { drawDrawings } from "./draw-drawings.ts";
import { drawBelow, drawMarks } from "./draw-visuals.ts";
import { Layer } from "./layer.ts";
import { type DrawnPlot, drawnPlot, lineStyles, ownPane } from "./plots.ts";
import type { Report } from "./report.ts";
import { currentTheme, onThemeChange, type Theme } from "./theme.ts";
import { TradeMarks } from "./trade-marks.ts";

/** Px that a bar has when the chart opens. */
const openingSpacing = 6.5;
/** Bars that a trade is shown with on either side, at least. */
const context = 30;

/** The price chart with its panes: candles, volume, plots, trades. */
export class PriceChart {
  readonly scale: BarScale;
  /** What of the script is named and has values. */
  readonly plots: readonly DrawnPlot[];
  readonly #layers: readonly Layer[];
  #theme: Theme;
  readonly #element: HTMLElement;
  readonly #report: Report;
  readonly #chart: IChartApiBase<number>;
  readonly #candles: ISeriesApi<"Candlestick", number>;
  readonly #volume: ISeriesApi<"Histogram", number> | undefined;
  readonly #marks: TradeMarks;
  readonly #pointer = new PointerWatch();
  /** The bar that is read out; -1: the last one. */
  #cursor = -1;
  onCursor: (bar: number) => void = () => {};
  onRange: (from: number, to: number) => void = () => {};
  onBarClick: (bar: number) => void = () => {};

  constructor(element: HTMLElement, report: Report) {
    const { head } = report;
    const theme = currentTheme();
    this.#element = element;
    this.#report = report;
    this.scale = new BarScale(report.localMs, head.intraday);
    this.#chart = createChartEx<number, BarScale>(element, this.scale, {
      autoSize: true,
      // The footer names the library; its logo would bring a style element that the page's policy refuses.
      layout: { attributionLogo: false },
      timeScale: { minBarSpacing: 0.002, enableConflation: true, rightOffset: 4, borderVisible: false },
      crosshair: { mode: CrosshairMode.Normal },
      rightPriceScale: { borderVisible: false, minimumWidth: 64 },
      handleScroll: { vertTouchDrag: false },
      // The page scrolls under a wheel; it zooms the chart only with Ctrl, as maps do.
      handleScale: { mouseWheel: false, pinch: true, axisPressedMouseMove: true },
    });
    const format = { type: "price", precision: head.precision, minMove: head.mintick } as const;
    this.#candles = this.#chart.addSeries(CandlestickSeries, {
      priceFormat: format,
      priceLineVisible: false,
    });
    this.#candles.setData(candleData(report));
    if (head.hasVolume) {
      this.#volume = this.#chart.addSeries(HistogramSeries, {
        priceScaleId: "volume",
        priceFormat: { type: "volume" },
        lastValueVisible: false,
        priceLineVisible: false,
      });
      this.#volume.priceScale().applyOptions({ scaleMargins: { top: 0.82, bottom: 0 } });
    }
    this.#theme = theme;
    this.plots = head.visuals
      .map((_, position) => drawnPlot(this.#chart, report, position))
      .filter((plot) => plot !== undefined);
    this.#layers = [this.#addLayer(this.#candles, true), ...this.#ownLayer()];
    this.#chart.panes()[0]?.setStretchFactor(3);
    this.#marks = new TradeMarks(report, theme);
    this.#candles.attachPrimitive(this.#marks);
    this.#paint(theme);
    onThemeChange(() => this.#paint(currentTheme()));
    this.#listen(element);
    // The library lays its panes out in a table; nobody should be read its cells.
    element.querySelector("table")?.setAttribute("role", "presentation");
    this.showLatest();
  }

  /** The script's own pane, when it shows anything there. */
  #ownLayer(): Layer[] {
    const { visuals, drawings } = this.#report.head;
    if (![...visuals, ...drawings].some(({ overlay }) => !overlay)) return [];
    const anchor =
      this.plots.find(({ visual, series }) => !visual.overlay && series !== undefined)?.series ??
      this.#closes();
    return [this.#addLayer(anchor, false)];
  }

  /** A series that nobody sees: a pane needs one to have a scale. */
  #closes(): ISeriesApi<"Line", number> {
    const series = this.#chart.addSeries(
      LineSeries,
      { lineVisible: false, lastValueVisible: false, priceLineVisible: false, crosshairMarkerVisible: false },
      ownPane,
    );
    series.setData(Array.from(this.#report.bars.close, (value, time) => ({ time, value })));
    return series;
  }

  /** What is drawn on a pane besides its series, and the levels there. */
  #addLayer(anchor: ISeriesApi<SeriesType, number>, overlay: boolean): Layer {
    const report = this.#report;
    const shown = (position: number): boolean =>
      this.plots.find(({ visual }) => visual === report.head.visuals[position])?.visible !== false;
    const layer = new Layer(
      (sight) => drawBelow(sight, report, overlay),
      (sight) => {
        drawMarks(sight, report, overlay, this.#theme, shown);
        drawDrawings(sight, report, overlay);
      },
    );
    anchor.attachPrimitive(layer);
    for (const [position, visual] of report.head.visuals.entries()) {
      if (visual.kind !== "level" || visual.overlay !== overlay || visual.value === null) continue;
      const color = colourAt(report, visual.colour, report.head.bars - 1);
      if (color === null) continue;
      anchor.createPriceLine({
        price: visual.value,
        color: color ?? this.#theme.plots[position % this.#theme.plots.length] ?? this.#theme.muted,
        lineWidth: Math.min(Math.max(Math.round(visual.width), 1), 4) as LineWidth,
        lineStyle: lineStyles[visual.dash],
        axisLabelVisible: false,
        title: "",
      });
    }
    return layer;
  }

  #listen(element: HTMLElement): void {
    this.#chart.subscribeCrosshairMove((event: MouseEventParams<number>) => {
      // Only the pointer's moves: those that the keyboard causes are known already, and a redraw tells of no bar.
      if (event.sourceEvent === undefined || event.time === undefined || !this.#pointer.moved) return;
      this.#cursor = event.time;
      this.onCursor(this.bar);
    });
    element.addEventListener("pointerleave", () => {
      this.#cursor = -1;
      this.onCursor(this.bar);
    });
    this.#chart.subscribeClick((event: MouseEventParams<number>) => {
      if (event.time !== undefined) this.onBarClick(event.time);
    });
    this.#chart.timeScale().subscribeVisibleLogicalRangeChange((range: LogicalRange | null) => {
      if (range !== null) this.onRange(range.from, range.to);
    });
    element.addEventListener(
      "wheel",
      (event) => {
        if (!event.ctrlKey && !event.metaKey) return;
        event.preventDefault();
        this.zoom(event.deltaY > 0 ? 1.25 : 0.8);
      },
      { passive: false },
    );
  }

  /** The bar that is read out. */
  get bar(): number {
    return this.#cursor < 0 ? this.#report.head.bars - 1 : this.#cursor;
  }

  /** The bars in view. */
  get range(): { from: number; to: number } {
    return this.#chart.timeScale().getVisibleLogicalRange() ?? { from: 0, to: 0 };
  }

  show(from: number, to: number): void {
    this.#chart.timeScale().setVisibleLogicalRange({ from, to });
  }

  showAll(): void {
    this.show(-0.5, this.#report.head.bars + 0.5);
  }

  showLatest(): void {
    const last = this.#report.head.bars - 1;
    const room = Math.max(this.#element.clientWidth, 200) / openingSpacing;
    this.show(Math.max(-0.5, last - room), last + 4);
  }

  /** A bar in the middle, the zoom as it is. */
  center(bar: number): void {
    const { from, to } = this.range;
    const half = Math.max(5, (to - from) / 2);
    this.show(bar - half, bar + half);
  }

  /** Shows `factor` times as many bars. */
  zoom(factor: number): void {
    const { from, to } = this.range;
    const middle = (from + to) / 2;
    const half = Math.min(Math.max(((to - from) / 2) * factor, 5), this.#report.head.bars);
    this.show(middle - half, middle + half);
  }

  /** Moves what is read out to a bar and brings it into view. */
  moveCursor(bar: number): void {
    const to = Math.min(Math.max(bar, 0), this.#report.head.bars - 1);
    const { from, to: end } = this.range;
    if (to < from || to > end) this.center(to);
    this.#cursor = to;
    this.#pointer.moved = false;
    // The crosshair finds its place only once the new range is drawn.
    requestAnimationFrame(() =>
      this.#chart.setCrosshairPosition(this.#report.bars.close[to] ?? 0, to, this.#candles),
    );
    this.onCursor(to);
  }

  /** Marks a trade and shows it whole. */
  selectTrade(trade: number, reveal: boolean): void {
    this.#marks.selected = trade;
    this.#marks.update();
    if (!reveal || trade < 0) return;
    const { entryBar, exitBar } = this.#report.trades;
    const entry = entryBar[trade] ?? 0;
    const exit = exitBar[trade] ?? Number.NaN;
    const end = exit === exit ? exit : this.#report.head.bars - 1;
    const room = Math.max(context, (end - entry) * 0.4);
    this.show(entry - room, end + room);
  }

  /** Shows or hides a plot. */
  togglePlot(index: number, visible: boolean): void {
    const plot = this.plots[index];
    if (plot === undefined) return;
    plot.visible = visible;
    plot.series?.applyOptions({ visible });
    for (const layer of this.#layers) layer.update();
  }

  #paint(theme: Theme): void {
    this.#chart.applyOptions({
      layout: {
        background: { color: theme.surface },
        textColor: theme.muted,
        fontFamily: "system-ui, sans-serif",
        panes: { separatorColor: theme.border, separatorHoverColor: theme.grid },
      },
      grid: { vertLines: { color: theme.grid }, horzLines: { color: theme.grid } },
      crosshair: {
        vertLine: { color: theme.muted, labelBackgroundColor: theme.accent },
        horzLine: { color: theme.muted, labelBackgroundColor: theme.accent },
      },
    });
    this.#candles.applyOptions({
      upColor: theme.up,
      downColor: theme.down,
      borderUpColor: theme.up,
      borderDownColor: theme.down,
      wickUpColor: theme.up,
      wickDownColor: theme.down,
    });
    this.#volume?.applyOptions({ color: `${theme.muted}66` });
    if (this.#volume?.data().length === 0) this.#volume.setData(volumeData(this.#report));
    this.#theme = theme;
    for (const plot of this.plots) plot.paint(theme);
    for (const layer of this.#layers) layer.update();
    this.#marks.theme = theme;
    this.#marks.update();
  }
}

/**
 * Whether the pointer has moved since it was told to rest. A page that scrolls under a resting pointer, and a chart that
 * is drawn anew under it, tell of a move too; they would take from the keyboard what it has just chosen.
 */
class PointerWatch {
  moved = false;
  #x = Number.NaN;
  #y = Number.NaN;

  constructor() {
    const look = ({ clientX, clientY }: PointerEvent): void => {
      if (clientX === this.#x && clientY === this.#y) return;
      this.moved = true;
      [this.#x, this.#y] = [clientX, clientY];
    };
    document.addEventListener("pointermove", look, { capture: true, passive: true });
  }
}

/** The bars, in the colours that the script gives them. */
function candleData(report: Report): never[] {
  const { open, high, low, close } = report.bars;
  const painted = report.head.visuals.filter(({ kind }) => kind === "barColour");
  const data: object[] = [];
  for (let bar = 0; bar < report.head.bars; bar++) {
    // A bar without a price keeps its place.
    if (close[bar] !== close[bar]) {
      data.push({ time: bar });
      continue;
    }
    const candle = { time: bar, open: open[bar], high: high[bar], low: low[bar], close: close[bar] };
    const color = colourOf(report, painted, bar);
    data.push(color === undefined ? candle : { ...candle, color, borderColor: color, wickColor: color });
  }
  return data as never[];
}

/** The last of them that has a colour on a bar. */
function colourOf(report: Report, painted: readonly EmbeddedVisual[], bar: number): string | undefined {
  for (let index = painted.length - 1; index >= 0; index--) {
    const colour = colourAt(report, painted[index]?.colour, bar);
    if (colour !== null && colour !== undefined) return colour;
  }
  return undefined;
}

function volumeData(report: Report): { time: number; value: number }[] {
  const data: { time: number; value: number }[] = [];
  for (let bar = 0; bar < report.head.bars; bar++) {
    const value = report.bars.volume[bar] ?? Number.NaN;
    if (value === value) data.push({ time: bar, value });
  }
  return data;
}
