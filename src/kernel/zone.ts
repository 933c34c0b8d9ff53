/** Time zones: IANA names and fixed offsets such as `UTC+5:30` or `+0530`. */

/** A zone whose offsets are known: both directions cost two comparisons while times stay near each other. */
export interface Zone {
  /** Distance from UTC at an instant, ms. */
  offsetAt(timeMs: number): number;
  /**
   * The instant of a wall-clock time, epoch ms. A time that a daylight-saving change skips moves forward; one that it
   * repeats is the first.
   *
   * @param wallMs the wall clock as if it were UTC
   */
  instantOf(wallMs: number): number;
}

const dayMs = 86_400_000;
const zones = new Map<string, Zone>();

/** The zone of a name; `undefined` for an unknown one. */
export function zoneOf(timezone: string): Zone | undefined {
  const known = zones.get(timezone);
  if (known !== undefined) return known;
  const zone = makeZone(timezone.trim());
  if (zone !== undefined) zones.set(timezone, zone);
  return zone;
}

/**
 * A formatter for `yyyy-MM-ddTHH:mm:ss±HHMM` in a zone: an IANA name, or a fixed offset such as `UTC+5:30`. An
 * unknown zone is UTC.
 */
export function zonedFormatter(timezone: string): (timeMs: number) => string {
  const offset = zoneOffset(timezone) ?? ((): number => 0);
  return (timeMs) => {
    const offsetMs = offset(timeMs);
    const local = new Date(timeMs + offsetMs).toISOString().slice(0, 19);
    const minutes = Math.round(Math.abs(offsetMs) / 60_000);
    const digits = `${String(Math.floor(minutes / 60)).padStart(2, "0")}${String(minutes % 60).padStart(2, "0")}`;
    return `${local}${offsetMs < 0 ? "-" : "+"}${digits}`;
  };
}

/** A zone's distance from UTC at an instant, ms; `undefined` for an unknown zone. */
export function zoneOffset(timezone: string): ((timeMs: number) => number) | undefined {
  const zone = zoneOf(timezone);
  return zone === undefined ? undefined : (timeMs) => zone.offsetAt(timeMs);
}

/** `Zone.instantOf` of a zone by name; `undefined` for an unknown zone. */
export function instantOf(wallMs: number, timezone: string): number | undefined {
  return zoneOf(timezone)?.instantOf(wallMs);
}

function makeZone(timezone: string): Zone | undefined {
  const fixed = /^(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?$/.exec(timezone);
  if (fixed !== null) {
    const minutes = Number(fixed[2]) * 60 + Number(fixed[3] ?? 0);
    return fixedZone((fixed[1] === "-" ? -minutes : minutes) * 60_000);
  }
  if (/^(UTC|GMT|Z)$/i.test(timezone)) return fixedZone(0);
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timezone);
  } catch {
    return undefined;
  }
  return new NamedZone(timezone);
}

function fixedZone(offset: number): Zone {
  return { offsetAt: () => offset, instantOf: (wallMs) => wallMs - offset };
}

/** Between two changes of its offset a zone is constant: Temporal is asked once per change. */
class NamedZone implements Zone {
  /** Known stretches `[from, to)` of constant offset, ascending. */
  readonly #stretches: { readonly from: number; readonly to: number; readonly offset: number }[] = [];
  #from = 0;
  #to = 0;
  #offset = 0;

  constructor(readonly name: string) {}

  offsetAt(timeMs: number): number {
    if (timeMs < this.#from || timeMs >= this.#to) this.#find(timeMs);
    return this.#offset;
  }

  instantOf(wallMs: number): number {
    // A day before the wall time reads as UTC no change can be ahead of it, a day after none can be behind it.
    const before = this.offsetAt(wallMs - dayMs);
    const after = this.offsetAt(wallMs + dayMs);
    if (before === after) return wallMs - before;
    // The earlier reading holds while its own offset does; in a gap neither holds and the old offset moves forward.
    const early = wallMs - before;
    const late = wallMs - after;
    return this.offsetAt(early) !== before && this.offsetAt(late) === after ? late : early;
  }

  #find(timeMs: number): void {
    let [low, high] = [0, this.#stretches.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#stretches[middle]?.to ?? 0) <= timeMs) low = middle + 1;
      else high = middle;
    }
    let stretch = this.#stretches[low];
    if (stretch === undefined || timeMs < stretch.from) {
      const zoned = Temporal.Instant.fromEpochMilliseconds(Math.floor(timeMs)).toZonedDateTimeISO(this.name);
      const next = zoned.getTimeZoneTransition("next");
      // A transition at this very instant has begun already: look from just behind it.
      const last = zoned.add({ milliseconds: 1 }).getTimeZoneTransition("previous");
      stretch = {
        from: last?.epochMilliseconds ?? -Infinity,
        to: next?.epochMilliseconds ?? Infinity,
        offset: zoned.offsetNanoseconds / 1e6,
      };
      this.#stretches.splice(low, 0, stretch);
    }
    this.#from = stretch.from;
    this.#to = stretch.to;
    this.#offset = stretch.offset;
  }
}
