import type { BrokerPlugin } from "../api/plugins/broker.ts";
import type { Clock } from "../kernel/clock.ts";
import { messageOf, TryAgainLaterError } from "../kernel/errors.ts";
import type { Logger } from "../kernel/log.ts";
import type { Evaluation } from "./desk/venue-desk.ts";
import type { Notice } from "./engine/effects.ts";
import type { Fact } from "./engine/facts.ts";
import { reduce } from "./engine/reduce.ts";
import type { EngineState } from "./engine/state.ts";
import { EventStream } from "./event-stream.ts";
import { Executor } from "./executor/executor.ts";
import { linesOf, type OrderLine } from "./order-lines.ts";
import { withRulings } from "./rulings.ts";
import type { Commit } from "./store/commit.ts";

/** How often operators' commands are looked for where nobody says otherwise, ms. */
const defaultPulseMs = 250;
/** How often the engine looks at the clock although nothing happens, ms. */
const lookMs = 5_000;
/** Books that are busy are tried again so often, ms, and for so long. */
const busyRetryMs = 250;
const busyPatienceMs = 60_000;
/** How often the run says that it is alive, ms. */
const heartbeatMs = 60_000;

/** An operator's command that waits for this run. */
export interface OperatorCommand {
  readonly id: number;
  readonly command: "pause" | "resume" | "flatten" | "stop";
}

/** The books of the run, as the actor needs them. */
export interface ActorBooks {
  /** One transaction. @throws when it is not written: nothing of it may happen then */
  commit(change: Commit): void;
  /** Whether an execution is booked, by this run or by another of the account. */
  hasFill(fillId: string): boolean;
  /** Whether other runs trade the symbol on the account, or have left something there. */
  isShared(): boolean;
  /** Commands that nobody has taken yet; they are taken now. */
  takeCommands(): readonly OperatorCommand[];
  /** What came of a command. */
  finishCommand(id: number, result: string): void;
  /** @returns why the run must open nothing more, if it must not */
  heartbeat(): string | undefined;
}

/** What an actor works with. */
export interface ActorOptions {
  readonly plugin: BrokerPlugin;
  readonly books: ActorBooks;
  /** As the store has it. */
  readonly state: EngineState;
  readonly clock: Clock;
  readonly log: Logger;
  /** How often operators' commands are looked for, ms. */
  readonly pulseMs?: number | undefined;
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
  /** As the store has it. */
  #committed: EngineState;
  #isBusy = false;
  #hasFailed = false;
  /** Since when the books cannot be written, ms; `NaN`: they can. */
  #busySinceMs = Number.NaN;
  #isStopping = false;
  /** The venue's events wait until what the store kept has been compared with the venue. */
  #parked: Fact[] | undefined = [];
  /** When the engine wants to look at the clock next, ms. */
  #wakeMs = Infinity;
  /** When somebody is going to, ms. */
  #awakeMs = Infinity;
  #lookedMs: number;
  #heartbeatMs: number;
  #pulse: Promise<void> | undefined;

