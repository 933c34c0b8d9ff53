import { causeChain } from "../../kernel/errors.ts";

/** How long to wait before the next try. Pure. */

/** Transient failures in a row that are waited for, where nobody says otherwise. */
export const defaultRetries = 5;
/** Longest wait of our own. */
export const maxBackoffMs = 60_000;
/** Longest wait that a venue may ask for; beyond it the run ends and the next one tries. */
export const maxRetryAfterMs = 300_000;

/**
 * The wait after so many failures in a row: 1 s, doubled each time up to a minute, a quarter more or less by chance so
 * that many machines do not come back at once; at least what the venue asked for.
 *
 * @param failures 1 after the first
 * @param random in [0, 1)
 */
export function retryDelayMs(failures: number, askedMs: number | undefined, random: number): number {
  const base = Math.min(maxBackoffMs, 1000 * 2 ** (failures - 1));
  const spread = Math.min(maxBackoffMs, Math.max(1000, base * (0.75 + random / 2)));
  return Math.round(Math.max(spread, askedMs ?? 0));
}

/** The wait a venue asked for, ms, wherever in the chain of causes it says so. */
export function retryAfterOf(error: unknown): number | undefined {
  for (const link of causeChain(error)) {
    const asked = (link as { readonly retryAfterMs?: unknown }).retryAfterMs;
    if (typeof asked === "number" && asked >= 0) return asked;
  }
  return undefined;
}
