import { UsageError } from "../kernel/errors.ts";
import { canonicalTimeframe } from "../kernel/timeframe.ts";

/** `provider[:broker]:symbol[@timeframe]`, pure. */
export interface ProviderString {
  /** Lower case. */
  readonly provider: string;
  /** What follows the provider, as typed, without the timeframe: `BYBIT:BTC/USDT:USDT`. Empty: pick one. */
  readonly rest: string;
  /** Canonical, or `undefined`. */
  readonly timeframe: string | undefined;
}

/** Whether an argument names a provider rather than a file: it has a colon, and not after a single drive letter. */
export function isProviderString(text: string): boolean {
  const colon = text.indexOf(":");
  return colon === 0 || colon > 1;
}

/** @throws UsageError, each mistake with its own reason */
export function parseProviderString(text: string): ProviderString {
  const refuse = (reason: string): never => {
    throw new UsageError(`"${text}" is not a provider string: ${reason}`, {
      hint: "provider:SYMBOL@TIMEFRAME, for example foo:BTCUSDT@60",
    });
  };
  const colon = text.indexOf(":");
  if (colon < 0) refuse("there is no colon");
  if (colon === 0) refuse("the provider before the colon is empty");
  const provider = text.slice(0, colon).toLowerCase();
  const tail = text.slice(colon + 1);
  if (tail === "") refuse("nothing follows the provider");
  const at = tail.lastIndexOf("@");
  const rest = at < 0 ? tail : tail.slice(0, at);
  if (at >= 0 && tail.slice(at + 1) === "") refuse("the timeframe after @ is empty");
  if (rest === "") refuse("the symbol before @ is empty");
  if (rest.startsWith(":")) refuse("the broker is empty");
  return { provider, rest, timeframe: at < 0 ? undefined : canonicalTimeframe(tail.slice(at + 1)) };
}

/** The symbol a provider is made with; a multi-broker provider whose text names only the broker has none yet. */
export function symbolFor(rest: string, multiBroker: boolean): string | null {
  if (rest === "") return null;
  return multiBroker && !rest.includes(":") ? null : rest;
}
