import type { BrokerPlugin } from "../api/plugins/broker.ts";
import type { Clock } from "../kernel/clock.ts";
import { messageOf, RuntimeFailure, TryAgainLaterError } from "../kernel/errors.ts";
import type { Logger } from "../kernel/log.ts";
import type { Fact } from "./engine/facts.ts";
import { answerMs } from "./executor/executor.ts";
import { BadVenueValue, readLegs, readOrders, readPosition } from "./executor/venue-values.ts";
import { failedRead } from "./executor/write-result.ts";

/** How long a venue that does not answer is asked before a start is given up, ms. */
const patienceMs = 60_000;
/** Waits between two tries, ms: the first, and the longest. */
const waits = { firstMs: 500, longestMs: 10_000 } as const;

/** Who is asked, and for what. */
export interface VenueQuestion {
  readonly plugin: BrokerPlugin;
  readonly symbol: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/**
 * Asks the venue how it stands: open orders first, then the position, so that what fills in between is in the
 * position and its event is on the way.
 *
 * @throws TryAgainLaterError (75) when it does not answer for a minute; the signal's reason
 */
export async function venueState(question: VenueQuestion): Promise<Extract<Fact, { kind: "started" }>> {
  const { plugin, symbol, clock } = question;
  const port = plugin.positionPort;
  const openOrders = await persist(question, async () =>
    readOrders("the open orders", await plugin.getOpenOrders(symbol)),
  );
  const legs =
    port === null
      ? {}
      : { legs: await persist(question, async () => readLegs(await port.fetchRawPositions(symbol))) };
  const position = await persist(question, async () => readPosition(await plugin.getPosition(symbol)));
  return { kind: "started", nowMs: clock.nowMs(), openOrders, position, ...legs };
}

/** Asks until there is an answer. @throws RuntimeFailure for one that the plugin's contract does not allow */
export async function persist<Answer>(
  { plugin, clock, log, signal }: Omit<VenueQuestion, "symbol">,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  const startedMs = clock.nowMs();
  for (let waitMs: number = waits.firstMs; ; waitMs = Math.min(waitMs * 2, waits.longestMs)) {
    try {
      return await within(clock, signal, ask());
    } catch (error) {
      signal.throwIfAborted();
      // What is wrong with the plugin is wrong with its next answer.
      if (error instanceof BadVenueValue)
        throw new RuntimeFailure(`${plugin.name} broke its contract: ${error.message}`, {
          hint: `nothing was sent; it is the plugin that has to be mended: pyne plugin test ${plugin.name}`,
          cause: error,
        });
      const failed = failedRead(error, (thrown) => plugin.mapException(thrown));
      const pauseMs = failed.kind === "failed" ? (failed.retryAfterMs ?? waitMs) : waitMs;
      if (isFinal(error) || clock.nowMs() + pauseMs - startedMs > patienceMs) {
        if (isFinal(error)) throw error;
        throw new TryAgainLaterError(
          `${plugin.name} does not say how the account stands: ${messageOf(error)}`,
          {
            hint: "nothing was sent; start again when the venue answers",
            cause: error,
          },
        );
      }
      log.warn(`${plugin.name}: ${messageOf(error)}; asking again in ${(pauseMs / 1000).toFixed(1)} s`);
      await clock.sleep(pauseMs, signal);
    }
  }
}

/** Asking again would change nothing: credentials, or something that the venue cannot do. */
function isFinal(error: unknown): boolean {
  const code = (error as { readonly code?: unknown } | null)?.code;
  return (
    code === "BROKER_AUTHENTICATION" || code === "BROKER_CAPABILITY" || code === "BROKER_MANUAL_INTERVENTION"
  );
}

async function within<Answer>(clock: Clock, signal: AbortSignal, answer: Promise<Answer>): Promise<Answer> {
  const over = new AbortController();
  const late = clock.sleep(answerMs, AbortSignal.any([signal, over.signal])).then(() => {
    throw new Error(`no answer within ${answerMs / 1000} s`);
  });
  late.catch(() => {});
  answer.catch(() => {});
  try {
    return await Promise.race([answer, late]);
  } finally {
    over.abort(new Error("the answer is there"));
  }
}
