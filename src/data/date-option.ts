import { UsageError } from "../kernel/errors.ts";
import { readTime } from "../kernel/timestamps.ts";

/**
 * A date on the command line: an ISO date or date-time with an optional offset (without one it is UTC), eight digits,
 * `now`, or a number of days back.
 *
 * @param nowMs seconds are cut from it
 * @returns epoch ms
 * @throws UsageError naming the option and the text
 */
export function parseDateOption(option: string, text: string, nowMs: number): number {
  const trimmed = text.trim();
  const now = Math.floor(nowMs / 60_000) * 60_000;
  if (trimmed === "" || trimmed.toLowerCase() === "now") return now;
  if (/^\d+$/.test(trimmed) && trimmed.length !== 8) {
    const days = Number(trimmed);
    if (days > 100_000) throw refusal(option, text);
    return now - days * 86_400_000;
  }
  if (/^[+-]/.test(trimmed)) throw refusal(option, text);
  try {
    return readTime(trimmed, "UTC").timeMs;
  } catch (error) {
    throw refusal(option, text, error);
  }
}

function refusal(option: string, text: string, cause?: unknown): UsageError {
  return new UsageError(`${option}: "${text}" is not a date`, {
    cause,
    hint: "2024-01-31, 2024-01-31T09:30, 2024-01-31T09:30+02:00, or a number of days back",
  });
}
