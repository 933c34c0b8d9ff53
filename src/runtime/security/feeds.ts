import type { BarColumns } from "../../kernel/bar.ts";
import type { SymInfo } from "../../kernel/syminfo.ts";
import type { Room } from "../room.ts";

/** The bars of one symbol in one timeframe. The same feed is the same object: what is made of it is made once. */
export interface Feed {
  readonly columns: BarColumns;
  readonly symInfo: SymInfo;
  /** TradingView's notation, multiplier explicit. */
  readonly timeframe: string;
  /** The feed whose bars these are made of, one by one. */
  readonly basis?: Feed;
  /** Makes a bar anew: that of the basis may have changed. Bars before it are as they will be. */
  renew?(index: number): void;
  /** Of a live run: how far the bars have come. */
  readonly live?: LiveEdge;
}

/** The newest end of a feed in a live run. At most one bar, the last, is not over. */
export interface LiveEdge {
  /** Bars before this index will not change any more. */
  readonly closed: number;
  /** The row of a bar that is not over says what has arrived of it, and nothing else. */
  readonly forms: boolean;
  /** A bar that the schedule expects will come. */
  readonly goesOn: boolean;
  /** Grows whenever a bar changes or comes. */
  readonly version: number;
  /** Where columns come from that are as long as the feed. */
  readonly room: Room;
  /** Takes over what has arrived in the feeds that these bars are made of. */
  sync(): void;
}

/** A feed of a live run. */
export type LiveFeed = Feed & { readonly live: LiveEdge };

/** Why there are no bars, and what can be done about it. */
export interface MissingFeed {
  readonly missing: string;
  readonly hint: string | undefined;
}

/** The bars are on their way: until they are here there is nothing to read, and it is asked for again. */
export interface PendingFeed {
  readonly pending: true;
}

/** What a script asks for. */
export interface FeedRequest {
  /** `PREFIX:TICKER`, as the script spells it. */
  readonly symbol: string;
  /** TradingView's notation, multiplier explicit. */
  readonly timeframe: string;
  /** It is the chart's symbol. */
  readonly isChart: boolean;
}

/**
 * Where bars come from that are not the chart's own. A feed may be finer than what was asked for: it is merged then.
 * Answers are remembered by the run, so nobody is asked twice for what is there or missing.
 */
export interface Feeds {
  /** What is missing is na instead of an error: somebody only wants to know what a script asks for. */
  readonly toleratesMissing?: boolean;
  /** The chart's bars, with those before the first bar of the run; default: the bars of the run. */
  history?(): BarColumns;
  /** What the user has named for a request; it beats everything else. */
  named(request: FeedRequest): Feed | MissingFeed | PendingFeed | undefined;
  /** Any other source. */
  find(request: FeedRequest): Feed | MissingFeed | PendingFeed;
  /** Bars of a day or less of one currency in another. */
  rate(from: string, to: string): Feed | undefined;
}

/** There is nothing but the chart. */
export const noFeeds: Feeds = {
  named: () => undefined,
  find: () => ({ missing: "this run has no bars but the chart's", hint: undefined }),
  rate: () => undefined,
};
