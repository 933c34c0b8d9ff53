import { type Civil, civilOfDays, daysOfCivil } from "../../../kernel/calendar/civil.ts";
import { dayMs } from "../../../kernel/calendar/dates.ts";
import { RuntimeFailure } from "../../../kernel/errors.ts";
import { zoneOf, type Zone } from "../../../kernel/zone.ts";

/** Zones are known up to the year 275760; beyond, the offset of the last January holds. */
const furthestMs = 8.64e15 - 250 * dayMs;

/** The zone of a name. @throws RuntimeFailure for an unknown one */
export function knownZone(caller: string, timezone: string): Zone {
  const zone = zoneOf(timezone);
  if (zone !== undefined) return zone;
  throw new RuntimeFailure(`${caller}: "${timezone}" is not a time zone`, {
    hint: "an IANA name (America/New_York), or an offset (UTC-5, GMT+5:30)",
  });
}

/** The instant of a wall clock; `wallMs` as if it were UTC. */
export function instantIn(zone: Zone, wallMs: number): number {
  if (Math.abs(wallMs) < furthestMs) return zone.instantOf(wallMs);
  return wallMs - zone.offsetAt(Math.sign(wallMs) * furthestMs);
}

/** Parts of times on the clock of one zone. The date is worked out once per day, so that bars in order cost little. */
export class ZonedParts {
  readonly #zone: Zone;
  readonly #civil: Civil = { year: 1970, month: 1, day: 1 };
  #date = 0;
  #timeMs = Number.NaN;
  #inDay = 0;

  constructor(zone: Zone) {
    this.#zone = zone;
  }

  year(timeMs: number): number {
    return this.#find(timeMs) ? this.#civil.year : Number.NaN;
  }

  /** 1 = January. */
  month(timeMs: number): number {
    return this.#find(timeMs) ? this.#civil.month : Number.NaN;
  }

  dayofmonth(timeMs: number): number {
    return this.#find(timeMs) ? this.#civil.day : Number.NaN;
  }

  /** 1 = Sunday. */
  dayofweek(timeMs: number): number {
    if (!this.#find(timeMs)) return Number.NaN;
    // 1970-01-01 was a Thursday, the fifth day.
    return modulo(this.#date + 4, 7) + 1;
  }

  /** ISO 8601: the week with the year's first Thursday is the first. */
  weekofyear(timeMs: number): number {
    if (!this.#find(timeMs)) return Number.NaN;
    const thursday = this.#date - modulo(this.#date + 3, 7) + 3;
    const { year } = this.#civil;
    for (const candidate of [year + 1, year, year - 1]) {
      const first = daysOfCivil(candidate, 1, 1);
      if (first <= thursday) return Math.floor((thursday - first) / 7) + 1;
    }
    return Number.NaN;
  }

  hour(timeMs: number): number {
    return this.#find(timeMs) ? Math.floor(this.#inDay / 3_600_000) : Number.NaN;
  }

  minute(timeMs: number): number {
    return this.#find(timeMs) ? Math.floor(this.#inDay / 60_000) % 60 : Number.NaN;
  }

  second(timeMs: number): number {
    return this.#find(timeMs) ? Math.floor(this.#inDay / 1000) % 60 : Number.NaN;
  }

  #find(timeMs: number): boolean {
    if (timeMs === this.#timeMs) return true;
    if (!Number.isFinite(timeMs)) return false;
    const clamped = Math.max(-furthestMs, Math.min(furthestMs, timeMs));
    const local = timeMs + this.#zone.offsetAt(clamped);
    const date = Math.floor(local / dayMs);
    if (date !== this.#date) civilOfDays((this.#date = date), this.#civil);
    this.#inDay = local - date * dayMs;
    this.#timeMs = timeMs;
    return true;
  }
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
