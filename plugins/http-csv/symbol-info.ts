import { ProviderError, symbolTypes, type SymInfo, v, volumeTypes } from "pynecore/plugin";

import type { HttpCsvConfig } from "./config.ts";
import { isSession, sessionHours } from "./sessions.ts";

/** Symbol information out of the configuration and what a server says, pure. */

const clockTime = v.pipe(v.string(), v.regex(/^\d{2}:\d{2}:\d{2}$/));
const day = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(6));
const moments = v.optional(v.array(v.object({ day, time: clockTime })));
const text = v.optional(v.string());
const number = v.optional(v.number());
const whole = v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)));

/** As much of a server's answer as is used: the keys of a symbol file. */
const InfoAnswer = v.object({
  prefix: text,
  description: text,
  ticker: text,
  currency: text,
  basecurrency: text,
  type: v.optional(v.picklist(symbolTypes)),
  mintick: v.optional(v.pipe(v.number(), v.gtValue(0))),
  pricescale: whole,
  minmove: whole,
  pointvalue: number,
  mincontract: number,
  timezone: text,
  volumetype: v.optional(v.picklist(volumeTypes)),
  avg_spread: number,
  taker_fee: number,
  maker_fee: number,
  sessions: v.optional(
    v.array(v.pipe(v.string(), v.check(isSession, 'sessions are like "0930-1600:23456"'))),
  ),
  opening_hours: v.optional(v.array(v.object({ day, start: clockTime, end: clockTime }))),
  session_starts: moments,
  session_ends: moments,
});
type InfoAnswer = v.InferOutput<typeof InfoAnswer>;

/**
 * What a server says about a symbol, alone or under `symbol`.
 * @throws ProviderError naming the key
 */
export function parseInfo(json: unknown, source: string): InfoAnswer {
  const nested = (json as { symbol?: unknown } | null)?.symbol;
  const result = v.safeParse(InfoAnswer, typeof nested === "object" && nested !== null ? nested : json);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const key = issue.path?.map((item) => String(item.key)).join(".") ?? "it";
  throw new ProviderError(`the symbol information of ${source} cannot be used: ${key}: ${issue.message}`);
}

/** Complete symbol information; what the server does not say is taken from the configuration. */
export function symInfoOf(
  symbol: string,
  period: string,
  config: HttpCsvConfig,
  said: InfoAnswer | undefined,
): SymInfo {
  const basecurrency = said?.basecurrency ?? config.basecurrency;
  const hours = sessionHours(said?.sessions ?? config.sessions);
  return {
    prefix: said?.prefix ?? config.prefix,
    description: said?.description ?? symbol,
    ticker: said?.ticker ?? symbol,
    currency: said?.currency ?? config.currency,
    ...(basecurrency === "" ? {} : { basecurrency }),
    period,
    type: said?.type ?? config.type,
    ...gridOf(said, config.mintick),
    pointvalue: said?.pointvalue ?? config.pointvalue,
    mincontract: said?.mincontract ?? config.mincontract,
    timezone: said?.timezone ?? config.timezone,
    volumetype: said?.volumetype ?? config.volumetype,
    ...(said?.avg_spread === undefined ? {} : { avgSpread: said.avg_spread }),
    ...(said?.taker_fee === undefined ? {} : { takerFee: said.taker_fee }),
    ...(said?.maker_fee === undefined ? {} : { makerFee: said.maker_fee }),
    openingHours: said?.opening_hours ?? hours.openingHours,
    sessionStarts: said?.session_starts ?? startsOf(said?.opening_hours) ?? hours.sessionStarts,
    sessionEnds: said?.session_ends ?? endsOf(said?.opening_hours) ?? hours.sessionEnds,
  };
}

type Hours = InfoAnswer["opening_hours"];

function startsOf(hours: Hours): SymInfo["sessionStarts"] | undefined {
  return hours?.map(({ day: on, start }) => ({ day: on, time: start }));
}

function endsOf(hours: Hours): SymInfo["sessionEnds"] | undefined {
  return hours?.map(({ day: on, end }) => ({ day: on, time: end }));
}

/** The price grid: as it is said, else from the size of a step. 0.25 is 25 / 100. */
function gridOf(
  said: InfoAnswer | undefined,
  mintick: number,
): Pick<SymInfo, "mintick" | "minmove" | "pricescale"> {
  if (said?.pricescale !== undefined) {
    const minmove = said.minmove ?? 1;
    return { mintick: minmove / said.pricescale, minmove, pricescale: said.pricescale };
  }
  const step = said?.mintick ?? mintick;
  let pricescale = 1;
  // As many decimals as the step has; 1e-10 has ten.
  for (; pricescale < 1e15; pricescale *= 10) {
    const steps = step * pricescale;
    if (Math.round(steps) > 0 && Math.abs(steps - Math.round(steps)) <= steps * 1e-12) break;
  }
  const minmove = Math.max(1, Math.round(step * pricescale));
  return { mintick: minmove / pricescale, minmove, pricescale };
}
