/** The zone that offsets in a file probably belong to. Pure. */

/** Zones by the one offset that was seen, minutes. */
const single: Readonly<Record<number, string>> = {
  0: "UTC",
  [-300]: "US/Eastern",
  [-240]: "US/Eastern",
  [-360]: "US/Central",
  [-420]: "US/Mountain",
  [-480]: "US/Pacific",
  60: "Europe/Paris",
  120: "Europe/Paris",
};

/** Zones with daylight saving by both of their offsets. */
const pairs: Readonly<Record<string, string>> = {
  "-480,-420": "US/Pacific",
  "-420,-360": "US/Mountain",
  "-360,-300": "US/Central",
  "-300,-240": "US/Eastern",
  "-240,-180": "America/Halifax",
  "-210,-150": "America/St_Johns",
  "0,60": "Europe/London",
  "60,120": "Europe/Paris",
  "120,180": "Europe/Athens",
  "570,630": "Australia/Adelaide",
  "600,660": "Australia/Sydney",
  "720,780": "Pacific/Auckland",
};

/**
 * The zone of offsets, minutes: of one, or of two an hour apart; of anything else that of the first in text order
 * (`+01:00` before `-05:00`).
 * @param offsets at least one
 */
export function zoneOfOffsets(offsets: readonly number[]): string {
  const pair = pairs[offsets.toSorted((a, b) => a - b).join(",")];
  if (pair !== undefined) return pair;
  const [first = 0] = offsets.toSorted((a, b) => (offsetText(a) < offsetText(b) ? -1 : 1));
  return single[first] ?? `UTC${offsetText(first)}`;
}

function offsetText(minutes: number): string {
  const part = (value: number): string => String(value).padStart(2, "0");
  const size = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${part(Math.floor(size / 60))}:${part(size % 60)}`;
}
