import { capabilitiesOf } from "../../api/plugins/capabilities.ts";
import { isProviderError, isRetryableProviderError } from "../../api/plugins/errors.ts";
import type { LiveProviderPlugin } from "../../api/plugins/live.ts";
import type { ProviderPlugin, TimeframeTable } from "../../api/plugins/provider.ts";
import type { SymbolMap } from "../../config/symbol-map.ts";
import { answer } from "../../data/download/pages.ts";
import { processRateLimits } from "../../data/download/rate-limit.ts";
import { retryAfterOf, retryDelayMs } from "../../data/download/retry.ts";
import { symbolFileFrom } from "../../data/download/symbol.ts";
import { parseProviderString, symbolFor } from "../../data/provider-string.ts";
import { type AnyPluginClass, staticOf } from "../../host/plugin-class.ts";
import { systemClock } from "../../kernel/clock.ts";
import { messageOf, PyneError, RuntimeFailure } from "../../kernel/errors.ts";
import type { SymInfo } from "../../kernel/syminfo.ts";
import { parseTimeframe, timeframeSeconds } from "../../kernel/timeframe.ts";
import { Connection } from "../../live/connection.ts";
import type { FeedOpener, OpenedStream } from "../../live/side-feeds.ts";
import type { FeedRequest, MissingFeed } from "../../runtime/security/feeds.ts";
import type { App } from "../app.ts";
import type { CommandCall } from "../command.ts";
import { targetProvider } from "../download-target.ts";
import type { ProviderData } from "../provider-data.ts";
import { isMultiBroker } from "../tui/browse.ts";
import { canServe } from "./data-folder.ts";
import type { LiveFiles } from "./live-files.ts";
import { type NamedData, namedFor, type NamedStream } from "./named-data.ts";
import { shellWord } from "./shell-word.ts";

/** What streams are opened with. */
export interface StreamOpenerOptions {
  readonly app: App;
  /** The command whose injected options reach the providers. */
  readonly call: CommandCall;
  readonly chart: ProviderData;
  readonly chartInfo: SymInfo;
  /** The connection of the chart's provider. */
  readonly connection: Connection;
  readonly named: readonly (NamedData | NamedStream)[];
  readonly files: LiveFiles;
  readonly symbolMap: SymbolMap;
}

/** An instrument of a provider. */
interface Target {
  readonly provider: string;
  /** What follows the provider. */
  readonly rest: string;
  /** Where it was named with one. */
  readonly timeframe: string | undefined;
}

/**
 * Streams for the requests of a live run: what `--security` names; another timeframe of the chart's instrument; what
 * the symbol map means; the symbol as the chart's provider spells it. One provider instance streams everything that it
 * can, over one connection.
 */
export class StreamOpener implements FeedOpener {
  readonly files: FeedOpener["files"];
  readonly #options: StreamOpenerOptions;
  readonly #chartSymbol: string;
  /** By name. */
  readonly #opened = new Map<string, OpenedStream>();

  constructor(options: StreamOpenerOptions) {
    this.#options = options;
    const { prefix, ticker } = options.chartInfo;
    this.#chartSymbol = `${prefix}:${ticker}`;
    const { files } = options;
    this.files = {
      named: (request) => {
        const named = this.#named(request);
        return named !== undefined && "path" in named ? files.feed(named.path) : undefined;
      },
      rate: files.rate,
    };
  }

  names(request: FeedRequest): boolean {
    const named = this.#named(request);
    return named !== undefined && "provider" in named;
  }

