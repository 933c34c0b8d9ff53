import type { Bar, BarUpdate } from "../../kernel/bar.ts";
import { systemClock, type Clock } from "../../kernel/clock.ts";
import { messageOf } from "../../kernel/errors.ts";
import type { SymInfo } from "../../kernel/syminfo.ts";
import { parseTimeframe, timeframeSeconds } from "../../kernel/timeframe.ts";
import type { LiveProviderPlugin } from "../plugins/live.ts";
import type { ProviderPlugin } from "../plugins/provider.ts";
import { fail, iso, skip } from "./outcome.ts";
import { CountingClock } from "./counting-clock.ts";

/** The statics of a provider's class that the contract speaks of. */
export type ProviderStatics = Function &
  Pick<
    typeof ProviderPlugin,
    | "timeframes"
    | "multiBroker"
    | "rateLimit"
    | "getListOfBrokers"
    | "toExchangeTimeframe"
    | "toTradingViewTimeframe"
  >;

/** What an instance under test is made for. Hand the clock on: it notices sleeps that nobody ended. */
export interface InstanceRequest {
  readonly symbol: string | null;
  readonly timeframe: string | null;
  readonly clock: Clock;
}

/** Made anew for each look; any configuration it has is the caller's business. */
export type InstanceFactory = (
  request: InstanceRequest,
) => ProviderPlugin<object> | Promise<ProviderPlugin<object>>;

/** A provider under test. */
export interface ConformanceTarget {
  readonly plugin: ProviderStatics;
  readonly create: InstanceFactory;
  /** `SYMBOL`, `BROKER:SYMBOL`, or a broker alone; default: the first on offer. */
  readonly symbol?: string | undefined;
  /** Default: the symbol's own, else the first supported. */
  readonly timeframe?: string | undefined;
  /** Makes an instance whose server cannot be reached, where that can be done. */
  readonly unreachable?: InstanceFactory | undefined;
  /** Let the broker trade: orders of the smallest size, taken back at the end. Default: none is sent. */
  readonly sendsOrders?: boolean | undefined;
  /** Contracts of the smallest order that is sent; default: the symbol's smallest step. */
  readonly orderSize?: number | undefined;
  /** Time for deadlines and for "now"; default the machine's. */
  readonly clock?: Clock | undefined;
  /** Longest time one call may take, ms; default 30,000. */
  readonly patienceMs?: number | undefined;
  /** Longest time until a cancelled call must have ended, ms; default 5,000. */
  readonly promptMs?: number | undefined;
  /** How long live updates are waited for, ms; default 20,000. */
  readonly liveMs?: number | undefined;
  /** Ends the suite. */
  readonly signal?: AbortSignal | undefined;
}

/** A window of a download, epoch ms: `from` inclusive, `to` exclusive. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** Bars that a sample should have, and the fewest that will do. */
const sampleSize = 24;
const fewestBars = 6;
/** How far back a sample is looked for, in periods; the last resort is everything. */
const reaches = [100, 2000, 50_000, Infinity];
/** More pages than any window of the suite can need. */
const mostPages = 500;

/** What the cases work with: instances, deadlines, and what was already found out, each looked up once. */
export class Lab {
  readonly target: ConformanceTarget;
  readonly clock: Clock;
  readonly patienceMs: number;
  readonly promptMs: number;
  readonly liveMs: number;
  /** The live instance that the live cases share, in their order. */
  live: LiveProviderPlugin | undefined;
  /** What its feed told, once. */
  updates: readonly BarUpdate[] = [];
  readonly #counting: CountingClock;
  readonly #known = new Map<string, Promise<unknown>>();
  readonly #signal: AbortSignal;
  /** Rejects when the target's signal is aborted. */
  readonly #over: Promise<never>;
  #nextPageMs = -Infinity;

