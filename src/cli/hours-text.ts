import type { OpeningHours } from "../kernel/syminfo.ts";

const days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/**
 * Weekly opening hours in a line: `Mon-Fri 09:30-16:00`, days of equal hours together, `24 hours` for a whole day. Pure.
 */
export function hoursText(openingHours: readonly OpeningHours[]): string {
  if (openingHours.length === 0) return "always open";
  const byDay = days.map((_, day) =>
    openingHours
      .filter((hours) => hours.day === day)
      .toSorted((a, b) => (a.start < b.start ? -1 : 1))
      .map(({ start, end }) => (start === end ? "24 hours" : `${clock(start)}-${clock(end)}`))
      .join(" "),
  );
  const parts: { from: number; to: number; hours: string }[] = [];
  for (const [day, hours] of byDay.entries()) {
    if (hours === "") continue;
    const last = parts.at(-1);
    if (last !== undefined && last.hours === hours && last.to === day - 1) last.to = day;
    else parts.push({ from: day, to: day, hours });
  }
  return parts
    .map(({ from, to, hours }) => `${from === to ? days[from] : `${days[from]}-${days[to]}`} ${hours}`)
    .join(", ");
}

function clock(time: string): string {
  return time.endsWith(":00") ? time.slice(0, 5) : time;
}
