import {
  AreaSeries,
  HistogramSeries,
  type IChartApiBase,
  type ISeriesApi,
  LineSeries,
  LineType,
  type LineWidth,
} from "lightweight-charts";

import type { EmbeddedPlot } from "../wire/embedded.ts";
import type { Bars } from "./report.ts";
import type { Theme } from "./theme.ts";

/** A plot on the chart. */
export interface DrawnPlot {
  readonly title: string;
  readonly values: Float64Array;
  readonly series: ISeriesApi<"Line" | "Histogram" | "Area", number>;
  /** Digits that its values are read out with. */
  readonly precision: number;
  /** Its colour in a theme. */
  colour(theme: Theme): string;
  paint(theme: Theme): void;
}

/** The pane of what does not belong on the prices. */
const ownPane = 1;

/** Adds one plot. Yes-and-no plots on the prices become dots below the bars on which they hold. */
export function addPlot(
  chart: IChartApiBase<number>,
  prices: ISeriesApi<"Candlestick", number>,
  plot: EmbeddedPlot,
  values: Float64Array,
  bars: Bars,
  index: number,
  theme: Theme,
): DrawnPlot {
  const pane = plot.overlay ? 0 : ownPane;
  const marks = plot.style === "marks" && plot.overlay;
  const drawn = marks ? marksBelow(values, bars.low) : values;
  const precision = marks ? 0 : precisionOf(values, plot.overlay, prices.options().priceFormat);
  const options = {
    priceLineVisible: false,
    lastValueVisible: !marks,
    title: "",
    priceFormat: { type: "price", precision, minMove: 10 ** -precision },
  } as const;
  const series = seriesOf(chart, plot, marks, options, pane);
  series.setData(lineData(drawn));
  const colour = (now: Theme): string => plot.colour ?? now.plots[index % now.plots.length] ?? now.accent;
  const paint = (now: Theme): void => {
    const own = colour(now);
    if (plot.style === "area")
      series.applyOptions({ lineColor: own, topColor: `${own}55`, bottomColor: `${own}08` } as never);
    else series.applyOptions({ color: own });
  };
  paint(theme);
  return { title: plot.title, values, series, precision, colour, paint };
}

function seriesOf(
  chart: IChartApiBase<number>,
  plot: EmbeddedPlot,
  marks: boolean,
  options: object,
  pane: number,
): ISeriesApi<"Line" | "Histogram" | "Area", number> {
  const lineWidth = Math.min(Math.max(Math.round(plot.width), 1), 4) as LineWidth;
  if (plot.style === "histogram" || plot.style === "columns" || (plot.style === "marks" && !marks))
    return chart.addSeries(HistogramSeries, options, pane);
  if (plot.style === "area") return chart.addSeries(AreaSeries, { ...options, lineWidth }, pane);
  const dots = marks || plot.style === "circles";
  return chart.addSeries(
    LineSeries,
    {
      ...options,
      lineWidth,
      lineType: plot.style === "step" ? LineType.WithSteps : LineType.Simple,
      lineVisible: !dots,
      pointMarkersVisible: dots,
      pointMarkersRadius: 2.5,
      crosshairMarkerVisible: !dots,
    },
    pane,
  );
}

/** A gap stays a gap: a bar without a value keeps its place, so that no line crosses it. */
function lineData(values: Float64Array): ({ time: number; value: number } | { time: number })[] {
  const data: ({ time: number; value: number } | { time: number })[] = [];
  // Before the first value there is no gap to keep.
  let bar = 0;
  while (bar < values.length && values[bar] !== values[bar]) bar++;
  for (; bar < values.length; bar++) {
    const value = values[bar] ?? Number.NaN;
    data.push(value === value ? { time: bar, value } : { time: bar });
  }
  return data as ({ time: number; value: number } | { time: number })[];
}

function marksBelow(values: Float64Array, low: Float64Array): Float64Array {
  return values.map((value, bar) => (value === 1 ? (low[bar] ?? Number.NaN) : Number.NaN));
}

/** On the prices a plot has the prices' digits; elsewhere as many as tell its values apart. */
function precisionOf(values: Float64Array, overlay: boolean, format: object): number {
  if (overlay && "precision" in format) return Number(format.precision);
  let size = 0;
  for (const value of values) if (Math.abs(value) > size) size = Math.abs(value);
  return size === 0 ? 2 : Math.min(8, Math.max(0, 3 - Math.floor(Math.log10(size)) + (size >= 100 ? 1 : 0)));
}
