import type { Bar, BarUpdate } from "../../kernel/bar.ts";
import type { LiveProviderConfig } from "../config/fields.ts";
import { liveMarker } from "./capabilities.ts";
import { ProviderPlugin } from "./provider.ts";
import type { SymInfo } from "../../kernel/syminfo.ts";

/** Historical bars and a stream of new ones. */
export abstract class LiveProviderPlugin<
  C extends LiveProviderConfig = LiveProviderConfig,
> extends ProviderPlugin<C> {
  static readonly [liveMarker] = true;

  /** Whole budget of the first connect, seconds; one attempt is cancelled at the remaining deadline. */
  static initialConnectTimeout = 30;
  /** First wait before a reconnect, seconds; doubles per failure, retried for ever. */
  static reconnectDelay = 1;
  /** Longest wait before a reconnect, seconds. */
  static maxReconnectDelay = 60;
  /**
   * Silence of this many periods during an open session (never less than 90 s) forces disconnect and connect;
   * `null` switches the watchdog off.
   */
  static feedTimeoutBars: number | null = 3;
  /**
   * A live run begins with every bar there is before the feed, instead of the newest 500. For a feed that goes on in
   * the past, where a restart must come to the same values as a run that was never interrupted.
   */
  static warmsUpOnEverything = false;
  /**
   * An instance streams the symbol and timeframe it was made for and nothing else. Otherwise one instance is asked for
   * everything that a script needs of this provider: several `watchOhlcv` wait at a time, over one connection.
   */
  static streamsOneMarket = false;

  /** Runs at the start and again on every reconnect: rebuild everything that belongs to the connection. */
  abstract connect(signal?: AbortSignal): Promise<void>;
  abstract disconnect(): Promise<void>;
  abstract get isConnected(): boolean;

  /**
   * Resolves with the next bar; `isClosed` is true for a final one. Called in a loop, for each symbol and timeframe in
   * its own unless `streamsOneMarket` says that there is only one.
   */
  abstract watchOhlcv(symbol: string, timeframe: string, signal: AbortSignal): Promise<BarUpdate>;

  /**
   * Closed bars strictly after `sinceMs`, ascending: closes the hole between warm-up and subscription.
   * @returns none unless overridden
   */
  backfillClosedBars(_symbol: string, _timeframe: string, _sinceMs: number): Promise<Bar[]> {
    return Promise.resolve([]);
  }

  /** After the connection was lost. */
  onDisconnect(): void | Promise<void> {}

  /** After the connection came back. */
  onReconnect(): void | Promise<void> {}

  /** Polled every second while stopping; `true`: nothing is pending any more. */
  canShutdown(): boolean | Promise<boolean> {
    return true;
  }
}

/**
 * A live feed of another symbol or timeframe, described for whoever runs it. Survives `structuredClone`; whoever
 * receives it reads no TOML file.
 */
export interface PluginSymbol {
  readonly providerName: string;
  /** Already resolved to the provider's own spelling. */
  readonly symbol: string;
  readonly timeframe: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Epoch ms. */
  readonly timeFrom?: number;
  readonly symInfo?: SymInfo;
  /** The feed converts currencies. Default false. */
  readonly isRateSource?: boolean;
  readonly ohlcvDir?: string;
}
