import type { Kernel } from "../lib/kernel.ts";
import { Context } from "./context.ts";
import type { Feed } from "./feeds.ts";
import { ChartForming, OpenedForming } from "./forming-bar.ts";
import { isBeside, type RequestHost, secondsOf, type Site } from "./request.ts";
import type { Answer } from "./sources.ts";

/** A run as somebody who asks: what time it is for it, and the contexts that answer. */
export class Asker {
  readonly host: RequestHost;
  readonly #contexts = new Map<string, Context>();
  /** What goes back with this run: contexts that stand on its bars, and what its requests remember. */
  readonly #kept: Kernel[] = [];
  #index = -1;
  #nowMs = -Infinity;

  constructor(host: RequestHost) {
    this.host = host;
  }

  save(): void {
    for (const kept of this.#kept) kept.save();
  }

  restore(): void {
    for (const kept of this.#kept) kept.restore();
  }

  /**
   * Everything up to this moment may be known, epoch ms. Inside a bar of history that is what was when it opened; a live
   * bar is executed as if it ended now, with what has arrived.
   */
  get nowMs(): number {
    const { clock, barState, feed, sources, inside } = this.host;
    if (inside !== undefined) return inside.context.nowMs;
    const isInside = clock.isInside === true || (sources.moment === undefined && !barState.isconfirmed);
    if (isInside) return feed.columns.openTimeMs[clock.index]!;
    if (clock.index !== this.#index) {
      this.#index = clock.index;
      this.#nowMs = sources.endsOf(feed).scheduled(clock.index);
    }
    return this.#nowMs;
  }

  /** The same of the bar before. */
  get beforeMs(): number {
    const { clock, feed, sources, inside } = this.host;
    if (inside !== undefined) return inside.context.beforeMs;
    return clock.index > clock.first ? sources.endsOf(feed).scheduled(clock.index - 1) : -Infinity;
  }

  /** One unit of a currency in another, of the last bar that is over; 1 when there is nothing to convert. */
  rate(from: string, to: string): number {
    const { sources, clock } = this.host;
    if (from === "" || to === "" || from === to || from === "NONE" || to === "NONE") return 1;
    const { symInfo, columns } = sources.chart;
    // The chart itself is a pair of currencies.
    if (this.host.inside === undefined && symInfo.basecurrency !== undefined) {
      const close = columns.close[clock.index] ?? Number.NaN;
      if (symInfo.basecurrency === from && symInfo.currency === to) return close;
      if (symInfo.basecurrency === to && symInfo.currency === from) return 1 / close;
    }
    return sources.rateAt(from, to, this.nowMs);
  }

  /** Saves and restores this with the run. */
  keep(kernel: Kernel): void {
    this.#kept.push(kernel);
    // The bar may be executed again, and this was not there when it began.
    kernel.save();
  }

  /** The context of a request: the same expression on the same bars is computed once. */
  contextFor(site: Site, answer: Answer, needsLog: boolean): Context {
    const { sources, feed } = this.host;
    const isLonger = secondsOf(answer.feed) > secondsOf(feed);
    const forms = isLonger && site.lookahead === "lookahead_on";
    const program = site.place === undefined ? site.program.toString() : `@${site.place}`;
    const bars = site.options.calc_bars_count;
    const previews = site.lookahead !== "lookahead_last_closed";
    const key = [
      sources.idOf(program),
      feedIds.of(answer.feed),
      forms ? "forming" : "",
      previews ? "" : "closed",
      needsLog ? "log" : "",
      bars ?? "",
    ].join("|");
    let context = this.#contexts.get(key);
    if (context === undefined) {
      sources.countContext();
      context = this.#make(site, answer, { forms, previews, keepsLog: needsLog });
      this.#contexts.set(key, context);
      if (isBeside(answer.feed, feed)) this.keep(context);
    }
    return context;
  }

  #make(
    site: Site,
    answer: Answer,
    { forms, ...kind }: { readonly forms: boolean; readonly previews: boolean; readonly keepsLog: boolean },
  ): Context {
    const { sources, inside: outer } = this.host;
    const { feed, isChartSymbol } = answer;
    const history = sources.history;
    const chartForms = isChartSymbol && secondsOf(history) < secondsOf(feed);
    const forming = chartForms
      ? () => new ChartForming(history, sources.endsOf(history), feed.timeframe)
      : () => new OpenedForming(feed);
    const bars = site.options.calc_bars_count;
    return new Context({
      feed,
      ends: sources.endsOf(feed),
      forming: forms ? forming() : undefined,
      ...kind,
      moment: sources.moment,
      barsCount: bars !== undefined && bars > 0 ? Math.trunc(bars) : undefined,
      na: site.na,
      captures: site.place !== undefined,
      make: (context) =>
        this.host.spawn({ context, place: site.place, needs: site.needs, outer }, site.program),
    });
  }
}

/** Numbers for feeds. */
const feedIds = new (class {
  readonly #ids = new WeakMap<Feed, number>();
  #next = 0;

  of(feed: Feed): number {
    let id = this.#ids.get(feed);
    if (id === undefined) this.#ids.set(feed, (id = this.#next++));
    return id;
  }
})();
