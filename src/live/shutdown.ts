import type { LiveProviderPlugin } from "../api/plugins/live.ts";
import type { Clock } from "../kernel/clock.ts";
import { messageOf } from "../kernel/errors.ts";
import type { Logger } from "../kernel/log.ts";

/** How often a provider is asked whether it can be left, ms. */
const pollMs = 1000;

/**
 * Asks a provider every second whether anything is pending, until it says no or the time is up.
 *
 * @param timeoutMs 0 waits for ever
 * @returns whether it said so
 */
export async function waitUntilDone(
  provider: LiveProviderPlugin,
  timeoutMs: number,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): Promise<boolean> {
  const deadlineMs = timeoutMs === 0 ? Infinity : clock.nowMs() + timeoutMs;
  for (let polls = 0; ; polls++) {
    try {
      if (await provider.canShutdown()) return true;
    } catch (error) {
      log.warn(`${provider.name}: canShutdown failed: ${messageOf(error)}`);
      return false;
    }
    if (clock.nowMs() + pollMs > deadlineMs) {
      log.warn(
        `${provider.name} still has something pending after ${timeoutMs / 1000} s; it is left as it is`,
      );
      return false;
    }
    if (polls === 0) log.info(`${provider.name} has something pending: waiting for it`);
    await clock.sleep(pollMs);
  }
}
