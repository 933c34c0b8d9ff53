import { RuntimeFailure, messageOf } from "../../kernel/errors.ts";
import { canonicalTimeframe, parseTimeframe, timeframeSeconds } from "../../kernel/timeframe.ts";
import { NumberArray } from "../lib/collections/number-array.ts";
import { ObjectArray } from "../lib/collections/object-array.ts";
import { type ElementKind, isNumeric } from "../lib/collections/element.ts";
import type { BarState } from "../bar-state.ts";
import { Context } from "../security/context.ts";
import { copyOut } from "../security/copy-out.ts";
import type { Feed } from "../security/feeds.ts";
import { ChartForming, OpenedForming } from "../security/forming-bar.ts";
import type { ContextProgram } from "../security/context.ts";
import type { Answer, Sources } from "../security/sources.ts";
import type { BarClock } from "../series.ts";

/** A program that a request runs: it sets itself up and gives what runs on every bar. */
export type RequestProgram = (rt: never) => () => unknown;

/** A request's options, as far as they were given. */
interface RequestOptions {
  readonly gaps?: string;
  readonly lookahead?: string;
  readonly ignore_invalid_symbol?: boolean;
  readonly ignore_invalid_timeframe?: boolean;
  readonly currency?: string | null;
  readonly calc_bars_count?: number;
}

/** Which place a run was made for, when it is the run of a context. */
export interface Inside {
  readonly context: Context;
  /** The place of the whole script whose value is caught; absent: a small program of its own. */
  readonly place: string | undefined;
  /** The requests that the value at this place is made of; absent: all of them. */
  readonly needs: ReadonlySet<number> | undefined;
  readonly outer: Inside | undefined;
}

/** The run that asks. */
export interface RequestHost {
  readonly sources: Sources;
  /** Its own bars: what "" stands for. The row of a bar that forms says what is known of it. */
  readonly feed: Feed;
  /** The same bars as everybody may have them. */
  readonly published: Feed;
  readonly clock: BarClock;
  readonly barState: BarState;
  readonly inside: Inside | undefined;
  /** Names the place of the request that is being made, by its number. */
  takePlace(number: number): string;
  /** Makes the run of a context. */
  spawn(inside: Inside, program: RequestProgram): ContextProgram;
}

/** `request`. */
export class PineRequests {
  readonly #host: RequestHost;
  readonly #contexts = new Map<string, Context>();
  /** Those that stand on the bars of this run, and go back with it. */
  readonly #beside: Context[] = [];
  #index = -1;
  #nowMs = -Infinity;

  constructor(host: RequestHost) {
    this.#host = host;
  }

