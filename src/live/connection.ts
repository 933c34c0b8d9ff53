import { isProviderError, isRetryableProviderError, TransientProviderError } from "../api/plugins/errors.ts";
import type { LiveProviderPlugin } from "../api/plugins/live.ts";
import { retryAfterOf } from "../data/download/retry.ts";
import type { Clock } from "../kernel/clock.ts";
import { messageOf } from "../kernel/errors.ts";
import type { Logger } from "../kernel/log.ts";

/** Longest time a plugin may take to disconnect, or for a hook, ms. */
export const hookGraceMs = 5000;
/** Reconnects that are spoken of: the first ones, then every tenth. */
const toldAttempts = 3;

/** What a connection works with. */
export interface ConnectionOptions {
  readonly provider: LiveProviderPlugin;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Connects, and connects again: the first time within a budget, later for ever. Several feeds may share one: it is lost
 * and made anew for all of them.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  /** Number of the connection that stands; grows with every one that is made. */
  generation = 0;
  #again: Promise<void> | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  get #statics(): Pick<
    typeof LiveProviderPlugin,
    "initialConnectTimeout" | "reconnectDelay" | "maxReconnectDelay"
  > {
    return this.#options.provider.constructor as typeof LiveProviderPlugin;
  }

  /**
   * The first connect: transient failures are retried within `initialConnectTimeout`.
   * @throws the last failure, a permanent one at once, the signal's reason
   */
  async first(signal: AbortSignal): Promise<void> {
    const { clock, log, provider } = this.#options;
    const budgetMs = this.#statics.initialConnectTimeout * 1000;
    const deadlineMs = clock.nowMs() + budgetMs;
    let waitMs = this.#statics.reconnectDelay * 1000;
    for (;;) {
      try {
        await this.#attempt(deadlineMs - clock.nowMs(), signal);
        return;
      } catch (error) {
        signal.throwIfAborted();
        if (!isRetryableProviderError(error)) throw error;
        const pauseMs = Math.max(waitMs, retryAfterOf(error) ?? 0);
        if (clock.nowMs() + pauseMs >= deadlineMs) {
          throw new TransientProviderError(
            `${provider.name} could not be reached within ${budgetMs / 1000} s: ${messageOf(error)}`,
            { cause: error },
          );
        }
        log.warn(`${messageOf(error)}; connecting again in ${(pauseMs / 1000).toFixed(1)} s`);
        await clock.sleep(pauseMs, signal);
        waitMs = this.#nextWait(waitMs);
      }
    }
  }

  /**
   * After a loss: disconnects, then tries until it succeeds, the waits doubling. Whoever comes while somebody tries
   * waits for that, and whoever comes after it has nothing left to do.
   *
   * @param loss why; it may say when to come back
   * @param generation the connection that was lost
   * @throws a permanent failure, the signal's reason
   */
  async again(loss: unknown, generation: number, signal: AbortSignal): Promise<void> {
    if (generation !== this.generation) return;
    this.#again ??= this.#reconnect(loss, signal).finally(() => (this.#again = undefined));
    await this.#again;
  }

  async #reconnect(loss: unknown, signal: AbortSignal): Promise<void> {
    const { clock, log, provider } = this.#options;
    log.warn(`the feed is lost: ${messageOf(loss)}`);
    await this.#hook("onDisconnect", () => provider.onDisconnect());
    await this.close();
    let waitMs = this.#statics.reconnectDelay * 1000;
    let pauseMs = retryAfterOf(loss) ?? waitMs;
    for (let attempt = 1; ; attempt++) {
      await clock.sleep(pauseMs, signal);
      try {
        await this.#attempt(this.#statics.initialConnectTimeout * 1000, signal);
        break;
      } catch (error) {
        signal.throwIfAborted();
        if (isProviderError(error) && !isRetryableProviderError(error)) throw error;
        pauseMs = Math.max(waitMs, retryAfterOf(error) ?? 0);
        waitMs = this.#nextWait(waitMs);
        if (attempt <= toldAttempts || attempt % 10 === 0)
          log.warn(
            `reconnect ${attempt} failed: ${messageOf(error)}; again in ${(pauseMs / 1000).toFixed(1)} s`,
          );
      }
    }
    log.info("the feed is back");
    await this.#hook("onReconnect", () => provider.onReconnect());
  }

  /** Ends the connection; a plugin that hangs is left behind. */
  async close(): Promise<void> {
    await this.#hook("disconnect", () => this.#options.provider.disconnect());
  }

  #nextWait(waitMs: number): number {
    return Math.min(waitMs * 2, this.#statics.maxReconnectDelay * 1000);
  }

  /** One attempt, cancelled at its deadline. */
  async #attempt(timeoutMs: number, signal: AbortSignal): Promise<void> {
    const { provider, clock } = this.#options;
    const attempt = new AbortController();
    const over = new AbortController();
    const late = (): TransientProviderError =>
      new TransientProviderError(`${provider.name} did not answer within ${Math.ceil(timeoutMs / 1000)} s`);
    const stopped = AbortSignal.any([signal, over.signal]);
    const deadline = clock.sleep(Math.max(0, timeoutMs), stopped).then(() => {
      throw late();
    });
    deadline.catch((error: unknown) => attempt.abort(error));
    const connected = (async () => provider.connect(attempt.signal))();
    connected.catch(() => {});
    try {
      await Promise.race([connected, deadline]);
      this.generation++;
    } finally {
      over.abort(new Error("the attempt is over"));
    }
  }

  /** Runs a hook of the plugin; what it does wrong is told, and it is not waited for longer than `hookGraceMs`. */
  async #hook(name: string, hook: () => void | Promise<void>): Promise<void> {
    const { clock, log, provider } = this.#options;
    const over = new AbortController();
    const running = (async () => hook())();
    const late = clock.sleep(hookGraceMs, over.signal).then(
      () =>
        log.warn(`${provider.name}: ${name} takes longer than ${hookGraceMs / 1000} s; it is left behind`),
      () => {},
    );
    try {
      await Promise.race([running, late]);
    } catch (error) {
      log.warn(`${provider.name}: ${name} failed: ${messageOf(error)}`);
    } finally {
      running.catch(() => {});
      over.abort();
    }
  }
}
