import type { CapabilityName, ExchangeCapabilities } from "../api/broker/capabilities.ts";
import { ExchangeCapabilityError } from "../api/broker/errors.ts";
import { readCalls } from "./script-calls.ts";

/** What a script may ask a venue for. */
const needNames = [
  "stopOrders",
  "trailingStop",
  "tpSlBracket",
  "strategyOrder",
  /** Any exit or close. */
  "exitOrders",
  /** An exit of a part of its entry. */
  "partialQtyBracketExit",
  "mayGoShort",
] as const;
export type NeedName = (typeof needNames)[number];

/** A place where a script asks for something. */
export interface Use {
  /** As the script writes it, with the arguments that matter: `strategy.exit(profit, stop)`. */
  readonly construct: string;
  /** `script.pine:12`; absent: it is not known. */
  readonly place?: string;
}

/** Where a script asks for each thing; an empty list: nowhere. */
export type ScriptNeeds = Readonly<Record<NeedName, readonly Use[]>>;

const profit = ["limit", "profit"];
const loss = ["stop", "loss"];
const trail = ["trail_price", "trail_points", "trailPrice", "trailPoints"];
const part = ["qty", "qty_percent", "qtyPercent"];

/**
 * Reads off the code of a script, compiled or written by hand, which orders it can place: an argument that is named
 * counts, whatever its value will be. What is hidden in a variable is not seen; the venue's own refusal is left for
 * that.
 *
 * @param placeOf the place in the script of a line of the code, counted from 1
 */
export function needsOf(code: string, placeOf?: (line: number) => string | undefined): ScriptNeeds {
  const { calls, shorts } = readCalls(code);
  const needs = Object.fromEntries(needNames.map((name) => [name, [] as Use[]])) as Record<NeedName, Use[]>;
  const use = (construct: string, line: number | undefined): Use => {
    const place = line === undefined ? undefined : placeOf?.(line);
    return { construct, ...(place === undefined ? {} : { place }) };
  };
  for (const { command, owner, names, line } of calls) {
    const given = (list: readonly string[]): string[] => list.filter((name) => names.has(name));
    const needed = (need: NeedName, args: readonly string[] = []): void =>
      void needs[need].push(use(`${owner}${command}(${args.join(", ")})`, line));
    const [profits, losses, trails, parts] = [profit, loss, trail, part].map(given) as [
      string[],
      string[],
      string[],
      string[],
    ];
    switch (command) {
      case "entry":
      case "order":
        // With a limit besides, it is a stop-limit order; the engine waits for the stop where the venue cannot.
        if (names.has("stop") && !names.has("limit")) needed("stopOrders", ["stop"]);
        if (command === "order") needed("strategyOrder");
        break;
      case "exit": {
        const bracket = [...profits, ...losses, ...trails];
        if (trails.length > 0) needed("trailingStop", trails);
        if (profits.length > 0 && losses.length > 0) needed("tpSlBracket", [...profits, ...losses]);
        if (parts.length > 0 && bracket.length > 0) needed("partialQtyBracketExit", [...parts, ...bracket]);
        needed("exitOrders", bracket);
        break;
      }
      case "close":
      case "closeAll":
      case "close_all":
        needed("exitOrders");
    }
  }
  const owner = calls[0]?.owner;
  if (owner !== undefined) for (const line of shorts) needs.mayGoShort.push(use(`${owner}short`, line));
  return needs;
}

/**
 * Compares what a script needs with what a plugin can.
 * @throws ExchangeCapabilityError that names everything that is missing: the capability, and where the script needs it
 */
export function checkNeeds(
  needs: ScriptNeeds,
  pyramiding: number,
  capabilities: ExchangeCapabilities,
  pluginName: string,
): void {
  const lacks = (uses: readonly Use[], name: CapabilityName, what: string): string[] =>
    uses.length > 0 && capabilities[name] === "unsupported"
      ? [`${what} (${name} is unsupported; ${usesText(uses)})`]
      : [];
  const sharesIds = pyramiding > 1 || needs.strategyOrder.length > 0;
  const missing = [
    ...lacks(needs.stopOrders, "stopOrder", "stop orders"),
    ...lacks(needs.trailingStop, "trailingStop", "trailing stops"),
    ...lacks(needs.tpSlBracket, "tpSlBracket", "take profit and stop loss together"),
    ...lacks(needs.exitOrders, "reduceOnly", "orders that only close"),
    ...lacks(needs.partialQtyBracketExit, "partialQtyBracketExit", "exits of a part"),
    ...lacks(
      sharesIds ? needs.partialQtyBracketExit : [],
      "partialQtyBracketExitPyramiding",
      "exits of a part while several entries are open",
    ),
    ...lacks(needs.mayGoShort, "shortSelling", "short positions"),
  ];
  if (missing.length === 0) return;
  throw new ExchangeCapabilityError(
    `${pluginName} does not have what the script needs: ${missing.join(", ")}`,
    {
      hint: "take these orders out of the script, or trade it elsewhere",
    },
  );
}

/** Places that a message names; the rest is counted. */
const shownUses = 3;

/** `strategy.entry(stop) at turn.pine:4 and turn.pine:9, strategy.order(stop) at turn.pine:12 and 2 more` */
function usesText(uses: readonly Use[]): string {
  const texts = new Set(
    uses.map(({ construct, place }) => (place === undefined ? construct : `${construct} at ${place}`)),
  );
  const shown = [...texts].slice(0, shownUses).join(", ");
  return texts.size <= shownUses ? shown : `${shown} and ${texts.size - shownUses} more`;
}