  constructor(options: ActorOptions) {
    const { clock, log, plugin, state } = options;
    this.#options = options;
    this.#state = this.#committed = state;
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

  /** The books cannot be written just now: what has happened waits, and nothing is sent. */
  get isWaiting(): boolean {
    return !Number.isNaN(this.#busySinceMs);
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
    // Before it nothing may be acted upon, not even who else is there.
    this.take({ ...fact, isShared: this.#options.books.isShared() });
    for (const each of parked) this.take(each);
  }

  /** Acts on what the venue or the plugin says by itself, as soon as the venue has been asked how it stands. */
  hear(fact: Fact): void {
    if (this.#parked === undefined) this.take(fact);
    else this.#parked.push(fact);
  }

  /** The script has run. */
  evaluated(evaluation: Evaluation): void {
    if (this.#isStopping) return;
    this.#guarded(() => this.#lookAround());
    const wanted = this.#ruled(evaluation.wanted);
    this.take({ kind: "evaluated", nowMs: this.#nowMs, ...evaluation, wanted });
  }

  /** What the script wants, as the plugin lets it. */
  #ruled(wanted: Evaluation["wanted"]): Evaluation["wanted"] {
    const { plugin } = this.#options;
    if (plugin.interceptOrder === undefined) return wanted;
    return withRulings(wanted, this.#state, (intent) => plugin.interceptOrder?.(intent) ?? null);
  }

  /** The price has moved between two evaluations. */
  tick(price: number): void {
    if (!this.#isStopping) this.take({ kind: "tick", nowMs: this.#nowMs, price });
  }

  /** Acts on a fact, and on those that come of it. */
  take(fact: Fact): void {
    if (this.#hasFailed) return;
    this.#inbox.push(fact);
    if (!this.#isBusy && !this.isWaiting) this.#work();
  }

  #work(): void {
    this.#isBusy = true;
    try {
      for (let next = this.#inbox[0]; next !== undefined; next = this.#inbox[0]) {
        this.#step(next);
        this.#inbox.shift();
      }
      if (this.isWaiting) this.#options.log.info("the books can be written again");
      this.#busySinceMs = Number.NaN;
    } catch (error) {
      if (this.#mayWait(error)) return;
      // What was not committed has not happened; nothing may follow from it.
      this.#fail(error);
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

  /**
   * What cannot be written now is tried again for a while: a run that ended instead would leave orders and position
   * alone. Nothing is sent meanwhile, and whatever else happens comes after it.
   */
  #mayWait(error: unknown): boolean {
    if (!(error instanceof TryAgainLaterError) || this.#stop.signal.aborted) return false;
    const { log } = this.#options;
    if (!this.isWaiting) {
      this.#busySinceMs = this.#nowMs;
      log.warn(`${messageOf(error)}; nothing is sent until they are free, for at most a minute`);
    }
    if (this.#nowMs - this.#busySinceMs >= busyPatienceMs) return false;
    void this.#again();
    return true;
  }

  async #again(): Promise<void> {
    try {
      await this.#options.clock.sleep(busyRetryMs, this.#stop.signal);
    } catch {
      return;
    }
    if (!this.#hasFailed) this.#work();
  }

  #fail(error: unknown): void {
    this.#hasFailed = true;
    this.#options.onFailure(error);
  }

  get #nowMs(): number {
    return this.#options.clock.nowMs();
  }

  #step(fact: Fact): void {
    const { books, onLine, onNotice, afterStep } = this.#options;
    const before = this.#state;
    if (fact.kind === "venue" && this.#isOldFill(fact.event.fillId)) return;
    const step = reduce(before, this.#withoutOldFills(fact));
    const { state: after, journal, fills, effects, notices } = step;
    const writes = effects.some(({ kind }) => !kind.startsWith("read_"));
    const durable = writes || fills.length > 0;
    if (durable || journal.length > 0 || isNews(fact, before, after)) {
      books.commit({ fact, journal, fills, before: this.#committed, after, durable });
      this.#committed = after;
    }
    this.#state = after;
    for (const effect of effects) this.#executor.start(effect);
    for (const notice of notices) {
      if (notice.kind === "wake") this.#wakeAt(notice.atMs);
      else onNotice(notice);
    }
    for (const line of linesOf(fact, step, before)) onLine(line);
    if (notices.length > 0) afterStep();
  }

  /** An execution that was booked longer ago than the engine remembers, or by another run of the account. */
  #isOldFill(fillId: string | undefined): boolean {
    if (fillId === undefined || this.#state.fillIds.includes(fillId)) return false;
    return this.#options.books.hasFill(fillId);
  }

  /** An account's history tells executions again. */
  #withoutOldFills(fact: Fact): Fact {
    if (fact.kind !== "read" || fact.result.kind !== "spot") return fact;
    const { page } = fact.result;
    const executions = page.executions.filter(({ executionId }) => !this.#isOldFill(executionId));
    return { ...fact, result: { ...fact.result, page: { ...page, executions } } };
  }

  /** The engine wants to look at the clock, perhaps before somebody would anyway. */
  #wakeAt(atMs: number): void {
    this.#wakeMs = Math.min(this.#wakeMs, atMs);
    if (this.#wakeMs < this.#awakeMs && this.#pulse !== undefined) void this.#lookAt(this.#wakeMs);
  }

  /** Looks for what nobody else says: time that has passed, and what operators want. */
  async #beat(): Promise<void> {
    const pulseMs = this.#options.pulseMs ?? defaultPulseMs;
    while (await this.#lookAt(Math.min(this.#nowMs + pulseMs, this.#wakeMs)));
  }

  /** @returns whether to go on */
  async #lookAt(atMs: number): Promise<boolean> {
    const waitMs = Math.max(1, atMs - this.#nowMs);
    this.#awakeMs = this.#nowMs + waitMs;
    try {
      await this.#options.clock.sleep(waitMs, this.#stop.signal);
    } catch {
      return false;
    }
    if (this.#hasFailed) return false;
    this.#guarded(() => this.#look());
    return !this.#stop.signal.aborted;
  }

  #look(): void {
    const { books } = this.#options;
    const nowMs = this.#nowMs;
    if (nowMs - this.#heartbeatMs >= heartbeatMs) {
      this.#heartbeatMs = nowMs;
      const reason = books.heartbeat();
      if (reason !== undefined) this.hear({ kind: "quarantine", nowMs, reason });
    }
    // Until the venue has been asked how it stands, nothing is done to it.
    if (this.#parked !== undefined) return;
    this.#lookAround();
    for (const { id, command } of books.takeCommands()) {
      this.take({ kind: "operator", nowMs, command });
      books.finishCommand(id, answers[command]);
    }
    if (nowMs >= this.#wakeMs || nowMs - this.#lookedMs >= lookMs) {
      this.#wakeMs = Infinity;
      this.#lookedMs = nowMs;
      this.take({ kind: "clock", nowMs });
    }
  }

  /** Another run may have come to the account, or gone. */
  #lookAround(): void {
    if (this.#parked !== undefined) return;
    const isShared = this.#options.books.isShared();
    if (isShared !== this.#state.view.isShared) this.take({ kind: "account", nowMs: this.#nowMs, isShared });
  }

  /** A store that is busy for a moment must not end the run where nothing is lost by waiting. */
  #guarded(look: () => void): void {
    try {
      look();
    } catch (error) {
      if (error instanceof TryAgainLaterError) this.#options.log.warn(`${messageOf(error)}; trying again`);
      else this.#fail(error);
    }
  }
}

/** Kinds of facts that come again and again, and mostly say nothing new. */
const routine: readonly Fact["kind"][] = ["tick", "clock", "read", "evaluated"];
/** What of the state has to outlive the process. */
const lasting = [
  "latches",
  "exits",
  "intents",
  "orders",
  "obligations",
  "watches",
  "book",
  "fillIds",
  "spot",
] as const;

/** What an operator hears of a command. */
const answers: Readonly<Record<OperatorCommand["command"], string>> = {
  pause: "paused, nothing new is opened until it is resumed",
  resume: "resumed, new positions may be opened",
  flatten: "paused, its orders are being cancelled and its position closed",
  stop: "stopping; its orders and its position stay as they are",
};

/** Whether a fact is worth a row: what is routine only if it has changed something that lasts. */
function isNews(fact: Fact, before: EngineState, after: EngineState): boolean {
  return !routine.includes(fact.kind) || lasting.some((name) => before[name] !== after[name]);
}
