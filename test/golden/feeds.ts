/** The data files of a case as the feeds of a run. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { parseBars } from "../../src/data/import/bars.ts";
import { readSymbolFile } from "../../src/data/syminfo-toml.ts";
import { canonicalTimeframe } from "../../src/kernel/timeframe.ts";
import type { Feed, FeedRequest, Feeds } from "../../src/runtime/security/feeds.ts";

/** What a case offers to one request. */
export interface OfferedFeed {
  readonly symbol: string;
  readonly timeframe: string;
  readonly data: string;
  readonly syminfo: string;
}

export function feedsOf(folder: string, offered: readonly OfferedFeed[]): Feeds {
  const feeds = new Map<string, Feed>();
  const keyOf = (symbol: string, timeframe: string): string =>
    `${symbol}|${canonicalTimeframe(timeframe)}`.toUpperCase();
  for (const { symbol, timeframe, data, syminfo } of offered) {
    const { symInfo } = readSymbolFile(join(folder, syminfo));
    const { columns } = parseBars(readFileSync(join(folder, data), "utf8"), "csv", symInfo.timezone);
    feeds.set(keyOf(symbol, timeframe), { columns, symInfo, timeframe: symInfo.period });
  }
  const find = ({ symbol, timeframe }: FeedRequest): Feed | undefined => feeds.get(keyOf(symbol, timeframe));
  return {
    named: find,
    find: ({ symbol }) => ({ missing: `there are no bars of ${symbol}`, hint: undefined }),
    rate: () => undefined,
  };
}
