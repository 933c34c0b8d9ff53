import { formatFloat } from "../kernel/float.ts";

/** What a live run says about itself while it waits. Pure. */

/** How a run stands. */
export interface LiveStatus {
  /** Time of the market, as text in the exchange's zone. */
  readonly marketTime: string;
  /** Since the run went live, ms. */
  readonly elapsedMs: number;
  /** Closed bars since then. */
  readonly bars: number;
  /** Last price; NaN before the first. */
  readonly price: number;
  /** Absent for an indicator. */
  readonly account?: {
    readonly equity: number;
    readonly currency: string;
    /** Signed; 0: flat. */
    readonly position: number;
    readonly averagePrice: number;
  };
  /** Of a run at a broker: orders that are out, what stops it, what happened last. */
  readonly broker?: {
    readonly orders: number;
    readonly latch: string | undefined;
    readonly last: string | undefined;
  };
}

/** `2024-01-01 10:00:05+0000  0:12:05  3 bars  price 100.5  equity 10,000.00 USD  long 1 @ 100`. */
export function statusLine({ marketTime, elapsedMs, bars, price, account, broker }: LiveStatus): string {
  return [
    marketTime,
    elapsed(elapsedMs),
    `${bars.toLocaleString("en")} ${bars === 1 ? "bar" : "bars"}`,
    ...(price === price ? [`price ${plain(price)}`] : []),
    ...(account === undefined
      ? []
      : [`equity ${money(account.equity)} ${account.currency}`, positionText(account)]),
    ...(broker === undefined ? [] : brokerTexts(broker)),
  ].join("  ");
}

function brokerTexts({ orders, latch, last }: NonNullable<LiveStatus["broker"]>): string[] {
  const out = `${orders} ${orders === 1 ? "order" : "orders"} out`;
  return [out, ...[latch, last].filter((text) => text !== undefined)];
}

/** `long 2 @ 100.5`, `short 1 @ 99`, `flat`. */
export function positionText({
  position,
  averagePrice,
}: {
  readonly position: number;
  readonly averagePrice: number;
}): string {
  if (position === 0) return "flat";
  return `${position > 0 ? "long" : "short"} ${plain(Math.abs(position))} @ ${plain(averagePrice)}`;
}

/** `H:MM:SS`, with days in front where there are any. */
export function elapsed(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (value: number): string => String(value).padStart(2, "0");
  const [days, hours] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600) % 24];
  return `${days > 0 ? `${days}d ` : ""}${hours}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

export function money(value: number): string {
  return value.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

/** A number for people: without the dust of floating point, and without the `.0` of a whole one. */
export function plain(value: number): string {
  return formatFloat(Number(value.toPrecision(12))).replace(/\.0$/, "");
}

const defaultHeartbeatMs = 30_000;

/** `PYNE_HEARTBEAT_INTERVAL`, seconds: zero and less switch it off (`undefined`), nonsense is the default. */
export function heartbeatMs(text: string | undefined): number | undefined {
  if (text === undefined || text.trim() === "") return defaultHeartbeatMs;
  const seconds = Number(text);
  if (Number.isNaN(seconds)) return defaultHeartbeatMs;
  return seconds > 0 ? seconds * 1000 : undefined;
}
