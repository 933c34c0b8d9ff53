import { type BarUpdate, type Clock, FeedEndedError, TransientProviderError } from "pynecore/plugin";

import type { MarketPart } from "./exchange/state.ts";
import { beginPart, walkOn } from "./exchange/walk.ts";
import { type FileMarket, type MarketStep, Pace } from "./file-market.ts";
import type { ObservedParts } from "./observed-parts.ts";
import type { Session } from "./session.ts";
import type { Traffic } from "./traffic.ts";

/** What the passage of time waits for. */
export interface PassageOptions {
  readonly traffic: Traffic;
  readonly clock: Clock;
  /** `Infinity`: as fast as the orders are worked off. */
  readonly speed: number;
  /** The host's word on when nothing is in flight, where it gives one. */
  readonly settled: () => (() => Promise<void>) | null;
  /** Somebody reads events, and has not read all. */
  readonly hasUnread: () => boolean;
}

/** How time passes at the exchange: part by part of its market, and never while something is in flight. */
export class Passage {
  readonly #options: PassageOptions;
  readonly #pace: Pace;
  /** What was told last is not known to be worked off. */
  #outstanding: MarketStep | undefined;
  /** One wait for the market at a time. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: PassageOptions) {
    this.#options = options;
    this.#pace = new Pace(options.clock, options.speed);
  }

  /** A connection begins: what the last one told is told again unless it was worked off. */
  begin(): void {
    this.#outstanding = undefined;
  }

  /**
   * The next update of a file, after all that it fills was heard and acted on.
   * @throws FeedEndedError at its end; TransientProviderError when the connection ends; the signal's reason
   */
  next(session: Session, market: FileMarket, signal: AbortSignal): Promise<BarUpdate> {
    return this.#inTurn(async () => {
      const stop = AbortSignal.any([signal, session.over.signal]);
      try {
        return await this.#nextUpdate(session, market, stop);
      } catch (error) {
        if (signal.aborted || !session.over.signal.aborted) throw error;
        throw new TransientProviderError("the connection was closed", { cause: error });
      }
    });
  }

  /** Another provider's update. @returns when what it fills was heard and acted on */
  observe(session: Session, observed: ObservedParts, update: BarUpdate): Promise<void> {
    return this.#inTurn(async () => {
      const { account, over } = session;
      // A feed of the past may be faster than the orders that its last bar brought about.
      await this.#calm(over.signal);
      const part = observed.next(update, account.exchange.state, this.#options.clock.nowMs());
      if (part === undefined) return;
      await this.#walk(session, part, over.signal);
      account.commit();
    });
  }

  async #nextUpdate(session: Session, market: FileMarket, stop: AbortSignal): Promise<BarUpdate> {
    const { account } = session;
    const { cursor } = account;
    await this.#calm(stop);
    if (this.#outstanding?.update.isClosed === true) {
      cursor.bars++;
      cursor.parts = 0;
    }
    this.#outstanding = undefined;
    let steps = market.stepsOf(cursor.bars);
    for (; steps.length === 0 && cursor.bars < market.bars; steps = market.stepsOf(cursor.bars))
      cursor.bars++;
    // A bar that the exchange has seen to its end before a kill is told again.
    const isSeen = steps.length > 0 && cursor.parts >= steps.length;
    const step = steps[isSeen ? steps.length - 1 : cursor.parts];
    if (step === undefined) {
      const { symbol } = account.exchange.rules;
      throw new FeedEndedError(`${symbol} ends here: ${account.name} has traded all of it`);
    }
    await this.#pace.wait(step.part.toMs, stop);
    if (!isSeen) {
      await this.#walk(session, step.part, stop);
      cursor.parts++;
      account.commit();
    }
    this.#outstanding = step;
    return step.update;
  }

  /** Lets the price go through a part. After every execution it waits until that was heard and acted on. */
  async #walk({ account }: Session, part: MarketPart, signal: AbortSignal): Promise<void> {
    const { exchange } = account;
    if (exchange.state.walk === null) beginPart(exchange, part);
    // A walk that a kill interrupted goes on when those who hear of it have come back.
    else if (exchange.state.walk.isPaused) await this.#calm(signal);
    while (walkOn(exchange)) {
      account.commit();
      await this.#calm(signal);
    }
  }

  async #calm(signal: AbortSignal): Promise<void> {
    const { traffic, settled, hasUnread } = this.#options;
    await settled()?.();
    await traffic.calm(hasUnread, signal);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work, work);
    this.#turn = mine.catch(() => {});
    return mine;
  }
}
