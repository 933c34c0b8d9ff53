import type { BrokerPlugin } from "../api/plugins/broker.ts";
import type { Clock } from "../kernel/clock.ts";
import { messageOf } from "../kernel/errors.ts";
import type { Logger } from "../kernel/log.ts";
import type { Evaluation } from "./desk/venue-desk.ts";
import type { Notice } from "./engine/effects.ts";
import type { Fact } from "./engine/facts.ts";
import { reduce } from "./engine/reduce.ts";
import type { EngineState } from "./engine/state.ts";
import type { Step } from "./engine/step.ts";
import { EventStream } from "./event-stream.ts";
import { Executor } from "./executor/executor.ts";
import { linesOf, type OrderLine } from "./order-lines.ts";

/** How often operators' commands are looked for, ms. */
const pulseMs = 250;
/** How often the engine looks at the clock although nothing happens, ms. */
const lookMs = 5_000;
/** How often the run says that it is alive, ms. */
const heartbeatMs = 60_000;

/** An operator's command that waits for this run. */
export interface OperatorCommand {
  readonly id: number;
  readonly command: "pause" | "resume" | "flatten" | "stop";
}

/** A step of the engine, as it is committed. */
export interface Commit {
  readonly fact: Fact;
  readonly journal: Step["journal"];
  readonly fills: Step["fills"];
  readonly before: EngineState;
  readonly after: EngineState;
  /** It must survive a power cut: something is sent because of it, or something has filled. */
  readonly durable: boolean;
}

/** The books of the run, as the actor needs them. */
export interface ActorBooks {
  /** One transaction. @throws when it is not written: nothing of it may happen then */
  commit(change: Commit): void;
  /** Commands that nobody has taken yet; they are taken now. */
  takeCommands(): readonly OperatorCommand[];
  /** What came of a command. */
  finishCommand(id: number, result: string): void;
  heartbeat(): void;
}

/** What an actor works with. */
export interface ActorOptions {
  readonly plugin: BrokerPlugin;
  readonly books: ActorBooks;
  /** As the store has it. */
  readonly state: EngineState;
  readonly clock: Clock;
  readonly log: Logger;
  /** Told what the engine tells, after the commit. */
  readonly onNotice: (notice: Notice) => void;
  /** All notices of a step have been told. */
  readonly afterStep: () => void;
  /** A line for whoever watches. */
  readonly onLine: (line: OrderLine) => void;
  /** Nothing more can be done: the store or the program has failed. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * One run's engine at work: facts come in one by one, each is thought through, committed, and only then acted upon.
 * It decides nothing. Between a fact and the entry of the plugin's method nothing is awaited.
 */
export class BrokerActor {
  readonly #options: ActorOptions;
  readonly #executor: Executor;
  readonly #stream: EventStream;
  readonly #inbox: Fact[] = [];
  readonly #stop = new AbortController();
  #state: EngineState;
  #isBusy = false;
  #hasFailed = false;
  #isStopping = false;
  /** The venue's events wait until what the store kept has been compared with the venue. */
  #parked: Fact[] | undefined = [];
  #wakeMs = Infinity;
  #lookedMs: number;
  #heartbeatMs: number;
  #pulse: Promise<void> | undefined;

