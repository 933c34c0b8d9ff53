import type { CapabilityName, ExchangeCapabilities } from "../api/broker/capabilities.ts";
import { ExchangeCapabilityError } from "../api/broker/errors.ts";

/** What a script may ask a venue for. */
export interface ScriptNeeds {
  readonly stopOrders: boolean;
  readonly trailingStop: boolean;
  readonly tpSlBracket: boolean;
  readonly strategyOrder: boolean;
  /** Any exit or close. */
  readonly exitOrders: boolean;
  /** An exit of a part of its entry. */
  readonly partialQtyBracketExit: boolean;
  readonly mayGoShort: boolean;
}

const orderCalls = ["entry", "order", "exit", "close", "closeAll", "close_all"] as const;
type OrderCall = (typeof orderCalls)[number];

/** A call of an order command, and the names of the arguments it is given. */
interface Call {
  readonly command: OrderCall;
  readonly names: ReadonlySet<string>;
}

/**
 * Reads off the code of a script, compiled or written by hand, which orders it can place: an argument that is named
 * counts, whatever its value will be. What is hidden in a variable is not seen; the venue's own refusal is left for
 * that.
 */
export function needsOf(code: string): ScriptNeeds {
  const { text, strings } = withoutStrings(new Bun.Transpiler({ loader: "ts" }).transformSync(code));
  const calls = callsIn(text);
  const some = (commands: readonly OrderCall[], test: (names: ReadonlySet<string>) => boolean): boolean =>
    calls.some(({ command, names }) => commands.includes(command) && test(names));
  const has =
    (...wanted: readonly string[]) =>
    (names: ReadonlySet<string>): boolean =>
      wanted.some((name) => names.has(name));
  const profit = has("limit", "profit");
  const loss = has("stop", "loss");
  const trail = has("trail_price", "trail_points", "trailPrice", "trailPoints");
  const isBracket = (names: ReadonlySet<string>): boolean => profit(names) || loss(names) || trail(names);
  return {
    // With a limit besides, it is a stop-limit order; the engine waits for the stop where the venue cannot.
    stopOrders: some(["entry", "order"], (names) => names.has("stop") && !names.has("limit")),
    trailingStop: some(["exit"], trail),
    tpSlBracket: some(["exit"], (names) => profit(names) && loss(names)),
    strategyOrder: some(["order"], () => true),
    exitOrders: some(["exit", "close", "closeAll", "close_all"], () => true),
    partialQtyBracketExit: some(
      ["exit"],
      (names) => has("qty", "qty_percent", "qtyPercent")(names) && isBracket(names),
    ),
    mayGoShort: calls.length > 0 && strings.has("short"),
  };
}

/**
 * Compares what a script needs with what a plugin can.
 * @throws ExchangeCapabilityError that names everything that is missing
 */
export function checkNeeds(
  needs: ScriptNeeds,
  pyramiding: number,
  capabilities: ExchangeCapabilities,
  pluginName: string,
): void {
  const lacks = (name: CapabilityName): boolean => capabilities[name] === "unsupported";
  const sharesIds = pyramiding > 1 || needs.strategyOrder;
  const missing = [
    ...(needs.stopOrders && lacks("stopOrder") ? ["stop orders"] : []),
    ...(needs.trailingStop && lacks("trailingStop") ? ["trailing stops"] : []),
    ...(needs.tpSlBracket && lacks("tpSlBracket") ? ["take profit and stop loss together"] : []),
    ...(needs.exitOrders && lacks("reduceOnly") ? ["orders that only close"] : []),
    ...(needs.partialQtyBracketExit && lacks("partialQtyBracketExit") ? ["exits of a part"] : []),
    ...(needs.partialQtyBracketExit && sharesIds && lacks("partialQtyBracketExitPyramiding")
      ? ["exits of a part while several entries are open"]
      : []),
    ...(needs.mayGoShort && lacks("shortSelling") ? ["short positions"] : []),
  ];
  if (missing.length === 0) return;
  throw new ExchangeCapabilityError(
    `${pluginName} does not have what the script needs: ${missing.join(", ")}`,
    {
      hint: "take these orders out of the script, or trade it elsewhere",
    },
  );
}

/** Code in which strings are empty, and the strings. Of a template only its text goes. */
function withoutStrings(code: string): { readonly text: string; readonly strings: ReadonlySet<string> } {
  const strings = new Set<string>();
  const text = code.replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g, (literal) => {
    strings.add(literal.slice(1, -1));
    return '""';
  });
  return { text, strings };
}

function callsIn(text: string): readonly Call[] {
  const calls: Call[] = [];
  const pattern = new RegExp(`\\b(${orderCalls.join("|")})\\s*\\(`, "g");
  for (const match of text.matchAll(pattern)) {
    const args = argumentsAt(text, match.index + match[0].length);
    const names = new Set([...args.matchAll(/[{,]\s*([A-Za-z_]\w*)\s*(?=[:,}])/g)].map(([, name]) => name!));
    calls.push({ command: match[1] as OrderCall, names });
  }
  return calls;
}

/** What stands between a parenthesis that has been opened and the one that closes it. */
function argumentsAt(text: string, start: number): string {
  let depth = 1;
  for (let index = start; index < text.length; index++) {
    if (text[index] === "(") depth++;
    if (text[index] === ")" && --depth === 0) return text.slice(start, index);
  }
  return text.slice(start);
}
