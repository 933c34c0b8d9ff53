/** A provider that keeps every rule, to be broken one rule at a time. */
import {
  LiveProviderPlugin,
  type LiveProviderConfig,
  ProviderError,
  TransientProviderError,
} from "../../src/api/plugin.ts";
import type { Bar, BarUpdate, DownloadRequest, SymInfo } from "../../src/api/plugin.ts";
import type { InstanceRequest } from "../../src/api/conformance/suite.ts";
import { hour, symInfo, TurnsClock, zigzag } from "../plugins/fixtures.ts";

export const start = Date.UTC(2024, 0, 1);
const rows = zigzag(60, start, hour);

/** All bars there are; the last one is still forming. */
export const bars: readonly Bar[] = rows.map(
  ([openTimeMs = 0, open = 0, high = 0, low = 0, close = 0, volume = 0]) => ({
    openTimeMs,
    open,
    high,
    low,
    close,
    volume,
  }),
);

/** The present: half an hour into the last bar. */
export const clock = new TurnsClock(start + 59.5 * hour);

export class Sound extends LiveProviderPlugin<LiveProviderConfig> {
  static override timeframes: Record<string, string> = { "60": "1h", "1D": "1d" };
  protected connected = false;
  /** Two bars before the present close, the last one forms. */
  protected feed: BarUpdate[] = bars
    .slice(-3)
    .flatMap((bar, index) => [
      { ...bar, isClosed: false },
      ...(index < 2 ? [{ ...bar, isClosed: true }] : [{ ...bar, volume: bar.volume + 1, isClosed: false }]),
    ]);

  /** As the suite makes an instance. */
  static make(
    this: new (options: ConstructorParameters<typeof LiveProviderPlugin<LiveProviderConfig>>[0]) => Sound,
  ) {
    return (request: InstanceRequest): Sound => new this({ config: { symbol_map: {} }, ...request });
  }

  getAvailableSymbols(): Promise<string[]> {
    return Promise.resolve(["X", "Y"]);
  }

  getSymbolInfo(): Promise<SymInfo> {
    if (this.symbol !== "X") throw new ProviderError(`there is no symbol "${this.symbol}"`);
    return Promise.resolve(symInfo(this.timeframe ?? "60"));
  }

  /** Bars of a window. */
  protected within(from: number, to: number): readonly Bar[] {
    return bars.filter((bar) => bar.openTimeMs >= from && bar.openTimeMs < to);
  }

  async *download({ from, to, limit = 10, signal }: DownloadRequest): AsyncGenerator<readonly Bar[]> {
    const found = this.within(from, to);
    for (let index = 0; index < found.length; index += limit) {
      signal.throwIfAborted();
      await this.clock.sleep(1, signal);
      yield found.slice(index, index + limit);
    }
  }

  connect(): Promise<void> {
    this.connected = true;
    // A venue tells a new subscriber how the bar stands.
    if (this.feed.length === 0) this.feed.push({ ...bars.at(-1)!, isClosed: false });
    return Promise.resolve();
  }

  disconnect(): Promise<void> {
    this.connected = false;
    return Promise.resolve();
  }

  get isConnected(): boolean {
    return this.connected;
  }

  async watchOhlcv(_symbol: string, _timeframe: string, signal: AbortSignal): Promise<BarUpdate> {
    signal.throwIfAborted();
    if (!this.connected) throw new TransientProviderError("not connected");
    const update = this.feed.shift();
    if (update !== undefined) return update;
    await this.clock.sleep(Infinity, signal);
    throw new Error("never");
  }

  override backfillClosedBars(_symbol: string, _timeframe: string, sinceMs: number): Promise<Bar[]> {
    return Promise.resolve(bars.filter((bar) => bar.openTimeMs > sinceMs).slice(0, -1));
  }
}