  constructor(target: ConformanceTarget) {
    this.target = target;
    this.clock = target.clock ?? systemClock;
    this.#counting = new CountingClock(this.clock);
    this.patienceMs = target.patienceMs ?? 30_000;
    this.promptMs = target.promptMs ?? 5000;
    this.liveMs = target.liveMs ?? 20_000;
    const signal = target.signal ?? new AbortController().signal;
    this.#signal = signal;
    this.#over = new Promise((_resolve, reject) => {
      if (signal.aborted) reject(signal.reason);
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
    this.#over.catch(() => {});
  }

  /** Sleeps on the clock handed to the instances that nobody ended. */
  get sleeping(): number {
    return this.#counting.sleeping;
  }

  /** An instance for the symbol and timeframe under test, unless the request says otherwise. */
  async instance(
    request: { readonly symbol?: string | null; readonly timeframe?: string | null } = {},
  ): Promise<ProviderPlugin<object>> {
    const symbol = request.symbol === undefined ? await this.symbol() : request.symbol;
    const timeframe = request.timeframe === undefined ? await this.timeframe() : request.timeframe;
    return this.target.create({ symbol, timeframe, clock: this.#counting });
  }

  /** The broker under test; `null` for a single venue. */
  get broker(): string | null {
    if (!this.target.plugin.multiBroker) return null;
    const broker = this.target.symbol?.split(":", 1)[0];
    return broker ?? skip("the provider has several brokers and none was named");
  }

  symbols(): Promise<string[]> {
    return this.#once("symbols", async () => {
      const provider = await this.instance({ symbol: this.broker, timeframe: null });
      return this.deadline("getAvailableSymbols", (signal) => provider.getAvailableSymbols(signal));
    });
  }