  security(
    options: RequestOptions,
    program: RequestProgram,
    na: unknown,
    id: number,
    needs?: readonly number[],
  ): SecurityCall {
    return new SecurityCall(this, this.#site("request.security", options, program, na, id, needs));
  }

  security_lower_tf(
    options: RequestOptions,
    program: RequestProgram,
    kinds: ElementKind | readonly ElementKind[],
    id: number,
    needs?: readonly number[],
  ): LowerTimeframeCall {
    const na = Array.isArray(kinds) ? kinds.map(() => Number.NaN) : Number.NaN;
    const site = this.#site("request.security_lower_tf", options, program, na, id, needs);
    return new LowerTimeframeCall(this, site, kinds);
  }

  /** There are no users' repositories: na. */
  seed(_options: object, _program: RequestProgram, na: unknown): SeedCall {
    return new SeedCall(na);
  }

  /** One unit of a currency in another, of the last bar that is over; 1 when there is nothing to convert. */
  currency_rate(from: string | null, to: string | null, _ignore?: boolean): number {
    return this.rate(from ?? "", to ?? "");
  }

  dividends(args: Ignoring): number {
    return unavailable("request.dividends", args.ignore_invalid_symbol);
  }

  splits(args: Ignoring): number {
    return unavailable("request.splits", args.ignore_invalid_symbol);
  }

  earnings(args: Ignoring): number {
    return unavailable("request.earnings", args.ignore_invalid_symbol);
  }

  financial(args: Ignoring): number {
    return unavailable("request.financial", args.ignore_invalid_symbol);
  }

  economic(_country: string, _field: string, _gaps?: string, ignore?: boolean): number {
    return unavailable("request.economic", ignore);
  }

  quandl(_ticker: string, _gaps?: string, _index?: number, ignore?: boolean): number {
    return unavailable("request.quandl", ignore);
  }

  /** There is no volume by price: na. */
  footprint(): null {
    return null;
  }

  save(): void {
    for (const context of this.#beside) context.save();
  }

  restore(): void {
    for (const context of this.#beside) context.restore();
  }

  /** Everything up to this moment may be known, epoch ms. Before a bar is over that is what was when it opened. */
  get nowMs(): number {
    const { clock, barState, feed, sources, inside } = this.#host;
    if (inside !== undefined) return inside.context.nowMs;
    if (clock.isInside === true || !barState.isconfirmed) return feed.columns.openTimeMs[clock.index]!;
    if (clock.index !== this.#index) {
      this.#index = clock.index;
      this.#nowMs = sources.endsOf(feed).scheduled(clock.index);
    }
    return this.#nowMs;
  }

  /** The same of the bar before. */
  get beforeMs(): number {
    const { clock, feed, sources, inside } = this.#host;
    if (inside !== undefined) return inside.context.beforeMs;
    return clock.index > clock.first ? sources.endsOf(feed).scheduled(clock.index - 1) : -Infinity;
  }

  get host(): RequestHost {
    return this.#host;
  }

  rate(from: string, to: string): number {
    const { sources, clock } = this.#host;
    if (from === "" || to === "" || from === to || from === "NONE" || to === "NONE") return 1;
    const { symInfo, columns } = sources.chart;
    // The chart itself is a pair of currencies.
    if (this.#host.inside === undefined && symInfo.basecurrency !== undefined) {
      const close = columns.close[clock.index] ?? Number.NaN;
      if (symInfo.basecurrency === from && symInfo.currency === to) return close;
      if (symInfo.basecurrency === to && symInfo.currency === from) return 1 / close;
    }
    return sources.rateAt(from, to, this.nowMs);
  }

  /** The context of a request: the same expression on the same bars is computed once. */
  contextFor(site: Site, answer: Answer, needsLog: boolean): Context {
    const { sources, feed } = this.#host;
    const isLonger = secondsOf(answer.feed) > secondsOf(feed);
    const forms = isLonger && site.lookahead === "lookahead_on";
    const program = site.place === undefined ? site.program.toString() : `@${site.place}`;
    const bars = site.options.calc_bars_count;
    const key = [
      sources.idOf(program),
      feedIds.of(answer.feed),
      forms ? "forming" : "",
      needsLog ? "log" : "",
      bars ?? "",
    ].join("|");
    let context = this.#contexts.get(key);
    if (context === undefined) {
      if (this.#host.barState.isLive && !isBeside(answer.feed, feed)) {
        throw new RuntimeFailure(`${site.caller}: live runs have no bars but the chart's in this version`, {
          hint: "without --live the script runs",
        });
      }
      sources.countContext();
      context = this.#make(site, answer, forms, needsLog);
      this.#contexts.set(key, context);
      if (isBeside(answer.feed, feed)) {
        this.#beside.push(context);
        // The bar may be executed again, and the context was not there when it began.
        context.save();
      }
    }
    return context;
  }

  #make(site: Site, answer: Answer, forms: boolean, keepsLog: boolean): Context {
    const { sources, inside: outer } = this.#host;
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
      keepsLog,
      barsCount: bars !== undefined && bars > 0 ? Math.trunc(bars) : undefined,
      na: site.na,
      captures: site.place !== undefined,
      make: (context) =>
        this.#host.spawn({ context, place: site.place, needs: site.needs, outer }, site.program),
    });
  }

  #site(
    caller: string,
    options: RequestOptions,
    program: RequestProgram,
    na: unknown,
    id: number,
    needs: readonly number[] | undefined,
  ): Site {
    const taken = this.#host.takePlace(id);
    const isWhole = needs !== undefined;
    const { inside } = this.#host;
    return {
      caller,
      options,
      program,
      na,
      lookahead: options.lookahead ?? "lookahead_off",
      place: isWhole ? taken : undefined,
      needs: isWhole ? new Set(needs) : undefined,
      isTarget: isWhole && inside?.place === taken,
      isIdle:
        inside?.needs?.has(id) === false ||
        // A value that is made of itself begins as na.
        (isWhole && isWithin(inside?.outer, taken)),
    };
  }
}

