import type { OpeningHours, SymInfo } from "../../kernel/syminfo.ts";

/** What is shown of a symbol: a label and its value, one line each. Pure. */

const dayNames = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/** The facts of a symbol that somebody wants to see before downloading it. */
export function symbolFacts(info: SymInfo): readonly (readonly [label: string, value: string])[] {
  const percent = (rate: number | undefined): string =>
    rate === undefined ? "-" : `${Number((rate * 100).toPrecision(6))} %`;
  const fees =
    info.takerFee === undefined && info.makerFee === undefined
      ? "unknown"
      : `taker ${percent(info.takerFee)}, maker ${percent(info.makerFee)}`;
  const [firstHours = "always", ...moreHours] = hoursByDay(info.openingHours);
  return [
    ["description", info.description],
    ["type", info.type],
    ["currency", info.currency],
    ["base", info.basecurrency ?? "-"],
    ["mintick", plain(info.mintick)],
    ["pricescale", String(info.pricescale)],
    ["minmove", String(info.minmove)],
    ["pointvalue", plain(info.pointvalue)],
    ["mincontract", info.mincontract === 0 ? "unknown" : plain(info.mincontract)],
    ["volume", info.volumetype],
    ["timezone", info.timezone],
    ["fees", fees],
    ["hours", firstHours],
    ...moreHours.map((hours) => ["", hours] as const),
  ];
}

/** A number without an exponent. */
function plain(value: number): string {
  return value.toLocaleString("en", {
    useGrouping: false,
    maximumFractionDigits: 20,
    maximumSignificantDigits: 17,
  });
}

/** `24/7`, or a line for each run of days with equal hours: `Mon-Fri 09:30-16:00`. */
export function hoursByDay(hours: readonly OpeningHours[]): string[] {
  const ofDay = dayNames.map((_, day) =>
    hours
      .filter((interval) => interval.day === day)
      .map(({ start, end }) => (start === end ? "all day" : `${clock(start)}-${clock(end)}`))
      .join(" "),
  );
  if (hours.length === 0) return ["always"];
  if (ofDay.every((text) => text === "all day")) return ["24/7"];
  const lines: string[] = [];
  for (let first = 0, day = 1; day <= ofDay.length; day++) {
    if (ofDay[day] === ofDay[first]) continue;
    const days = day - first === 1 ? dayNames[first] : `${dayNames[first]}-${dayNames[day - 1]}`;
    if (ofDay[first] !== "") lines.push(`${days} ${ofDay[first]}`);
    first = day;
  }
  return lines;
}

/** `HH:MM`, with seconds only where they are not zero. */
function clock(time: string): string {
  return time.endsWith(":00") && time.length === 8 ? time.slice(0, 5) : time;
}
