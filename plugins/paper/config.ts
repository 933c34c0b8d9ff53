import { defineConfig, field, type InferConfig, LiveProviderConfig, readTime, v } from "pynecore/plugin";

const atLeast = (least: number) => v.pipe(v.number(), v.minValue(least));
const count = (least: number) => v.pipe(v.number(), v.integer(), v.minValue(least));
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

/** `config/plugins/paper.toml`. */
export const PaperConfig = defineConfig(
  "Paper: an exchange that is simulated, over a data file or over another provider's feed.\nAn account is bound to its market and to these rules: changed ones ask for another account, or for a fresh one.",
  {
    ...LiveProviderConfig.entries,
    account: field(
      v.pipe(v.string(), v.check(isName, "up to 32 letters, digits, - and _")),
      "",
      "Name of the account, whose books are output/logs/paper-NAME.sqlite; empty: named after the market",
    ),
    fresh: field(
      v.boolean(),
      false,
      "Forget the account at every start: its money, its orders, and where in the file it was",
    ),
    start: field(
      v.pipe(v.string(), v.check(isStart, 'a date, "-500" or "50%"')),
      "",
      'Of a data file: the first bar that is traded, as a date (UTC without a zone), bars before the end ("-500"), or a\nshare of the file ("50%"); what lies before warms the script up. Empty: the second bar',
    ),
    speed: field(
      v.pipe(v.string(), v.check(isSpeed, '"max", "1", "60" or "0.5"')),
      "max",
      'Of a data file: "max" as fast as the orders are worked off, "60" a minute a second',
    ),
    updates_per_bar: field(
      v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10_000)),
      0,
      "Of a data file: updates while a bar forms; 0: closed bars only",
    ),
    balance: field(atLeast(0), 1_000_000, "Money at the start, in the currency of the symbol"),
    leverage: field(
      atLeast(0),
      1,
      "Value of the largest position, in equities; 0: no margin is asked for. There are no liquidations",
    ),
    fee_type: field(
      v.picklist(["percent", "per_contract"]),
      "percent",
      "percent of the traded money, or money per_contract",
    ),
    maker_fee: field(v.number(), 0, "Fee of limit orders that waited for their price"),
    taker_fee: field(v.number(), 0, "Fee of all others"),
    slippage: field(count(0), 0, "Ticks by which market and stop orders fill worse"),
    limit_ticks: field(count(0), 0, "Ticks by which the price must pass a limit on its way to fill it"),
    fills_at_once: field(
      v.boolean(),
      false,
      "An order that the last price satisfies fills at it, as with process_orders_on_close; else at the next price",
    ),
    latency_ms: field(atLeast(0), 0, "Milliseconds of market time until a new order takes part"),
    latency_bars: field(count(0), 0, "The same in bars, on top"),
    volume_share: field(share, 0, "Share of the traded volume that may fill; 0: any amount"),
    slices: field(count(1), 1, "Executions that an order is cut into, one at a time along the path of a bar"),
    min_size: field(atLeast(0), 0, "Smallest order; 0: the symbol's smallest step"),
    max_size: field(atLeast(0), 0, "Largest order; 0: any"),
    reject_chance: field(share, 0, "Share of entries and exits that are refused"),
    seed: field(v.pipe(v.number(), v.integer()), 1, "The same orders are refused for the same seed"),
  },
);
export type PaperConfig = InferConfig<typeof PaperConfig>;

function isName(text: string): boolean {
  return /^[A-Za-z0-9_-]{0,32}$/.test(text);
}

function isSpeed(text: string): boolean {
  return text === "max" || (/^\d*\.?\d+$/.test(text) && Number(text) > 0);
}

function isStart(text: string): boolean {
  if (text === "" || /^-[1-9]\d*$/.test(text)) return true;
  if (/^\d+(\.\d+)?%$/.test(text)) return Number.parseFloat(text) <= 100;
  try {
    readTime(text, "UTC");
    return true;
  } catch {
    return false;
  }
}

/** The index of the first bar that is traded; there is at least one before it. @param opens ascending, at least two */
export function startIndex(text: string, opens: Float64Array): number {
  const last = opens.length - 1;
  const within = (index: number): number => Math.min(last, Math.max(1, index));
  if (text === "") return 1;
  if (text.endsWith("%")) return within(Math.floor((opens.length * Number.parseFloat(text)) / 100));
  if (text.startsWith("-")) return within(opens.length + Number(text));
  const { timeMs } = readTime(text, "UTC");
  const index = opens.findIndex((open) => open >= timeMs);
  return within(index < 0 ? last : index);
}

/** What an account is bound to: the rules that decide what fills. */
export function rulesText(config: PaperConfig): string {
  const { fresh: _fresh, speed: _speed, account: _account, symbol_map: _map, ...rules } = config;
  return JSON.stringify(rules);
}
