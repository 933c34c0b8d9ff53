import { type Zone, zoneOf } from "../kernel/zone.ts";
import type { BarPlaces } from "./bar-places.ts";
import type { WallTime } from "./cells.ts";
import { type PlacedTrade, tradeKey } from "./placed.ts";
import type { ListedTrade } from "./listed-trade.ts";

/** Finds the zone in which a list's times are told. */

/** A reading of a list's times. */
export interface TimeFit {
  /** The zone's name, `trading days` for dates of daily bars, or `as written` where the list carries offsets. */
  readonly zone: string;
  /** The trades of the list on their bars; a bar of -1 is outside the data. */
  readonly trades: readonly PlacedTrade[];
  /** Share of prices that their bars traded at; little of it is another symbol or timeframe. */
  readonly tradedShare: number;
}

/** Trades by which zones are told apart; of a longer list they are taken evenly. */
const sampleSize = 2000;

/** Zones that charts offer and that change their clocks; those that do not are found as fixed offsets. */
const changingZones = [
  ...["America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Toronto"],
  ...["America/Vancouver", "America/Anchorage", "America/Halifax", "America/Santiago", "Europe/London"],
  ...["Europe/Berlin", "Europe/Paris", "Europe/Madrid", "Europe/Rome", "Europe/Zurich", "Europe/Athens"],
  ...["Europe/Helsinki", "Africa/Cairo", "Asia/Jerusalem", "Australia/Sydney", "Australia/Adelaide"],
  ...["Pacific/Auckland", "Pacific/Chatham"],
];

/** UTC-12 to UTC+14 in quarters of an hour, the smallest distance first. */
const fixedZones: readonly string[] = Array.from(
  { length: (14 + 12) * 4 + 1 },
  (_, index) => index * 15 - 12 * 60,
)
  .filter((minutes) => minutes !== 0)
  .toSorted((a, b) => Math.abs(a) - Math.abs(b))
  .map((minutes) => {
    const size = Math.abs(minutes);
    return `UTC${minutes < 0 ? "-" : "+"}${Math.floor(size / 60)}:${String(size % 60).padStart(2, "0")}`;
  });

type Instant = (time: WallTime) => number;

/**
 * Places a list on bars. Of all zones it takes the one in which most times open a bar, most prices were traded on
 * theirs, and most trades are also ours; of equally good ones the exchange's, then UTC, then the simplest.
 *
 * @param ours trades of our own run: without any the bars alone decide
 * @param given a zone that the user named
 */
export function fitTimes(
  listed: readonly ListedTrade[],
  places: BarPlaces,
  ours: readonly PlacedTrade[],
  exchangeZone: string,
  given?: string,
): TimeFit {
  const carriesOffsets = listed.every(({ entryTime }) => entryTime.offsetMinutes !== undefined);
  const reading =
    (zone: Zone): Instant =>
    (time) =>
      time.offsetMinutes === undefined
        ? zone.instantOf(time.wallMs)
        : time.wallMs - time.offsetMinutes * 60_000;
  const fit = (zone: string, trades: readonly PlacedTrade[]): TimeFit => ({
    zone,
    trades,
    tradedShare: tradedShareOf(trades, places),
  });
  const utc = zoneOf("UTC") as Zone;
  if (carriesOffsets) return fit("as written", placed(listed, places, reading(utc)));
  const names = given === undefined ? [exchangeZone, "UTC", ...fixedZones, ...changingZones] : [given];
  const known = new Set(ours.map(tradeKey));
  const step = Math.max(1, listed.length / sampleSize);
  const sample = Array.from(
    { length: Math.min(listed.length, sampleSize) },
    (_, index) => listed[Math.floor(index * step)] as ListedTrade,
  );
  let best:
    { name: string; place: (list: readonly ListedTrade[]) => PlacedTrade[]; score: number } | undefined;
  const consider = (
    name: string,
    place: (list: readonly ListedTrade[]) => PlacedTrade[],
    instant: Instant | undefined,
  ): void => {
    const score = scoreOf(sample, place(sample), places, known, instant);
    if (best === undefined || score > best.score) best = { name, place, score };
  };
  for (const name of new Set(names)) {
    const zone = zoneOf(name);
    if (zone === undefined) continue;
    consider(name, (list) => placed(list, places, reading(zone)), reading(zone));
  }
  // Dates of daily bars are trading days, whatever the hour at which they open.
  if (listed.every(({ entryTime }) => entryTime.wallMs % 86_400_000 === 0)) {
    consider("trading days", (list) => placedByDate(list, places), undefined);
  }
  return best === undefined
    ? fit("UTC", placed(listed, places, reading(utc)))
    : fit(best.name, best.place(listed));
}

function tradedShareOf(trades: readonly PlacedTrade[], places: BarPlaces): number {
  let [traded, count] = [0, 0];
  for (const { entryBar, entryPrice, exitBar, exitPrice } of trades) {
    if (entryBar < 0 || exitBar < 0) continue;
    count += 2;
    if (places.traded(entryBar, entryPrice)) traded++;
    if (places.traded(exitBar, exitPrice)) traded++;
  }
  return count === 0 ? 0 : traded / count;
}

function placed(listed: readonly ListedTrade[], places: BarPlaces, instant: Instant): PlacedTrade[] {
  return listed.map((trade) =>
    onBars(
      trade,
      places.at(instant(trade.entryTime)),
      trade.exitTime === undefined ? -1 : places.at(instant(trade.exitTime)),
    ),
  );
}

function placedByDate(listed: readonly ListedTrade[], places: BarPlaces): PlacedTrade[] {
  return listed.map((trade) =>
    onBars(
      trade,
      places.ofDate(trade.entryTime.wallMs),
      trade.exitTime === undefined ? -1 : places.ofDate(trade.exitTime.wallMs),
    ),
  );
}

function onBars(trade: ListedTrade, entryBar: number, exitBar: number): PlacedTrade {
  const { number, side, entryPrice, exitPrice, quantity, entrySignal, exitSignal, isOpen } = trade;
  return {
    number,
    side,
    entryBar,
    exitBar,
    entryPrice,
    exitPrice,
    quantity,
    entrySignal,
    exitSignal,
    isOpen,
  };
}

function scoreOf(
  listed: readonly ListedTrade[],
  trades: readonly PlacedTrade[],
  places: BarPlaces,
  known: ReadonlySet<string>,
  instant: Instant | undefined,
): number {
  let score = 0;
  for (const [index, trade] of trades.entries()) {
    const source = listed[index];
    if (source === undefined) continue;
    const opens = (bar: number, time: WallTime | undefined): boolean =>
      bar >= 0 && time !== undefined && (instant === undefined || places.opensAt(bar, instant(time)));
    if (opens(trade.entryBar, source.entryTime)) score++;
    if (opens(trade.exitBar, source.exitTime)) score++;
    if (places.traded(trade.entryBar, trade.entryPrice)) score++;
    if (places.traded(trade.exitBar, trade.exitPrice)) score++;
    if (known.has(tradeKey(trade))) score += 2;
  }
  return score;
}