  constructor(options: ActorOptions) {
    const { clock, log, plugin, state } = options;
    this.#options = options;
    this.#state = state;
    this.#lookedMs = this.#heartbeatMs = clock.nowMs();
    this.#executor = new Executor({
      ...{ plugin, names: state.rules, clock, log },
      onFact: (fact) => this.take(fact),
    });
    this.#stream = new EventStream({
      ...{ plugin, clock, log },
      onFact: (fact) => this.hear(fact),
    });
  }

  get state(): EngineState {
    return this.#state;
  }

  /** Writes that wait for their answer. */
  get writes(): number {
    return this.#executor.writes;
  }

  /** Listens to the venue; what it says is acted on from `recovered` on. Clock and operators' commands begin. */
  start(): void {
    this.#stream.start();
    this.#pulse = this.#beat();
  }

  /** The venue has been asked how it stands: the first fact of all, then what has come in meanwhile. */
  recovered(fact: Extract<Fact, { kind: "started" }>): void {
    const parked = this.#parked ?? [];
    this.#parked = undefined;
    this.take(fact);
    for (const each of parked) this.take(each);
  }

  /** Acts on what the venue or the plugin says by itself, as soon as the venue has been asked how it stands. */
  hear(fact: Fact): void {
    if (this.#parked === undefined) this.take(fact);
    else this.#parked.push(fact);
  }

  /** The script has run. */
  evaluated({ barTimeMs, price, wanted }: Evaluation): void {
    if (this.#isStopping) return;
    this.take({ kind: "evaluated", nowMs: this.#nowMs, barTimeMs, price, wanted });
  }

  /** The price has moved between two evaluations. */
  tick(price: number): void {
    if (!this.#isStopping) this.take({ kind: "tick", nowMs: this.#nowMs, price });
  }

  /** Acts on a fact, and on those that come of it. */
  take(fact: Fact): void {
    if (this.#hasFailed) return;
    this.#inbox.push(fact);
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      for (let next = this.#inbox.shift(); next !== undefined; next = this.#inbox.shift()) this.#step(next);
    } catch (error) {
      // What was not committed has not happened; nothing may follow from it.
      this.#hasFailed = true;
      this.#options.onFailure(error);
    } finally {
      this.#isBusy = false;
    }
  }

  /** Resolves when every write has its answer, and what came of it has been acted on. */
  idle(): Promise<void> {
    return this.#executor.idle();
  }

  /**
   * Takes no more wishes, waits for the answers of what is out, and stops listening.
   * @param graceMs longest wait for answers; 0: for ever
   */
  async stop(graceMs: number): Promise<void> {
    const { clock, log, plugin } = this.#options;
    this.#isStopping = true;
    if (this.#executor.writes > 0) {
      const over = new AbortController();
      const late = clock.sleep(graceMs === 0 ? 2 ** 31 - 1 : graceMs, over.signal).catch(() => {});
      await Promise.race([this.#executor.idle(), late]);
      over.abort();
      if (this.#executor.writes > 0)
        log.warn(`${plugin.name} has not answered a write; the next start asks the venue what became of it`);
    }
    this.#executor.stop();
    await this.#stream.stop();
    this.#stop.abort(new Error("the run has ended"));
    await this.#pulse;
  }

  get #nowMs(): number {
    return this.#options.clock.nowMs();
  }

  #step(fact: Fact): void {
    const { books, onLine, onNotice, afterStep } = this.#options;
    const before = this.#state;
    const step = reduce(before, fact);
    const { state: after, journal, fills, effects, notices } = step;
    const writes = effects.some(({ kind }) => !kind.startsWith("read_"));
    const durable = writes || fills.length > 0;
    if (durable || effects.length > 0 || journal.length > 0 || isNews(fact, before, after))
      books.commit({ fact, journal, fills, before, after, durable });
    this.#state = after;
    for (const effect of effects) this.#executor.start(effect);
    for (const notice of notices) {
      if (notice.kind === "wake") this.#wakeMs = Math.min(this.#wakeMs, notice.atMs);
      else onNotice(notice);
    }
    for (const line of linesOf(fact, step, before)) onLine(line);
    if (notices.length > 0) afterStep();
  }

  /** Looks for what nobody else says: time that has passed, and what operators want. */
  async #beat(): Promise<void> {
    const { clock } = this.#options;
    while (!this.#stop.signal.aborted) {
      const waitMs = Math.max(1, Math.min(pulseMs, this.#wakeMs - this.#nowMs));
      try {
        await clock.sleep(waitMs, this.#stop.signal);
      } catch {
        return;
      }
      if (this.#hasFailed) return;
      this.#guarded(() => this.#look());
    }
  }

  #look(): void {
    const { books } = this.#options;
    const nowMs = this.#nowMs;
    for (const { id, command } of books.takeCommands()) {
      this.take({ kind: "operator", nowMs, command });
      books.finishCommand(id, "done");
    }
    if (this.#parked === undefined && (nowMs >= this.#wakeMs || nowMs - this.#lookedMs >= lookMs)) {
      this.#wakeMs = Infinity;
      this.#lookedMs = nowMs;
      this.take({ kind: "clock", nowMs });
    }
    if (nowMs - this.#heartbeatMs < heartbeatMs) return;
    this.#heartbeatMs = nowMs;
    books.heartbeat();
  }

  /** A store that is busy for a moment must not end the run where nothing is lost by waiting. */
  #guarded(look: () => void): void {
    try {
      look();
    } catch (error) {
      this.#options.log.warn(`the broker's books: ${messageOf(error)}; trying again`);
    }
  }
}

/** Whether a fact that nothing follows from is worth a row: not if it only says what time or what price it is. */
function isNews(fact: Fact, before: EngineState, after: EngineState): boolean {
  if (fact.kind !== "tick" && fact.kind !== "clock") return true;
  return (Object.keys(after) as (keyof EngineState)[]).some(
    (name) => name !== "nowMs" && name !== "price" && !Object.is(before[name], after[name]),
  );
}
