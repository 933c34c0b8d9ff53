import { join } from "node:path";

import {
  Grid,
  type ObservedMarket,
  parseTimeframe,
  ProviderError,
  type SymInfo,
  timeframeSeconds,
} from "pynecore/plugin";

import { PaperAccount } from "./account.ts";
import { type PaperConfig, rulesText, startIndex } from "./config.ts";
import { OrderDesk } from "./desk.ts";
import type { ExchangeRules } from "./exchange/exchange.ts";
import { FileMarket, hashOf } from "./file-market.ts";
import { ObservedParts } from "./observed-parts.ts";
import type { AccountIdentity } from "./store.ts";
import type { SizeRules } from "./wire.ts";

/** What there is between connect and disconnect. */
export interface Session {
  readonly account: PaperAccount;
  readonly desk: OrderDesk;
  readonly sizes: SizeRules;
  readonly symInfo: SymInfo;
  /** Absent: the market is another provider's. */
  readonly market: FileMarket | undefined;
  readonly observed: ObservedParts | undefined;
  /** Aborted when the connection ends. */
  readonly over: AbortController;
}

/** What a session is opened with. */
export interface SessionRequest {
  readonly config: PaperConfig;
  /** As orders name it. */
  readonly symbol: string;
  readonly market: FileMarket | ObservedMarket;
  /** Where the books lie; `null`: they are forgotten with the process. */
  readonly folder: string | null;
  readonly isFresh: boolean;
}

/**
 * Opens the account of a market.
 * @throws ProviderError when the account was begun on another market, on other bars or by other rules
 */
export function openSession({ config, symbol, market, folder, isFresh }: SessionRequest): Session {
  const file = market instanceof FileMarket ? market : undefined;
  const { symInfo, timeframe } = market instanceof FileMarket ? market.file : market;
  if (file !== undefined && file.bars < 2)
    throw new ProviderError(`${file.file.path} has ${file.bars} bars: a market needs two`);
  const kind = file === undefined ? "live-" : "";
  const name = config.account || `${kind}${nameOf(`${symbol}-${timeframe}`)}`;
  const path = folder === null ? null : join(folder, `paper-${name}.sqlite`);
  const identity: AccountIdentity = {
    market: `${file === undefined ? "the feed" : "the file"} ${symbol}@${timeframe}`,
    rules: rulesText(config),
    data: file === undefined ? null : { bars: file.bars, hash: hashOf(file.columns, file.bars) },
  };
  const account = PaperAccount.open(name, path, exchangeRules(config, symbol, symInfo, timeframe), identity, {
    balance: config.balance,
    firstBar: file === undefined ? 0 : startIndex(config.start, file.columns.openTimeMs),
    isFresh,
    check(saved) {
      requireSame(saved, identity, file, path ?? name);
      return identity;
    },
  });
  const grid = new Grid(symInfo);
  return {
    account,
    desk: new OrderDesk(account),
    sizes: {
      snap: (qty) => grid.lotTolerant(qty),
      minSize: config.min_size === 0 ? 1 / grid.lots : config.min_size,
      maxSize: config.max_size === 0 ? Infinity : config.max_size,
    },
    symInfo,
    market: file,
    observed: file === undefined ? new ObservedParts(parseTimeframe(timeframe)) : undefined,
    over: new AbortController(),
  };
}

function nameOf(market: string): string {
  return market.replace(/[^A-Za-z0-9]+/g, "-").replace(/^-|-$/g, "");
}

function exchangeRules(
  config: PaperConfig,
  symbol: string,
  symInfo: SymInfo,
  timeframe: string,
): Omit<ExchangeRules, "fillPrefix"> {
  const barMs = timeframeSeconds(parseTimeframe(timeframe)) * 1000;
  return {
    symbol,
    symInfo,
    fees: { type: config.fee_type, maker: config.maker_fee, taker: config.taker_fee },
    slippage: config.slippage,
    limitTicks: config.limit_ticks,
    latencyMs: config.latency_ms + config.latency_bars * barMs,
    volumeShare: config.volume_share,
    slices: config.slices,
    rejectChance: config.reject_chance,
    seed: config.seed,
    leverage: config.leverage,
    fillsAtOnce: config.fills_at_once,
  };
}

function requireSame(
  saved: AccountIdentity,
  now: AccountIdentity,
  market: FileMarket | undefined,
  where: string,
): void {
  const hint =
    "name another account in config/plugins/paper.toml, or begin this one anew: PYNE_CONFIG_PAPER_FRESH=true";
  const refuse = (what: string): never => {
    throw new ProviderError(`the account of ${where} ${what}`, { hint });
  };
  if (saved.market !== now.market) refuse(`trades ${saved.market}, not ${now.market}`);
  if (saved.rules !== now.rules) refuse(`was begun by other rules: ${differences(saved.rules, now.rules)}`);
  if (saved.data === null || market === undefined) return;
  // A file that has grown is the same market, later.
  const isSame =
    market.bars >= saved.data.bars && hashOf(market.columns, saved.data.bars) === saved.data.hash;
  if (!isSame) refuse(`was begun on other bars than ${market.file.path} has now`);
}

function differences(before: string, after: string): string {
  const [was, is] = [before, after].map((text) => JSON.parse(text) as Record<string, unknown>);
  return Object.keys({ ...was, ...is })
    .filter((key) => was![key] !== is![key])
    .map((key) => `${key} was ${JSON.stringify(was![key])}, is ${JSON.stringify(is![key])}`)
    .join("; ");
}
