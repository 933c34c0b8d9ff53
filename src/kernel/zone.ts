/** Time zones: IANA names and fixed offsets such as `UTC+5:30` or `+0530`. */

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
  const fixed = /^(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?$/.exec(timezone.trim());
  if (fixed !== null) {
    const minutes = Number(fixed[2]) * 60 + Number(fixed[3] ?? 0);
    const offset = (fixed[1] === "-" ? -minutes : minutes) * 60_000;
    return () => offset;
  }
  if (/^(UTC|GMT|Z)$/i.test(timezone.trim())) return () => 0;
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timezone);
  } catch {
    return undefined;
  }
  return (timeMs) =>
    Temporal.Instant.fromEpochMilliseconds(timeMs).toZonedDateTimeISO(timezone).offsetNanoseconds / 1e6;
}

/**
 * The instant of a wall-clock time in a zone, epoch ms. A time that a daylight-saving change skips moves forward; one
 * that it repeats is the first.
 *
 * @param wallMs the wall clock as if it were UTC
 */
export function instantOf(wallMs: number, timezone: string): number | undefined {
  const offset = zoneOffset(timezone);
  if (offset === undefined) return undefined;
  if (offset(0) === offset(15_778_800_000) && !timezone.includes("/")) return wallMs - offset(wallMs);
  const date = new Date(wallMs).toISOString().slice(0, 23);
  return Temporal.PlainDateTime.from(date).toZonedDateTime(timezone, { disambiguation: "compatible" })
    .epochMilliseconds;
}
