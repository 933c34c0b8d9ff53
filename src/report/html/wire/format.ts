/** How numbers and times read in a report, before and after its script has run. Pure. */

/** `−1,234.50`; with `sign`, a plus before what is above 0. `–` for no value. */
export function amount(value: number, decimals = 2, sign = false): string {
  if (!Number.isFinite(value)) return "–";
  const text = Math.abs(value).toLocaleString("en-US", {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  // What rounds to nothing has no sign.
  if (!/[1-9]/.test(text)) return text;
  return value < 0 ? `−${text}` : sign ? `+${text}` : text;
}

/** `−3.20 %` */
export function percent(value: number, sign = false): string {
  return Number.isFinite(value) ? `${amount(value, 2, sign)} %` : "–";
}

/** A quantity: no more digits than it has, at most eight decimals. */
export function quantity(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 8 });
}

/** `258 trades`, or `12 of 258 trades`. */
export function tradeCount(shown: number, all: number): string {
  const of = `${amount(all, 0)} trade${all === 1 ? "" : "s"}`;
  return shown === all ? of : `${amount(shown, 0)} of ${of}`;
}

/** `2024-01-31 14:30`, or the date alone, of a wall-clock time as if it were UTC. */
export function wallTime(localMs: number, time: boolean): string {
  const text = new Date(localMs).toISOString();
  // Below a minute the seconds tell bars apart.
  const end = !time ? 10 : localMs % 60_000 === 0 ? 16 : 19;
  return text.slice(0, end).replace("T", " ");
}
