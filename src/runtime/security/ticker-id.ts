import { RuntimeFailure } from "../../kernel/errors.ts";

/**
 * Ticker ids: `PREFIX:TICKER`, or, with something to say about the bars, `={"symbol":"PREFIX:TICKER",...}`, the form
 * that TradingView uses.
 */

/** A ticker id, taken apart. */
export interface TickerId {
  /** `PREFIX:TICKER`, or what the script gave. */
  readonly symbol: string;
  readonly isHeikinAshi: boolean;
  /** Session, adjustment and the like: they are part of the data, and change nothing here. */
  readonly modifiers: Readonly<Record<string, string>>;
}

/** @throws RuntimeFailure for a text that begins like a modified id and is none */
export function parseTickerId(id: string): TickerId {
  if (!id.startsWith("={")) return { symbol: id.trim(), isHeikinAshi: false, modifiers: {} };
  try {
    const { symbol, type, ...modifiers } = JSON.parse(id.slice(1)) as Record<string, string>;
    if (typeof symbol !== "string") throw new Error("there is no symbol in it");
    return { symbol, isHeikinAshi: type === "heikinashi", modifiers };
  } catch (error) {
    throw new RuntimeFailure(`${JSON.stringify(id)} is not a ticker id`, {
      cause: error,
      hint: "make it with ticker.new, ticker.modify or ticker.heikinashi",
    });
  }
}

export function formatTickerId({ symbol, isHeikinAshi, modifiers }: TickerId): string {
  const entries = Object.entries(modifiers);
  if (!isHeikinAshi && entries.length === 0) return symbol;
  return `=${JSON.stringify({ symbol, ...(isHeikinAshi ? { type: "heikinashi" } : {}), ...modifiers })}`;
}
