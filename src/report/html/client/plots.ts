import {
  AreaSeries,
  CandlestickSeries,
  HistogramSeries,
  type IChartApiBase,
  type ISeriesApi,
  LineSeries,
  LineStyle,
  LineType,
  type LineWidth,
} from "lightweight-charts";

import type { Dash, EmbeddedCandles, EmbeddedLine, EmbeddedVisual } from "../wire/visuals.ts";
import { colourAt } from "./colours.ts";
import type { Report } from "./report.ts";
import type { Theme } from "./theme.ts";

/** Series of the chart that show a script's values. */
export type PlotSeries = ISeriesApi<"Line" | "Histogram" | "Area" | "Candlestick", number>;

/** What of a script has a name, a value on every bar, and can be hidden. */
export interface DrawnPlot {
  readonly visual: EmbeddedVisual;
  /** What is read out: the value, of candles the close. */
  readonly values: Float64Array;
  /** Digits that values are read out with. */
  readonly precision: number;
  visible: boolean;
  /** Absent for what a layer draws. */
  readonly series: PlotSeries | undefined;
  /** Its colour in a theme, where it is one. */
  colour(theme: Theme): string;
  paint(theme: Theme): void;
}

/** The pane of what does not belong on the prices. */
export const ownPane = 1;

export const lineStyles: Readonly<Record<Dash, LineStyle>> = {
  solid: LineStyle.Solid,
  dashed: LineStyle.Dashed,
  dotted: LineStyle.Dotted,
};

/** Makes what a script plots; `undefined` for what has no values of its own. */
export function drawnPlot(
  chart: IChartApiBase<number>,
  report: Report,
  position: number,
): DrawnPlot | undefined {
  const visual = report.head.visuals[position];
  if (visual === undefined) return undefined;
  if (visual.kind === "line" && visual.colour !== null) return linePlot(chart, report, visual, position);
  if (visual.kind === "candles") return candlePlot(chart, report, visual, position);
  if (visual.kind !== "mark") return undefined;
  const colour = ownColour(visual, position);
  return {
    visual,
    values: report.columns[visual.column] ?? new Float64Array(0),
    precision: 2,
    visible: true,
    series: undefined,
    colour,
    paint() {},
  };
}

function linePlot(
  chart: IChartApiBase<number>,
  report: Report,
  visual: EmbeddedLine,
  position: number,
): DrawnPlot {
  const values = report.columns[visual.column] ?? new Float64Array(0);
  const precision = visual.overlay ? report.head.precision : precisionOf(values);
  const options = {
    priceLineVisible: false,
    // A value of long ago is none that the axis should name.
    lastValueVisible: values.at(-1) === values.at(-1),
    priceFormat: { type: "price", precision, minMove: 10 ** -precision },
  } as const;
  const series = lineSeries(chart, visual, options);
  series.setData(lineData(report, visual, values));
  const colour = ownColour(visual, position);
  const paint = (theme: Theme): void => {
    const own = colour(theme);
    if (visual.style === "area")
      series.applyOptions({
        lineColor: own,
        topColor: `${own.slice(0, 7)}55`,
        bottomColor: `${own.slice(0, 7)}08`,
      } as never);
    else series.applyOptions({ color: own });
  };
  return { visual, values, precision, visible: true, series, colour, paint };
}

function lineSeries(chart: IChartApiBase<number>, visual: EmbeddedLine, options: object): PlotSeries {
  const pane = visual.overlay ? 0 : ownPane;
  const lineWidth = Math.min(Math.max(Math.round(visual.width), 1), 4) as LineWidth;
  if (visual.style === "histogram") return chart.addSeries(HistogramSeries, options, pane);
  if (visual.style === "area") return chart.addSeries(AreaSeries, { ...options, lineWidth }, pane);
  const dots = visual.style === "circles";
  return chart.addSeries(
    LineSeries,
    {
      ...options,
      lineWidth,
      lineType: visual.style === "step" ? LineType.WithSteps : LineType.Simple,
      lineVisible: !dots,
      pointMarkersVisible: dots,
      pointMarkersRadius: Math.max(lineWidth, 2),
      crosshairMarkerVisible: !dots,
    },
    pane,
  );
}

/** A gap stays a gap: a bar without a value or a colour keeps its place, so that no line crosses it. */
function lineData(report: Report, visual: EmbeddedLine, values: Float64Array): never[] {
  const byBar = typeof visual.colour === "object" && visual.colour !== null;
  const data: object[] = [];
  // Before the first value there is no gap to keep.
  let bar = 0;
  while (bar < values.length && values[bar] !== values[bar]) bar++;
  for (; bar < values.length; bar++) {
    const value = values[bar] ?? Number.NaN;
    const colour = byBar ? colourAt(report, visual.colour, bar) : undefined;
    if (value !== value || colour === null) data.push({ time: bar });
    else if (colour === undefined) data.push({ time: bar, value });
    else if (visual.style === "area") data.push({ time: bar, value, lineColor: colour });
    else data.push({ time: bar, value, color: colour });
  }
  return data as never[];
}

function candlePlot(
  chart: IChartApiBase<number>,
  report: Report,
  visual: EmbeddedCandles,
  position: number,
): DrawnPlot {
  const series = chart.addSeries(
    CandlestickSeries,
    { priceLineVisible: false },
    visual.overlay ? 0 : ownPane,
  );
  const [open, high, low, close] = visual.columns.map(
    (column) => report.columns[column] ?? new Float64Array(0),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array];
  const data: object[] = [];
  for (let bar = 0; bar < close.length; bar++) {
    const color = colourAt(report, visual.colour, bar);
    if (close[bar] !== close[bar] || color === null) continue;
    const colours = color === undefined ? {} : { color, borderColor: color, wickColor: color };
    data.push({ time: bar, open: open[bar], high: high[bar], low: low[bar], close: close[bar], ...colours });
  }
  series.setData(data as never[]);
  const precision = visual.overlay ? report.head.precision : precisionOf(close);
  return {
    visual,
    values: close,
    precision,
    visible: true,
    series,
    colour: ownColour(visual, position),
    paint() {},
  };
}

/** The one colour of a visual, else the first of its palette, else one of the page's. */
function ownColour(visual: EmbeddedVisual, position: number): (theme: Theme) => string {
  const { colour } = visual;
  if (typeof colour === "string") return () => colour;
  const first = colour?.palette[0];
  return (theme) => first ?? theme.plots[position % theme.plots.length] ?? theme.accent;
}

/** As many digits as tell values apart. */
function precisionOf(values: Float64Array): number {
  let size = 0;
  for (const value of values) if (Math.abs(value) > size) size = Math.abs(value);
  return size === 0 ? 2 : Math.min(8, Math.max(0, 3 - Math.floor(Math.log10(size)) + (size >= 100 ? 1 : 0)));
}
