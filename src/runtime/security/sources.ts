import { aggregateBars, checkAggregation } from "../../data/aggregate/aggregate.ts";
import type { BarColumns } from "../../kernel/bar.ts";
import { tradingCalendar } from "../../kernel/calendar/calendar.ts";
import { RuntimeFailure } from "../../kernel/errors.ts";
import { canonicalTimeframe, parseTimeframe, timeframeSeconds } from "../../kernel/timeframe.ts";
import type { Room } from "../room.ts";
import { BarEnds } from "./bar-ends.ts";
import type { Feed, FeedRequest, Feeds, LiveFeed, MissingFeed, PendingFeed } from "./feeds.ts";
import { FileFeed } from "./file-feed.ts";
import { ChartEdge } from "./growing-feed.ts";
import { heikinAshi } from "./heikin-ashi.ts";
import type { LiveMoment } from "./live-moment.ts";
import { MergedFeed } from "./merged-feed.ts";
import { parseTickerId } from "./ticker-id.ts";

/** Contexts that one run may have. */
const mostContexts = 64;

/** What answers a request. */
export interface Answer {
  readonly feed: Feed;
  /** The bars of the chart's own symbol as they are traded: the chart knows how the next one forms. */
  readonly isChartSymbol: boolean;
}

/** The bars that a run and its contexts can ask for: each feed, each merging and each calendar once. */
export class Sources {
  /** The bars of the run. */
  readonly chart: Feed;
  readonly #feeds: Feeds;
  readonly #known = new Map<string, Answer | MissingFeed>();
  readonly #files = new Map<Feed, FileFeed>();
  readonly #merged = new Map<Feed, Map<string, Feed>>();
  readonly #heikinAshi = new Map<Feed, Feed>();
  readonly #cut = new Map<Feed, Feed>();
  readonly #ends = new Map<Feed, BarEnds>();
  readonly #rates = new Map<string, Feed | undefined>();
  readonly #ids = new Map<string, number>();
  readonly #whole: BarColumns;
  #history: Feed | undefined;
  #endMs: number | undefined;
  #contexts = 0;

  /** Where a live run stands; `undefined`: all bars are there. */
  readonly moment: LiveMoment | undefined;

  /**
   * @param whole the bars of the run as they are in the end
   * @param live of a run whose bars come one by one: where it stands, and where its columns come from
   */
  constructor(
    chart: Feed,
    whole: BarColumns,
    feeds: Feeds,
    live?: { readonly moment: LiveMoment; readonly room: Room },
  ) {
    this.moment = live?.moment;
    this.chart = {
      ...chart,
      timeframe: canonicalTimeframe(chart.timeframe),
      ...(live === undefined ? {} : { live: new ChartEdge(chart.columns, live.room, live.moment) }),
    };
    this.#whole = whole;
    this.#feeds = feeds;
  }

  /** What is missing is na. */
  get toleratesMissing(): boolean {
    return this.#feeds.toleratesMissing === true;
  }

  /** The chart with what came before, every bar whole: a run that executes inside bars changes the rows of `chart`. */
  get history(): Feed {
    if (this.#history === undefined) {
      const columns = this.#feeds.history?.() ?? this.#whole;
      this.#history = columns === this.chart.columns ? this.chart : { ...this.chart, columns };
    }
    return this.#history;
  }

