import type {
  ChartOptionsImpl,
  HorzScaleItemConverterToInternalObj,
  IHorzScaleBehavior,
  InternalHorzScaleItem,
  InternalHorzScaleItemKey,
  Mutable,
  TickMark,
  TickMarkWeightValue,
  TimeMark,
  TimeScalePoint,
} from "lightweight-charts";

import { wallTime } from "../wire/format.ts";

/** How important a label below the chart is: a new year more than a new month, and so on. */
const weights = {
  bar: 0,
  minute: 20,
  halfHour: 22,
  hour: 30,
  sixHours: 32,
  day: 50,
  month: 60,
  year: 70,
} as const;
const monthNames = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const minuteMs = 60_000;
const dayMs = 86_400_000;

/**
 * A horizontal scale whose items are bar numbers. Bars may be as close as a millisecond, and labels are in the
 * exchange's zone whatever the zone of the reader: neither is possible with the library's own scale of times.
 */
export class BarScale implements IHorzScaleBehavior<number> {
  #options!: ChartOptionsImpl<number>;

  constructor(
    readonly localMs: Float64Array,
    readonly intraday: boolean,
  ) {}

  options(): ChartOptionsImpl<number> {
    return this.#options;
  }

  setOptions(options: ChartOptionsImpl<number>): void {
    this.#options = options;
  }

  preprocessData(): void {}
  updateFormatter(): void {}

  convertHorzItemToInternal(item: number): InternalHorzScaleItem {
    return item as unknown as InternalHorzScaleItem;
  }

  createConverterToInternalObj(): HorzScaleItemConverterToInternalObj<number> {
    return (item) => item as unknown as InternalHorzScaleItem;
  }

  key(item: InternalHorzScaleItem | number): InternalHorzScaleItemKey {
    return item as unknown as InternalHorzScaleItemKey;
  }

  cacheKey(item: InternalHorzScaleItem): number {
    return item as unknown as number;
  }

  /** The date and time of a bar. */
  label(bar: number): string {
    const local = this.localMs[bar];
    return local === undefined ? "" : wallTime(local, this.intraday);
  }

  formatHorzItem(item: InternalHorzScaleItem): string {
    return this.label(item as unknown as number);
  }

  formatTickmark(mark: TickMark): string {
    const local = this.localMs[mark.time as unknown as number];
    if (local === undefined) return "";
    const date = new Date(local);
    const weight = mark.weight as number;
    if (weight >= weights.year) return String(date.getUTCFullYear());
    if (weight >= weights.month) return monthNames[date.getUTCMonth()] ?? "";
    if (weight >= weights.day) return String(date.getUTCDate());
    return wallTime(local, true).slice(11);
  }

  maxTickMarkWeight(marks: TimeMark[]): TickMarkWeightValue {
    let most = 0;
    for (const mark of marks) most = Math.max(most, mark.weight as number);
    // Among hours none stands out.
    return (most > weights.hour && most < weights.day ? weights.hour : most) as TickMarkWeightValue;
  }

  fillWeightsForPoints(points: readonly Mutable<TimeScalePoint>[], startIndex: number): void {
    for (let index = startIndex; index < points.length; index++) {
      const point = points[index];
      if (point === undefined) continue;
      const bar = point.time as unknown as number;
      point.timeWeight = this.#weight(bar) as TickMarkWeightValue;
    }
  }

  #weight(bar: number): number {
    const now = this.localMs[bar] ?? 0;
    const before = this.localMs[bar - 1];
    if (before === undefined) return weights.bar;
    if (Math.floor(now / dayMs) === Math.floor(before / dayMs)) {
      const crossed = (ms: number): boolean => Math.floor(now / ms) !== Math.floor(before / ms);
      if (crossed(360 * minuteMs)) return weights.sixHours;
      if (crossed(60 * minuteMs)) return weights.hour;
      if (crossed(30 * minuteMs)) return weights.halfHour;
      return crossed(minuteMs) ? weights.minute : weights.bar;
    }
    const [date, past] = [new Date(now), new Date(before)];
    if (date.getUTCFullYear() !== past.getUTCFullYear()) return weights.year;
    return date.getUTCMonth() === past.getUTCMonth() ? weights.day : weights.month;
  }
}