  pair(from: string, to: string): FeedRequest | undefined {
    const wanted = `${from}${to}`;
    const named = this.#options.named.find(
      ({ key, ...one }) => "provider" in one && key.split(":").includes(wanted),
    );
    return named === undefined ? undefined : { symbol: named.key, timeframe: "1D", isChart: false };
  }

  async open(request: FeedRequest, signal: AbortSignal): Promise<OpenedStream | MissingFeed> {
    const targets = this.#targets(request);
    let failure: unknown;
    for (const target of targets) {
      try {
        return await this.#open(target, request, signal);
      } catch (error) {
        signal.throwIfAborted();
        // What may pass is no answer, and a mistake of the plugin is none either.
        if (isRetryableProviderError(error)) throw error;
        if (!(error instanceof PyneError) && !isProviderError(error)) throw error;
        failure = error;
      }
    }
    return this.#missing(request, targets[0]!, messageOf(failure));
  }

  #named(request: FeedRequest): NamedData | NamedStream | undefined {
    const { named, files } = this.#options;
    return namedFor(named, request, this.#chartSymbol, (one) =>
      "path" in one ? files.symbolOf(one.path) : undefined,
    );
  }

  /** Where to look, the best first. */
  #targets(request: FeedRequest): Target[] {
    const { chart, chartInfo, symbolMap } = this.#options;
    const { symbol, timeframe, isChart } = request;
    const named = this.#named(request);
    if (named !== undefined && "provider" in named) return [targetOf(named.provider)];
    const own = targetOf(chart.argument);
    if (isChart) return [{ ...own, timeframe: undefined }];
    const { symbol_map: ownMap } = chart.provider.config as { symbol_map?: Readonly<Record<string, string>> };
    const isMapped = ownMap !== undefined && Object.hasOwn(ownMap, symbol);
    const mapped = isMapped ? undefined : symbolMap(symbol, timeframe);
    if (mapped !== undefined && mapped.provider !== chart.provider.name)
      return [{ provider: mapped.provider, rest: mapped.symbol, timeframe: undefined }];
    const there = { provider: own.provider, timeframe: undefined };
    const rest = mapped?.symbol ?? chart.provider.resolveSymbol(symbol);
    // On the chart's own exchange a ticker needs no exchange, unless the provider wants one itself.
    const [prefix, ...ticker] = rest.split(":");
    const isBare = !isMultiBroker(chart.provider.constructor as AnyPluginClass);
    const isOwn = isBare && rest === symbol && ticker.length > 0 && prefix === chartInfo.prefix;
    return [{ ...there, rest }, ...(isOwn ? [{ ...there, rest: ticker.join(":") }] : [])];
  }

  /** @throws PyneError when there is no such stream */
  async #open(target: Target, request: FeedRequest, signal: AbortSignal): Promise<OpenedStream> {
    const { app, call, chart, connection } = this.#options;
    const pluginClass = await app.host().providerClass(target.provider);
    const timeframe = target.timeframe ?? streamTimeframe(pluginClass, request.timeframe);
    const multiBroker = isMultiBroker(pluginClass);
    const symbol = symbolFor(target.rest, multiBroker);
    if (symbol === null)
      throw new RuntimeFailure(`"${target.provider}:${target.rest}" names a broker but no symbol`);
    if (!capabilitiesOf(pluginClass).includes("live"))
      throw new RuntimeFailure(`${target.provider} has no live feed, only history`);
    const source = await targetProvider(app, { ...target, timeframe, path: undefined }, symbol, call);
    const name = `${source.name}:${source.symbol}@${timeframe}`;
    const opened = this.#opened.get(name);
    if (opened !== undefined) return opened;
    const { symInfo } = symbolFileFrom(await this.#info(source, signal), source, timeframe);
    const own = targetOf(chart.argument);
    const isOwn =
      source.name === chart.provider.name && (!multiBroker || brokerOf(target.rest) === brokerOf(own.rest));
    const isAlone = staticOf(pluginClass, "streamsOneMarket") === true;
    // An account is opened once.
    if (isOwn && isAlone && capabilitiesOf(pluginClass).includes("broker"))
      throw new RuntimeFailure(`${source.name} streams one market, that of its account`);
    const isShared = isOwn && !isAlone;
    const provider = (isShared ? chart.provider : source) as unknown as LiveProviderPlugin;
    const line = isShared ? connection : await this.#connect(provider, signal);
    const stream: OpenedStream = {
      ...{ name, provider, connection: line, symInfo, timeframe, source },
      symbol: (source as unknown as LiveProviderPlugin).normalizeSymbol(source.symbol ?? symbol),
      ownsConnection: !isShared,
    };
    this.#opened.set(name, stream);
    return stream;
  }

  async #connect(provider: LiveProviderPlugin, signal: AbortSignal): Promise<Connection> {
    const connection = new Connection({ provider, clock: systemClock, log: this.#options.app.log });
    await connection.first(signal);
    return connection;
  }

  /** What the provider says about its symbol; what may pass is waited for. */
  async #info(provider: ProviderPlugin<object>, signal: AbortSignal): Promise<unknown> {
    const options = { provider, clock: systemClock, signal, rateLimits: processRateLimits };
    for (let failures = 1; ; failures++) {
      try {
        await processRateLimits.take(provider, systemClock, signal);
        return await answer(async () => provider.getSymbolInfo(signal), "symbol information", options);
      } catch (error) {
        signal.throwIfAborted();
        if (!isProviderError(error) || !isRetryableProviderError(error)) throw error;
        const waitMs = retryDelayMs(failures, retryAfterOf(error), Math.random());
        this.#options.app.log.warn(`${messageOf(error)}; asking again in ${(waitMs / 1000).toFixed(1)} s`);
        await systemClock.sleep(waitMs, signal);
      }
    }
  }

  #missing({ symbol, timeframe, isChart }: FeedRequest, target: Target, reason: string): MissingFeed {
    const wanted = isChart ? this.#chartSymbol : symbol;
    const named = (data: string): string => `--security ${shellWord(`${wanted}:${timeframe}=${data}`)}`;
    const map = `, or say what a provider calls it: pyne data map ${shellWord(wanted)} ${target.provider}:SYMBOL`;
    return {
      missing: `${wanted} in ${timeframe} cannot be streamed: ${reason}`,
      hint: `name another stream, ${named("provider:SYMBOL")}, or a file, ${named("FILE")}${isChart ? "" : map}`,
    };
  }
}

function targetOf(argument: string): Target {
  return parseProviderString(argument);
}

function brokerOf(rest: string): string {
  return rest.split(":")[0]!.toUpperCase();
}

/**
 * The timeframe to stream for a request: that very one, or the longest of the finer ones it can be merged from.
 * @throws RuntimeFailure when there is none
 */
function streamTimeframe(pluginClass: AnyPluginClass, wanted: string): string {
  try {
    (staticOf(pluginClass, "toExchangeTimeframe") as (timeframe: string) => string).call(pluginClass, wanted);
    return wanted;
  } catch (error) {
    const seconds = (timeframe: string): number => timeframeSeconds(parseTimeframe(timeframe));
    const finer = Object.keys(staticOf(pluginClass, "timeframes") as TimeframeTable)
      .filter((timeframe) => canServe(timeframe, wanted))
      .toSorted((a, b) => seconds(b) - seconds(a));
    if (finer[0] !== undefined) return finer[0];
    throw new RuntimeFailure(messageOf(error));
  }
}