  /** The symbol under test, broker included. */
  symbol(): Promise<string> {
    return this.#once("symbol", async () => {
      const { broker } = this;
      const { symbol } = this.target;
      if (symbol !== undefined && (broker === null || symbol.includes(":"))) return symbol;
      // Why there is no list is what the case of the list says.
      const [first] = await this.symbols().catch(() => []);
      if (first === undefined) return skip("no symbol is on offer and none was named");
      return broker === null ? first : `${broker}:${first}`;
    });
  }

  /** The timeframe under test. */
  timeframe(): Promise<string> {
    return this.#once("timeframe", async () => {
      const supported = Object.keys(this.target.plugin.timeframes);
      if (this.target.timeframe !== undefined) return this.target.timeframe;
      const provider = await this.instance({ timeframe: null });
      const own = await this.deadline("getSymbolInfo", (signal) => provider.getSymbolInfo(signal)).then(
        (info) => info.period,
        () => undefined,
      );
      return supported.find((one) => one === own) ?? supported[0] ?? skip("no timeframe is supported");
    });
  }

  async periodMs(): Promise<number> {
    return timeframeSeconds(parseTimeframe(await this.timeframe())) * 1000;
  }

  info(): Promise<SymInfo> {
    return this.#once("info", async () => {
      const provider = await this.instance();
      return this.deadline("getSymbolInfo", (signal) => provider.getSymbolInfo(signal));
    });
  }

  /** Closed bars as the provider yields them, oldest first: the youngest it has within reach. */
  sample(): Promise<readonly Bar[]> {
    return this.#once("sample", async () => {
      const [now, periodMs] = [this.clock.nowMs(), await this.periodMs()];
      let found: Bar[] = [];
      for (const reach of reaches) {
        const window = { from: Math.max(0, now - reach * periodMs), to: now };
        found = (await this.pages(window, { enough: sampleSize + 1 })).flat();
        const closed = found.filter((bar) => !(bar.openTimeMs + periodMs > now && bar.openTimeMs <= now));
        if (closed.length >= fewestBars) return closed.slice(0, sampleSize);
      }
      return fail(
        `${found.length} closed bars of ${await this.symbol()} at ${await this.timeframe()} up to ${iso(now)}, at least ${fewestBars} are needed; name a symbol and a timeframe with a history`,
      );
    });
  }

  /** The sample in ascending order without repetitions. */
  async orderedSample(): Promise<readonly Bar[]> {
    const byTime = new Map((await this.sample()).map((bar) => [bar.openTimeMs, bar]));
    return [...byTime.values()].toSorted((a, b) => a.openTimeMs - b.openTimeMs);
  }

  /** The open time of a bar of the sample, counted from its start, or from its end when negative. */
  async openAt(index: number): Promise<number> {
    return (await this.orderedSample()).at(index)?.openTimeMs ?? skip("the sample is too short");
  }

  /**
   * The pages of a window.
   * @param options.enough stops after so many bars
   */
  async pages(
    window: Window,
    options: {
      readonly limit?: number;
      readonly enough?: number;
      readonly provider?: ProviderPlugin<object>;
    } = {},
  ): Promise<(readonly Bar[])[]> {
    const provider = options.provider ?? (await this.#once("history", () => this.instance()));
    const controller = new AbortController();
    const { limit, enough = Infinity } = options;
    const download = provider.download({
      ...window,
      ...(limit === undefined ? {} : { limit }),
      signal: AbortSignal.any([controller.signal, this.#signal]),
    });
    const iterator = download[Symbol.asyncIterator]();
    const pages: (readonly Bar[])[] = [];
    try {
      for (let bars = 0; bars < enough;) {
        await this.#pace();
        const step = await this.deadline("a page of the download", () => iterator.next());
        if (step.done === true) return pages;
        pages.push(step.value);
        bars += step.value.length;
        if (pages.length > mostPages) fail(`the download of ${describe(window)} does not end`);
      }
      await this.deadline("the end of the download", async () => iterator.return?.());
      return pages;
    } catch (error) {
      controller.abort();
      throw error;
    }
  }

  /** What a call comes to, or a failure when it has not come back in time; its signal is aborted then. */
  async deadline<T>(
    what: string,
    work: (signal: AbortSignal) => Promise<T>,
    budgetMs = this.patienceMs,
  ): Promise<T> {
    const controller = new AbortController();
    const timer = new AbortController();
    const late = this.clock
      .sleep(budgetMs, timer.signal)
      .then(() => fail(`${what} did not come back within ${budgetMs / 1000} s`));
    // A call may also throw at once.
    const working = (async () => work(AbortSignal.any([controller.signal, this.#signal])))();
    // Whichever loses the race is nobody's rejection any more.
    for (const promise of [late, working]) promise.catch(() => {});
    try {
      return await Promise.race([working, late, this.#over]);
    } catch (error) {
      controller.abort(error);
      throw error;
    } finally {
      timer.abort();
    }
  }

  /** Leaves nothing connected. */
  async close(): Promise<void> {
    const live = this.live;
    this.live = undefined;
    if (live === undefined) return;
    await this.deadline("disconnect", () => live.disconnect(), this.promptMs).catch(() => {});
  }

  /** Waits as long as the provider's rate limit wants between pages. */
  async #pace(): Promise<void> {
    const limit = this.target.plugin.rateLimit;
    if (limit === null || limit === undefined) return;
    const now = this.clock.nowMs();
    const wait = this.#nextPageMs - now;
    this.#nextPageMs = Math.max(now, this.#nextPageMs) + limit.perMs / limit.requests;
    if (wait > 0) await this.clock.sleep(wait, this.#signal);
  }

  #once<T>(key: string, look: () => Promise<T>): Promise<T> {
    const known = this.#known.get(key);
    if (known !== undefined) return known as Promise<T>;
    const looking = look();
    this.#known.set(key, looking);
    return looking;
  }
}

/** A window for messages. */
export function describe({ from, to }: Window): string {
  return `[${iso(from)}, ${iso(to)})`;
}

/** What was thrown: an expected failure by its code, anything else by its class. */
export function thrown(error: unknown): string {
  if (!(error instanceof Error)) return messageOf(error);
  const { code } = error as { code?: unknown };
  return `${typeof code === "string" ? code : error.name} (${messageOf(error)})`;
}
