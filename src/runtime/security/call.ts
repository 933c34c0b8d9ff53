import { messageOf, RuntimeFailure } from "../../kernel/errors.ts";
import { canonicalTimeframe } from "../../kernel/timeframe.ts";
import type { Asker } from "./asker.ts";
import type { Feed } from "./feeds.ts";
import type { RequestOptions, Site } from "./request.ts";
import type { Answer } from "./sources.ts";

/** Remembers what the last symbol and timeframe stand for: they rarely change. */
export abstract class Call<Link> {
  readonly isTarget: boolean;
  protected readonly asker: Asker;
  protected site: Site;
  #isSettled = false;
  readonly #links = new Map<string, Link | null>();
  #symbol: string | null | undefined;
  #timeframe: string | null | undefined;
  #last: Link | null = null;

  constructor(asker: Asker, site: Site) {
    this.asker = asker;
    this.site = site;
    this.isTarget = site.isTarget;
  }

  /** Options that had no value before the first bar have theirs. */
  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** Adds options, once, before the first question. */
  settle(late: RequestOptions): this {
    const options = { ...this.site.options, ...late };
    this.site = { ...this.site, options, lookahead: options.lookahead ?? "lookahead_off" };
    this.#isSettled = true;
    return this;
  }

  /** @returns null when there is nothing to read and that is no mistake */
  protected linkTo(symbol: string | null, timeframe: string | null): Link | null {
    if (symbol === this.#symbol && timeframe === this.#timeframe) return this.#last;
    const key = `${symbol}\n${timeframe}`;
    let link = this.#links.get(key);
    if (link === undefined) {
      link = this.#connect(symbol ?? "", timeframe ?? "");
      if (link === undefined) return null;
      this.#links.set(key, link);
    }
    [this.#symbol, this.#timeframe, this.#last] = [symbol, timeframe, link];
    return link;
  }

  protected abstract link(answer: Answer): Link | null;

  /** @returns `undefined` while the bars are on their way */
  #connect(symbol: string, timeframe: string): Link | null | undefined {
    const { caller, options } = this.site;
    const { feed, published, sources, inside } = this.asker.host;
    const canonical = timeframe.trim() === "" ? feed.timeframe : timeframeOf(caller, timeframe);
    // Inside of a context "" is the context's symbol.
    const answer =
      symbol === "" && canonical === feed.timeframe
        ? { feed, isChartSymbol: inside === undefined }
        : sources.find(symbol === "" ? tickerOf(feed) : symbol, canonical);
    if ("pending" in answer) return undefined;
    if (!("missing" in answer)) return this.link(answer.feed === published ? { ...answer, feed } : answer);
    if (options.ignore_invalid_symbol === true || sources.toleratesMissing) return null;
    throw new RuntimeFailure(`${caller}: ${answer.missing}`, { hint: answer.hint });
  }
}

function tickerOf({ symInfo }: Feed): string {
  return `${symInfo.prefix}:${symInfo.ticker}`;
}

function timeframeOf(caller: string, text: string): string {
  try {
    return canonicalTimeframe(text);
  } catch (error) {
    throw new RuntimeFailure(`${caller}: ${messageOf(error)}`, {
      cause: error,
      hint: "minutes as digits (1, 60, 240), or with a letter: 30S, 1D, 1W, 1M",
    });
  }
}
