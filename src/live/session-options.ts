import type { LiveProviderPlugin } from "../api/plugins/live.ts";
import type { ProviderPlugin } from "../api/plugins/provider.ts";
import type { Bar, BarUpdate } from "../kernel/bar.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Logger } from "../kernel/log.ts";
import type { SymInfo } from "../kernel/syminfo.ts";
import type { Connection } from "./connection.ts";
import type { BarSource } from "./joiner.ts";

/** What is told to whoever runs on the bars; called in order, one at a time. */
export interface SessionListener {
  /** The forming bar stands like this. */
  onTick(bar: Bar): void;
  /** A bar is over. */
  onClose(bar: Bar, source: BarSource): void;
}

/** A stream of a provider that was made for another one. */
export interface SideStream {
  /** The spelling of the stream. */
  readonly symbol: string;
  /** Made for this symbol and timeframe: it downloads what the stream does not bring. */
  readonly source: ProviderPlugin<object>;
  /** Nobody else needs the connection. */
  readonly ownsConnection: boolean;
}

/** What a session works with. */
export interface SessionOptions {
  readonly provider: LiveProviderPlugin;
  /** Already connected. */
  readonly connection: Connection;
  /** Another symbol or timeframe than the provider was made for. */
  readonly side?: SideStream;
  readonly symInfo: SymInfo;
  /** TradingView's notation. */
  readonly timeframe: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** In [0, 1), for the jitter of waits. */
  readonly random: () => number;
  /** Told of every update of the feed before it counts; waited for. */
  readonly observe?: ((update: BarUpdate) => Promise<void>) | undefined;
}