  /**
   * The bars of a symbol in a timeframe.
   *
   * @param id a ticker id; `""`: the chart's symbol
   * @param timeframe canonical
   */
  find(id: string, timeframe: string): Answer | MissingFeed | PendingFeed {
    const key = `${id}\n${timeframe}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const answer = this.#resolve(id, timeframe);
    if (!("pending" in answer)) this.#known.set(key, answer);
    return answer;
  }

  /** When the bars of a feed are over. */
  endsOf(feed: Feed): BarEnds {
    let ends = this.#ends.get(feed);
    if (ends === undefined) this.#ends.set(feed, (ends = new BarEnds(feed)));
    return ends;
  }

  /** One unit of a currency in another, of the last day that is over at a moment; NaN when nobody knows. */
  rateAt(from: string, to: string, nowMs: number): number {
    const direct = this.#lastClose(this.#dailyRate(from, to), nowMs);
    return direct === direct ? direct : 1 / this.#lastClose(this.#dailyRate(to, from), nowMs);
  }

  #lastClose(feed: Feed | undefined, nowMs: number): number {
    if (feed === undefined) return Number.NaN;
    const ends = this.endsOf(feed);
    feed.live?.sync();
    let [low, high] = [0, feed.live?.closed ?? feed.columns.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (ends.at(middle) <= nowMs) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? Number.NaN : feed.columns.close[low - 1]!;
  }

  #dailyRate(from: string, to: string): Feed | undefined {
    const key = `${from}/${to}`;
    if (!this.#rates.has(key)) {
      const feed = this.#feeds.rate(from, to);
      // A feed that is opened later may know the rate.
      if (feed === undefined && this.moment !== undefined) return undefined;
      const daily = feed === undefined ? undefined : this.#inTimeframe(feed, "1D");
      this.#rates.set(key, daily === undefined || "missing" in daily ? undefined : this.#bounded(daily));
    }
    return this.#rates.get(key);
  }

  /** A number for a text. */
  idOf(text: string): number {
    let id = this.#ids.get(text);
    if (id === undefined) this.#ids.set(text, (id = this.#ids.size));
    return id;
  }

  /** @throws RuntimeFailure when there are too many contexts */
  countContext(): void {
    if (++this.#contexts <= mostContexts) return;
    throw new RuntimeFailure(`the script asks for more than ${mostContexts} other contexts`, {
      hint: "each expression for each symbol and timeframe is one: ask for several values at once, as a tuple",
    });
  }

  #resolve(id: string, timeframe: string): Answer | MissingFeed | PendingFeed {
    const { symbol, isHeikinAshi } = parseTickerId(id);
    const request: FeedRequest = { symbol, timeframe, isChart: this.#isChart(symbol) };
    const answer = this.#plain(request);
    if ("missing" in answer || "pending" in answer) return answer;
    const feed = this.#bounded(answer);
    if (!isHeikinAshi) return { feed, isChartSymbol: request.isChart };
    let transformed = this.#heikinAshi.get(feed);
    if (transformed === undefined) this.#heikinAshi.set(feed, (transformed = heikinAshi(feed)));
    return { feed: transformed, isChartSymbol: false };
  }

  /** A ticker without its exchange is the chart's when the tickers are the same. */
  #isChart(symbol: string): boolean {
    const { prefix, ticker } = this.chart.symInfo;
    const wanted = symbol.toUpperCase();
    return wanted === "" || wanted === `${prefix}:${ticker}`.toUpperCase() || wanted === ticker.toUpperCase();
  }

  #plain(request: FeedRequest): Feed | MissingFeed | PendingFeed {
    const { timeframe, isChart } = request;
    if (isChart && timeframe === this.chart.timeframe) return this.chart;
    let found = this.#feeds.named(request);
    if (found === undefined && isChart && this.#canMerge(this.chart.timeframe, timeframe))
      return this.#inTimeframe(this.history, timeframe);
    found ??= this.#feeds.find(request);
    return "missing" in found || "pending" in found ? found : this.#inTimeframe(found, timeframe);
  }

  #canMerge(source: string, target: string): boolean {
    try {
      checkAggregation(parseTimeframe(source), parseTimeframe(target));
      return true;
    } catch {
      return false;
    }
  }

  /** A finer feed is merged, a coarser one does not do. */
  #inTimeframe(feed: Feed, timeframe: string): Feed | MissingFeed {
    // A symbol may have its first bar while the run goes on.
    if (feed.columns.length === 0 && feed.live === undefined) {
      const { prefix, ticker } = feed.symInfo;
      return { missing: `there are no bars of ${prefix}:${ticker}: its data is empty`, hint: undefined };
    }
    if (canonicalTimeframe(feed.timeframe) === timeframe) return feed;
    const [source, target] = [parseTimeframe(feed.timeframe), parseTimeframe(timeframe)];
    if (!this.#canMerge(feed.timeframe, timeframe)) {
      const { prefix, ticker } = feed.symInfo;
      const isCoarser = timeframeSeconds(source) > timeframeSeconds(target);
      return {
        missing: `the bars of ${prefix}:${ticker} are of ${feed.timeframe}: ${isCoarser ? "coarser than" : "they cannot be merged into"} ${timeframe}`,
        hint: `give bars of ${timeframe}, or finer ones that fill them exactly`,
      };
    }
    let merged = this.#merged.get(feed);
    if (merged === undefined) this.#merged.set(feed, (merged = new Map()));
    let made = merged.get(timeframe);
    if (made === undefined) {
      made =
        feed.live === undefined
          ? {
              columns: aggregateBars(feed.columns, source, target, feed.symInfo),
              symInfo: { ...feed.symInfo, period: timeframe },
              timeframe,
            }
          : new MergedFeed(feed as LiveFeed, timeframe, this.moment!);
      merged.set(timeframe, made);
    }
    return made;
  }

  /** A feed as far as the run has come. */
  #bounded(feed: Feed): Feed {
    if (this.moment === undefined) return this.#upToTheEnd(feed);
    if (feed.live !== undefined) return feed;
    let file = this.#files.get(feed);
    if (file === undefined) {
      file = new FileFeed(feed, this.chart, this.endsOf(this.chart), this.moment);
      this.#files.set(feed, file);
    }
    return file;
  }

  /** Bars that open after the chart has ended are no part of the run. */
  #upToTheEnd(feed: Feed): Feed {
    const { columns } = feed;
    let { length } = columns;
    const endMs = this.#chartEndMs();
    while (length > 0 && columns.openTimeMs[length - 1]! >= endMs) length--;
    if (length === columns.length) return feed;
    let cut = this.#cut.get(feed);
    if (cut === undefined) this.#cut.set(feed, (cut = { ...feed, columns: firstBars(columns, length) }));
    return cut;
  }

  #chartEndMs(): number {
    if (this.#endMs === undefined) {
      const { columns, symInfo, timeframe } = this.chart;
      const last = columns.openTimeMs[columns.length - 1] ?? Number.NaN;
      this.#endMs = tradingCalendar(symInfo).periodEndMs(last, parseTimeframe(timeframe));
    }
    return this.#endMs;
  }
}

function firstBars(columns: BarColumns, length: number): BarColumns {
  return {
    length,
    openTimeMs: columns.openTimeMs.subarray(0, length),
    open: columns.open.subarray(0, length),
    high: columns.high.subarray(0, length),
    low: columns.low.subarray(0, length),
    close: columns.close.subarray(0, length),
    volume: columns.volume.subarray(0, length),
    extra: new Map(),
  };
}