function isWithin(inside: Inside | undefined, place: string): boolean {
  for (let at = inside; at !== undefined; at = at.outer) if (at.place === place) return true;
  return false;
}

interface Ignoring {
  readonly ignore_invalid_symbol?: boolean;
}

function unavailable(caller: string, ignore: boolean | undefined): number {
  if (ignore === true) return Number.NaN;
  throw new RuntimeFailure(`${caller}: there is no source of such figures`, {
    hint: "with ignore_invalid_symbol = true the value is na",
  });
}

/** Whether the bars of a feed are those of the run that asks, one for one. */
function isBeside(feed: Feed, own: Feed): boolean {
  return feed === own || feed.basis === own;
}

function secondsOf(feed: Feed): number {
  return timeframeSeconds(parseTimeframe(feed.timeframe));
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

/** What is known of a request before it is asked. */
interface Site {
  readonly caller: string;
  readonly options: RequestOptions;
  readonly program: RequestProgram;
  readonly na: unknown;
  readonly lookahead: string;
  /** Of a request that runs the whole script. */
  readonly place: string | undefined;
  readonly needs: ReadonlySet<number> | undefined;
  /** The whole script is run for this place. */
  readonly isTarget: boolean;
  /** Nobody needs its value in this run. */
  readonly isIdle: boolean;
}

/** Remembers what the last symbol and timeframe stand for: they rarely change. */
abstract class Call<Link> {
  readonly isTarget: boolean;
  protected readonly requests: PineRequests;
  protected readonly site: Site;
  readonly #links = new Map<string, Link | null>();
  #symbol: string | null | undefined;
  #timeframe: string | null | undefined;
  #last: Link | null = null;

  constructor(requests: PineRequests, site: Site) {
    this.requests = requests;
    this.site = site;
    this.isTarget = site.isTarget;
  }

  /** @returns null when there is nothing to read and that is no mistake */
  protected linkTo(symbol: string | null, timeframe: string | null): Link | null {
    if (symbol === this.#symbol && timeframe === this.#timeframe) return this.#last;
    const key = `${symbol}\n${timeframe}`;
    let link = this.#links.get(key);
    if (link === undefined) this.#links.set(key, (link = this.#connect(symbol ?? "", timeframe ?? "")));
    [this.#symbol, this.#timeframe, this.#last] = [symbol, timeframe, link];
    return link;
  }

  protected abstract link(answer: Answer): Link | null;

  #connect(symbol: string, timeframe: string): Link | null {
    const { caller, options } = this.site;
    const { feed, published, sources, inside } = this.requests.host;
    sources.requireHistory(caller);
    const canonical = timeframe.trim() === "" ? feed.timeframe : timeframeOf(caller, timeframe);
    // Inside of a context "" is the context's symbol.
    const answer =
      symbol === "" && canonical === feed.timeframe
        ? { feed, isChartSymbol: inside === undefined }
        : sources.find(symbol === "" ? tickerOf(feed) : symbol, canonical);
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

interface SecurityLink {
  readonly context: Context;
  /** Its bars are those of the run that asks. */
  readonly isBeside: boolean;
  /** A shorter timeframe of which the first bar is wanted. */
  readonly isFirst: boolean;
  readonly hasGaps: boolean;
  /** What amounts are multiplied by comes from this currency; absent: nothing to convert. */
  readonly currency: string | undefined;
  /** The value was taken over at this version. */
  version: number;
  value: unknown;
}

/** `request.security(...)` at one place. */
class SecurityCall extends Call<SecurityLink> {
  /** The value on this bar. */
  next(symbol: string | null, timeframe: string | null): unknown {
    const { site, requests } = this;
    const link = site.isIdle ? null : this.linkTo(symbol, timeframe);
    if (link === null) return site.na;
    const { context } = link;
    if (link.isBeside) context.bringTo(requests.host.clock.index, requests.nowMs);
    else context.bring(requests.nowMs);
    if (link.hasGaps && !link.isBeside && !context.endedAfter(requests.beforeMs)) return site.na;
    if (link.isFirst) return this.#firstOf(link);
    if (link.version !== context.version) {
      link.version = context.version;
      link.value = copyOut(context.value);
    }
    return link.currency === undefined ? link.value : this.#converted(link.value, link.currency);
  }

  /** Takes the value of the whole script at this place. */
  capture(value: unknown): unknown {
    this.requests.host.inside!.context.capture(value);
    return value;
  }

  protected override link(answer: Answer): SecurityLink {
    const { requests, site } = this;
    const { feed } = requests.host;
    const isFirst = site.lookahead === "lookahead_on" && secondsOf(answer.feed) < secondsOf(feed);
    const { currency } = site.options;
    const own = answer.feed.symInfo.currency;
    return {
      context: requests.contextFor(site, answer, isFirst),
      isBeside: isBeside(answer.feed, feed),
      isFirst,
      hasGaps: site.options.gaps === "gaps_on",
      currency: typeof currency === "string" && currency !== "" && currency !== own ? own : undefined,
      version: -1,
      value: site.na,
    };
  }

  /** The first of the shorter bars within this bar; an empty bar keeps what was. */
  #firstOf(link: SecurityLink): unknown {
    const { context } = link;
    const { clock, feed } = this.requests.host;
    const from = context.firstFrom(feed.columns.openTimeMs[clock.index]!);
    if (from < context.count) link.value = copyOut(context.log![from - context.clock.first]);
    return link.currency === undefined ? link.value : this.#converted(link.value, link.currency);
  }

  #converted(value: unknown, from: string): unknown {
    const rate = this.requests.rate(from, this.site.options.currency!);
    if (typeof value === "number") return value * rate;
    if (!Array.isArray(value)) return value;
    return value.map((member: unknown) => (typeof member === "number" ? member * rate : member));
  }
}

/** `request.security_lower_tf(...)` at one place. */
class LowerTimeframeCall extends Call<Context> {
  readonly #kinds: ElementKind | readonly ElementKind[];

  constructor(requests: PineRequests, site: Site, kinds: ElementKind | readonly ElementKind[]) {
    super(requests, site);
    this.#kinds = kinds;
  }

  /** The values of all shorter bars within this bar, as an array, or one for each member of a tuple. */
  next(symbol: string | null, timeframe: string | null): unknown {
    const { requests, site } = this;
    const context = site.isIdle ? null : this.linkTo(symbol, timeframe);
    if (context === null) return this.#arrays([]);
    const { clock, feed, sources } = requests.host;
    if (isBeside(context.feed, feed)) context.bringTo(clock.index, requests.nowMs);
    else context.bring(requests.nowMs);
    const from = context.firstFrom(feed.columns.openTimeMs[clock.index]!);
    const endMs = sources.endsOf(feed).scheduled(clock.index);
    let to = from;
    while (to < context.count && context.columns.openTimeMs[to]! < endMs) to++;
    const { first } = context.clock;
    return this.#arrays(context.log!.slice(from - first, to - first));
  }

  capture(value: unknown): unknown {
    this.requests.host.inside!.context.capture(value);
    return this.#arrays([]);
  }

  protected override link(answer: Answer): Context | null {
    const { requests, site } = this;
    const own = requests.host.feed;
    if (secondsOf(answer.feed) <= secondsOf(own)) return requests.contextFor(site, answer, true);
    if (site.options.ignore_invalid_timeframe === true) return null;
    throw new RuntimeFailure(
      `${site.caller}: ${answer.feed.timeframe} is longer than the chart's ${own.timeframe}`,
      { hint: "request.security asks for longer timeframes" },
    );
  }

  #arrays(values: readonly unknown[]): unknown {
    const kinds = this.#kinds;
    if (typeof kinds === "string") return arrayOf(kinds, values);
    return kinds.map((kind, member) =>
      arrayOf(
        kind,
        values.map((value) => (value as readonly unknown[])[member]),
      ),
    );
  }
}

function arrayOf(kind: ElementKind, values: readonly unknown[]): unknown {
  return isNumeric(kind)
    ? NumberArray.of(kind, values as number[])
    : ObjectArray.of(
        kind,
        values.map((value) => copyOut(value)),
      );
}

/** `request.seed(...)`. */
class SeedCall {
  readonly isTarget = false;
  readonly #na: unknown;

  constructor(na: unknown) {
    this.#na = na;
  }

  next(_source: string | null, _symbol: string | null): unknown {
    return this.#na;
  }

  capture(value: unknown): unknown {
    return value;
  }
}
