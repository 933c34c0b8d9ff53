import { dateOf, dayMs } from "../../kernel/calendar/dates.ts";
import { zoneOf, type Zone } from "../../kernel/zone.ts";

/**
 * Times as most programs write them, straight from bytes: `2024-01-31`, `2024-01-31T09:30`, `2024-01-31 09:30:00`, and
 * the same with `Z` or an offset. Anything else is somebody else's work.
 */
export class PlainTimes {
  /** Where the last time ended; behind its last byte. */
  end = 0;
  /** The offset the last time carried, minutes; NaN for none. */
  offsetMinutes = Number.NaN;
  readonly #zone: Zone | undefined;
  #yearMonth = -1;
  #firstOfMonth = 0;
  #lengthOfMonth = 0;

  constructor(timezone: string) {
    this.#zone = zoneOf(timezone);
  }

  /** The instant of the date at `at`, epoch ms; NaN when it is not written like this. */
  read(bytes: Uint8Array, at: number): number {
    const day = this.#date(bytes, at);
    const separator = bytes[at + 10];
    if (separator !== 84 && separator !== 32) return this.#withZone(bytes, at + 10, day * dayMs);
    const hour = two(bytes, at + 11);
    const minute = bytes[at + 13] === 58 ? two(bytes, at + 14) : Number.NaN;
    let [second, next] = [0, at + 16];
    if (bytes[next] === 58) {
      second = two(bytes, at + 17);
      next = at + 19;
    }
    if (!(hour < 24 && minute < 60 && second < 60)) return Number.NaN;
    return this.#withZone(bytes, next, day * dayMs + ((hour * 60 + minute) * 60 + second) * 1000);
  }

  #date(bytes: Uint8Array, at: number): number {
    if (bytes[at + 4] !== 45 || bytes[at + 7] !== 45) return Number.NaN;
    const [year, month] = [two(bytes, at) * 100 + two(bytes, at + 2), two(bytes, at + 5)];
    const yearMonth = year * 12 + month - 1;
    if (yearMonth !== this.#yearMonth) {
      if (!(month >= 1 && month <= 12)) return Number.NaN;
      this.#yearMonth = yearMonth;
      this.#firstOfMonth = dateOf(year, month - 1, 1);
      this.#lengthOfMonth = dateOf(year, month, 1) - this.#firstOfMonth;
    }
    const day = two(bytes, at + 8);
    return day >= 1 && day <= this.#lengthOfMonth ? this.#firstOfMonth + day - 1 : Number.NaN;
  }

  #withZone(bytes: Uint8Array, at: number, wallMs: number): number {
    const sign = bytes[at];
    if (sign === 90) {
      this.end = at + 1;
      this.offsetMinutes = 0;
      return wallMs;
    }
    if (sign !== 43 && sign !== 45) {
      this.end = at;
      this.offsetMinutes = Number.NaN;
      return wallMs === wallMs && this.#zone !== undefined ? this.#zone.instantOf(wallMs) : Number.NaN;
    }
    const colon = bytes[at + 3] === 58 ? 1 : 0;
    const minutes = two(bytes, at + 1) * 60 + two(bytes, at + 3 + colon);
    this.end = at + 5 + colon;
    this.offsetMinutes = sign === 45 ? -minutes : minutes;
    return wallMs - this.offsetMinutes * 60_000;
  }
}

/** Two digits as a number; NaN when they are none. */
function two(bytes: Uint8Array, at: number): number {
  const [tens, ones] = [(bytes[at] ?? 0) - 48, (bytes[at + 1] ?? 0) - 48];
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}
