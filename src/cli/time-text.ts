/** `2024-01-01 09:30`, UTC; with seconds where there are some; `-` for none. */
export function utcMinute(timeMs: number | undefined): string {
  const iso = utcIso(timeMs);
  if (iso === null) return "-";
  return iso.slice(0, iso.endsWith(":00.000Z") ? 16 : 19).replace("T", " ");
}

/** `2024-01-01T09:30:00.000Z`; `null` for no time. */
export function utcIso(timeMs: number | undefined): string | null {
  return timeMs === undefined || !(Math.abs(timeMs) <= 8.64e15) ? null : new Date(timeMs).toISOString();
}
