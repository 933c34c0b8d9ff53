import type { BrokerPlugin } from "../../api/plugins/broker.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Logger } from "../../kernel/log.ts";
import type { Effect, ReadEffect, WriteEffect } from "../engine/effects.ts";
import type { Fact, ReadResult, WriteResult } from "../engine/facts.ts";
import { effectText } from "../order-lines.ts";
import { PluginCalls, type RunNames } from "./plugin-calls.ts";
import { BadVenueValue } from "./venue-values.ts";
import { failedRead, failedWrite } from "./write-result.ts";

/** Longest wait for an answer of the plugin, ms. */
export const answerMs = 30_000;
/** How much longer it may take to find out what became of a write, ms. */
export const classificationMs = 90_000;

/** What an executor works with. */
export interface ExecutorOptions {
  readonly plugin: BrokerPlugin;
  readonly names: RunNames;
  readonly clock: Clock;
  readonly log: Logger;
  /** Takes what came of an effect. */
  readonly onFact: (fact: Fact) => void;
}

/**
 * Carries out what the engine wants done, and tells what came of it. It never throws: a failure is a result, and a
 * write whose answer does not come in time is unknown, never "not sent". What it answers later is not waited for: the
 * engine asks the venue.
 */
export class Executor {
  readonly #options: ExecutorOptions;
  readonly #calls: PluginCalls;
  /** What ends each of the waits. */
  readonly #waits = new Set<AbortController>();
  #isStopped = false;
  #writes = 0;
  /** The read that is out; one that hangs keeps others from piling up behind it. */
  #reading: Promise<unknown> | undefined;
  #idle: (() => void)[] = [];

  constructor(options: ExecutorOptions) {
    this.#options = options;
    this.#calls = new PluginCalls(options.plugin, options.names);
  }

  /** Writes that are out. */
  get writes(): number {
    return this.#writes;
  }

  /** Begins; the plugin's method has been entered when this returns. */
  start(effect: Effect): void {
    if (isRead(effect)) void this.#read(effect);
    else void this.#write(effect);
  }

  /** Resolves when no write is out. */
  idle(): Promise<void> {
    if (this.#writes === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** Waits for nothing any more; what is out stays unknown. */
  stop(): void {
    this.#isStopped = true;
    for (const over of this.#waits) over.abort(new Error("the run has ended"));
  }

  async #write(effect: WriteEffect): Promise<void> {
    const { clock, log, onFact, plugin } = this.#options;
    this.#writes++;
    const call = this.#calls.write(effect).catch((error: unknown): WriteResult => {
      if (error instanceof BadVenueValue)
        return { kind: "unsafe", message: `${plugin.name} broke its contract: ${error.message}` };
      return withResiduals(
        plugin,
        failedWrite(error, (thrown) => plugin.mapException(thrown)),
      );
    });
    const late = (): WriteResult => ({
      kind: "unknown",
      message: `${plugin.name} did not answer within ${(answerMs + classificationMs) / 1000} s`,
    });
    const slow = (): void =>
      log.warn(
        `${plugin.name} takes longer than ${answerMs / 1000} s for ${effectText(effect) ?? effect.kind}`,
      );
    const result = await this.#within([answerMs, classificationMs], call, slow, late);
    this.#writes--;
    if (result !== undefined) onFact({ kind: "written", nowMs: clock.nowMs(), effect: effect.id, result });
    if (this.#writes > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  async #read(effect: ReadEffect): Promise<void> {
    const { clock, onFact, plugin } = this.#options;
    const answer = await this.#answer(effect, plugin);
    if (answer !== undefined)
      onFact({ kind: "read", nowMs: clock.nowMs(), effect: effect.id, result: answer });
  }

  async #answer(effect: ReadEffect, plugin: BrokerPlugin): Promise<ReadResult | undefined> {
    if (this.#reading !== undefined)
      return {
        kind: "failed",
        message: `${plugin.name} has not answered the last question yet`,
        isStuck: true,
      };
    const call = this.#calls
      .read(effect)
      .catch((error: unknown) => failedRead(error, (thrown) => plugin.mapException(thrown)));
    this.#reading = call;
    void call.then(() => (this.#reading = undefined));
    return this.#within([answerMs], call, undefined, () => ({
      kind: "failed",
      message: `${plugin.name} did not answer within ${answerMs / 1000} s`,
      isStuck: true,
    }));
  }

  /** @returns `undefined`: the run has ended first */
  async #within<Result>(
    waits: readonly number[],
    call: Promise<Result>,
    onSlow: (() => void) | undefined,
    late: () => Result,
  ): Promise<Result | undefined> {
    if (this.#isStopped) return undefined;
    const over = new AbortController();
    this.#waits.add(over);
    const timer = (async (): Promise<Result | undefined> => {
      for (const [index, ms] of waits.entries()) {
        await this.#options.clock.sleep(ms, over.signal);
        if (index < waits.length - 1) onSlow?.();
      }
      return late();
    })().catch(() => undefined);
    try {
      return await Promise.race([call, timer]);
    } finally {
      this.#waits.delete(over);
      over.abort();
    }
  }
}

/** A refused bracket, with what the plugin says it has left at the venue. */
function withResiduals(plugin: BrokerPlugin, result: WriteResult): WriteResult {
  if (result.kind !== "bracket_refused") return result;
  try {
    const refs: readonly unknown[] = plugin.getResidualOrdersAfterBracketAttachReject(result.context);
    return { ...result, residualRefs: refs.filter((ref) => typeof ref === "string") };
  } catch {
    // The position is closed all the same.
    return result;
  }
}

function isRead(effect: Effect): effect is ReadEffect {
  return effect.kind.startsWith("read_");
}
