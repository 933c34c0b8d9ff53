import {
  type Bar,
  type DownloadRequest,
  NotSupportedError,
  parseTimeframe,
  ProviderError,
  ProviderPlugin,
  redacted,
  type SymInfo,
  timeframeSeconds,
} from "pynecore/plugin";

import { barsOf } from "./bars.ts";
import { HttpCsvConfig } from "./config.ts";
import { fetchText } from "./request.ts";
import { parseJson, readTable } from "./rows.ts";
import { parseInfo, symInfoOf } from "./symbol-info.ts";
import { symbolNames } from "./symbols.ts";
import { addressOf, filled, hasWindow, type Placeholders } from "./template.ts";
import { timeframes } from "./timeframes.ts";

const configFile = "config/plugins/http-csv.toml";

export class HttpCsvPlugin extends ProviderPlugin<HttpCsvConfig> {
  static override readonly pluginName = "HTTP CSV";
  static override readonly doc = `
Bars as CSV or JSON from a server of your own.

One address with placeholders is all it needs: \`url\` in \`config/plugins/http-csv.toml\`. Rows may be CSV, JSON objects
or JSON lists, in any order; columns are found by name. A window is asked for in pieces of \`page_size\` bars; what the
server sends beyond it is left out. Keys belong into \`api_key\`, on servers into \`PYNE_CONFIG_HTTP_CSV_API_KEY\`.
`;
  static override readonly Config = HttpCsvConfig;
  static override readonly timeframes = timeframes;

  #listed: Promise<readonly string[]> | undefined;

  override async getAvailableSymbols(signal?: AbortSignal): Promise<string[]> {
    const listed = await this.#symbols(signal ?? new AbortController().signal);
    if (listed !== undefined) return [...listed];
    throw new NotSupportedError("http-csv knows no list of symbols", {
      hint: `set symbols or symbols_url in ${configFile}`,
    });
  }

  override async getSymbolInfo(signal?: AbortSignal): Promise<SymInfo> {
    const symbol = await this.#ownSymbol(signal ?? new AbortController().signal);
    const period = this.timeframe ?? "1D";
    this.#wordOf(period);
    const { symbol_info_url } = this.config;
    if (symbol_info_url === "") return symInfoOf(symbol, period, this.config, undefined);
    const { text, source } = await this.#ask(symbol_info_url, { symbol, timeframe: period }, signal);
    return symInfoOf(symbol, period, this.config, parseInfo(parseJson(text, source), source));
  }

  override async *download(request: DownloadRequest): AsyncIterable<readonly Bar[]> {
    const { from, to, withExtra, signal } = request;
    signal.throwIfAborted();
    const { url, page_size } = this.config;
    const symbol = await this.#ownSymbol(signal);
    const timeframe = this.timeframe ?? "1D";
    this.#wordOf(timeframe);
    const periodMs = timeframeSeconds(parseTimeframe(timeframe)) * 1000;
    const wanted = request.limit ?? page_size;
    const size = wanted > 0 ? wanted : Infinity;
    const limit = wanted > 0 ? wanted : Math.max(1, Math.ceil((to - from) / periodMs));

    let cursor = from;
    while (cursor < to) {
      const end = hasWindow(url) ? Math.min(to, cursor + size * periodMs) : to;
      const window = { symbol, timeframe, from: cursor, to: end, limit };
      const bars = await this.#bars(window, withExtra === true, signal);
      for (let index = 0; index < bars.length; index += size) {
        signal.throwIfAborted();
        yield bars.slice(index, index + size);
      }
      // A server may send less than it was asked for: go on behind its last bar until the window is full.
      const last = bars.at(-1);
      const full = last === undefined || !hasWindow(url) || last.openTimeMs + periodMs >= end;
      cursor = full ? end : last.openTimeMs + 1;
    }
  }

  /** The bars of a window, what lies outside of it left out. */
  async #bars(
    window: Partial<Placeholders> & { readonly from: number; readonly to: number },
    withExtra: boolean,
    signal: AbortSignal,
  ): Promise<Bar[]> {
    const { config } = this;
    const { text, source } = await this.#ask(config.url, window, signal);
    const table = readTable(text, {
      format: config.format,
      delimiter: config.delimiter,
      csvHeader: config.csv_header,
      rowsPath: config.rows_path,
      source,
    });
    const bars = barsOf(table, {
      columns: config.columns,
      timeUnit: config.time_unit,
      timezone: config.row_timezone,
      withExtra,
      source,
    });
    return bars.filter((bar) => bar.openTimeMs >= window.from && bar.openTimeMs < window.to);
  }

  /** The symbol of this instance, known to be on offer where there is a list. */
  async #ownSymbol(signal: AbortSignal): Promise<string> {
    const { symbol } = this;
    if (this.config.url === "") {
      throw new ProviderError("http-csv has no address", { hint: `set url in ${configFile}` });
    }
    if (symbol === null) throw new ProviderError("http-csv needs a symbol: http-csv:SYMBOL@60");
    const listed = await this.#symbols(signal);
    if (listed === undefined || listed.includes(symbol)) return symbol;
    const shown = listed.length > 10 ? [...listed.slice(0, 10), "..."] : listed;
    throw new ProviderError(`there is no symbol "${symbol}"; there are ${shown.join(", ")}`, {
      hint: "pyne data download http-csv --list-symbols shows all",
    });
  }

  /** The list of symbols, asked for once; `undefined`: there is none. */
  #symbols(signal: AbortSignal): Promise<readonly string[] | undefined> {
    const { symbols, symbols_url } = this.config;
    if (symbols.length > 0) return Promise.resolve([...new Set(symbols)]);
    if (symbols_url === "") return Promise.resolve(undefined);
    this.#listed ??= this.#fetchSymbols(symbols_url, signal).catch((error: unknown) => {
      this.#listed = undefined;
      throw error;
    });
    return this.#listed;
  }

  async #fetchSymbols(url: string, signal: AbortSignal): Promise<readonly string[]> {
    const { text, source } = await this.#ask(url, {}, signal);
    return symbolNames(text, source);
  }

  /** The server's word for a timeframe. */
  #wordOf(timeframe: string): string {
    const own = this.config.timeframes;
    const names = Object.keys(own);
    if (names.length === 0) return HttpCsvPlugin.toExchangeTimeframe(timeframe);
    const word = own[timeframe];
    if (word !== undefined) return word;
    throw new ProviderError(`the timeframe "${timeframe}" is not supported; supported: ${names.join(", ")}`, {
      hint: `timeframes in ${configFile} lists them`,
    });
  }

  /** What an address answers, and what it may be called. */
  async #ask(
    template: string,
    values: Partial<Placeholders>,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<{ text: string; source: string }> {
    const { config } = this;
    const placeholders: Placeholders = {
      symbol: this.symbol ?? "",
      from: 0,
      to: this.clock.nowMs(),
      limit: config.page_size,
      api_key: config.api_key,
      ...values,
      timeframe: values.timeframe === undefined ? "" : this.#wordOf(values.timeframe),
    };
    const headers = Object.fromEntries(
      Object.entries(config.headers).map(([name, value]) => [name, filled(value, placeholders)]),
    );
    const { href, shown } = addressOf(template, placeholders);
    const source = redacted(shown);
    const text = await fetchText(
      { href, shown: source },
      {
        headers,
        timeoutSeconds: config.timeout,
        maxBytes: config.max_body_mb * 1e6,
        clock: this.clock,
      },
      signal,
    );
    return { text, source };
  }
}
