import type { BrokerPlugin } from "../../api/plugins/broker.ts";
import type { BrokersConfig } from "../../config/brokers.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Logger } from "../../kernel/log.ts";
import type { SymInfo } from "../../kernel/syminfo.ts";
import type { StrategyRules } from "../../runtime/strategy/rules.ts";
import type { OperatorCommand } from "../actor.ts";
import { BrokerRun, type OpenBooks } from "../broker-run.ts";
import type { VenueDesk } from "../desk/venue-desk.ts";
import type { EngineState } from "../engine/state.ts";
import type { Commit } from "../store/commit.ts";
import { forgetful } from "./forgetful.ts";
import type { Ledger } from "./ledger.ts";
import type { Break } from "./profile.ts";
import type { Connection } from "./venue/connection.ts";
import type { LineOwner } from "./venue/line.ts";

/** The process is gone: nothing that it was doing goes on. */
class Killed extends Error {
  override readonly name = "Killed";
}

/** What a process is a process of, and what it is given. */
export interface ProcessHost {
  readonly runId: string;
  readonly bars: readonly { readonly timeMs: number; readonly price: number }[];
  readonly strategy: StrategyRules;
  readonly symbol: string;
  readonly symInfo: SymInfo;
  readonly policies: BrokersConfig;
  readonly clock: Clock;
  readonly log: Logger;
  readonly ledger: Ledger;
  readonly connection: Connection | null;
  /** What is broken on purpose. */
  readonly breaks: readonly Break[];
  /** Processes of it that came as far as to make their plugin. */
  readonly processes: number;
  /** A person has spoken, and the process has not heard of it. */
  readonly hasCommands: boolean;
  openBooks(): OpenBooks;
  openPlugin(
    process: LabProcess,
    books: OpenBooks,
  ): Promise<{ readonly plugin: BrokerPlugin; close(): void }>;
  /** The process is gone: its books are as it left them. */
  closeBooks(): void;
  /** The run ends in peace. */
  endBooks(): void;
  noteEnd(process: LabProcess): void;
  committed(change: Commit): void;
  /** Runs what the lab itself looks at. */
  watch(look: () => void): void;
  /** Told what is met. */
  note(what: string): void;
}

/**
 * One process of pyne: the real store, engine, actor and desk, from its start to its end or until it is killed. It
 * can be killed at every place where it touches the world: before and after each transaction, before a request leaves,
 * and after it was carried out but before the answer is in. A killed process does nothing any more; what it had begun
 * stands still for ever.
 */
export class LabProcess implements LineOwner {
  readonly runId: string;
  readonly number: number;
  isDead = false;
  /** It has ended in peace, or because the engine wanted it to. */
  hasEnded = false;
  /** Why the engine has ended it. */
  failure: unknown;
  /** Places that may be passed before it is killed, and which count; `null`: all. */
  #killIn = Infinity;
  #killPlace: string | null = null;
  desk: VenueDesk | null = null;
  isLive = false;
  readonly #run: ProcessHost;
  readonly #stop = new AbortController();
  #broker: BrokerRun | null = null;
  #close: (() => void) | null = null;
  #hasStopped = false;

  constructor(run: ProcessHost) {
    this.#run = run;
    this.runId = run.runId;
    this.number = run.processes + 1;
  }

  /** What the engine knows; `null` before there is one. */
  get state(): EngineState | null {
    return this.#broker?.state ?? null;
  }

  get isAlive(): boolean {
    return !this.isDead && !this.hasEnded;
  }

  /** A place at which it may be killed. */
  cross(place: string): boolean {
    if (this.isDead) return true;
    if (this.#killPlace !== null && place !== this.#killPlace) return false;
    if (--this.#killIn > 0) return false;
    this.#run.note(`kill ${place}${this.isLive ? "" : ", while it starts"}`);
    this.kill();
    return true;
  }

  /** It will be killed at a place where it touches the world. @param place `null`: any @param times so many on */
  killAt(place: string | null, times: number): void {
    this.#killPlace = place;
    this.#killIn = times;
  }

  /** From one instant to the next there is no process. */
  kill(): void {
    if (this.isDead) return;
    this.isDead = true;
    this.isLive = false;
    this.#run.connection?.close();
    this.#close?.();
    this.#close = null;
    this.#run.closeBooks();
  }

  /** Starts and goes on until the run is live, or has ended. Failures are kept, not thrown. */
  async start(): Promise<void> {
    const run = this.#run;
    try {
      const books = this.#guard(run.openBooks());
      const { plugin, close } = await run.openPlugin(this, books);
      this.#close = close;
      const { clock, symInfo, symbol, policies, log } = run;
      this.#broker = new BrokerRun({
        ...{ plugin, books, symbol, symInfo, policies, clock, log },
        timeframe: "1",
        capabilities: await plugin.getCapabilities(),
        isDryRun: false,
        // Commands come seldom here, and every look is an instant of its own. What the engine waits for it gets in time.
        pulseMs: 5_000,
        onLine: () => {},
        onEnd: () => this.#end(),
      });
      this.#warmUp(this.#broker, symInfo, run.strategy);
      await this.#broker.prepare(this.#stop.signal);
      if (this.isDead) return;
      this.#broker.goLive(this.#run.bars.at(-1)?.timeMs ?? Number.NaN);
      if (this.isDead || this.#hasStopped) return;
      if (this.desk !== null) this.desk.takesOrders = true;
      this.isLive = true;
    } catch (error) {
      this.#fail(error);
    }
  }

  /** The script runs on a bar that is over: its commands, then what it wants. */
  closeBar(index: number, timeMs: number, price: number, commands: (desk: VenueDesk) => void): void {
    const { desk } = this;
    if (!this.isLive || desk === null) return;
    this.#guarded(() => {
      desk.step({ index, timeMs, open: price, high: price, low: price, close: price });
      commands(desk);
      desk.finish();
    });
  }

  tick(price: number): void {
    if (this.isLive) this.#guarded(() => this.#broker?.tick(price));
  }

  /** Asks it to end, and waits for it. */
  async shutdown(graceMs: number): Promise<void> {
    if (!this.isAlive) return;
    this.isLive = false;
    this.#stop.abort(new Error("shutdown"));
    await this.#broker?.stop(graceMs);
    if (this.isDead) return;
    this.hasEnded = true;
    this.#run.connection?.close();
    this.#run.endBooks();
  }

  get hasFailed(): boolean {
    return this.failure !== undefined;
  }

  #warmUp(broker: BrokerRun, symInfo: SymInfo, strategy: StrategyRules): void {
    const desk = broker.makeDesk(strategy, symInfo, {}) as VenueDesk;
    desk.takesOrders = false;
    for (const [index, { timeMs, price }] of this.#run.bars.entries()) {
      desk.step({ index, timeMs, open: price, high: price, low: price, close: price });
      desk.finish();
    }
    this.desk = desk;
  }

  /** The engine wants the process to end. */
  #end(): void {
    if (this.isDead || this.hasEnded) return;
    this.#hasStopped = true;
    try {
      this.#broker?.throwIfFailed();
    } catch (error) {
      this.failure = error;
    }
    this.isLive = false;
    this.#run.noteEnd(this);
  }

  #fail(error: unknown): void {
    if (this.isDead || error instanceof Killed) return;
    this.failure ??= error;
    this.isLive = false;
    this.#run.noteEnd(this);
  }

  #guarded(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** The books, with the places at which the process may die. */
  #guard(books: OpenBooks): OpenBooks {
    const alive = <T>(action: () => T): T => {
      if (this.isDead) throw new Killed("the process is gone");
      return action();
    };
    const run = this.#run;
    return {
      ...{ runId: books.runId, runInstanceId: books.runInstanceId },
      ...{ runTag: books.runTag, priorTags: books.priorTags },
      load: (rules) => alive(() => forgetful(books.load(rules), run.breaks)),
      commit: (change: Commit) => {
        if (this.cross("before commit")) throw new Killed("killed before a commit");
        run.watch(() => run.ledger.beforeCommit(change));
        if (run.breaks.includes("forgets_dispatch") && change.durable) return;
        books.commit(change);
        run.committed(change);
        if (this.cross("after commit")) throw new Killed("killed after a commit");
      },
      takeCommands: (): readonly OperatorCommand[] =>
        this.isDead || !run.hasCommands ? [] : books.takeCommands(),
      finishCommand: (id, result) => alive(() => books.finishCommand(id, result)),
      isShared: () => alive(() => books.isShared()),
      hasFill: (fillId) => alive(() => books.hasFill(fillId)),
      heartbeat: () => alive(() => books.heartbeat()),
      addRef: (...args) => alive(() => books.addRef(...args)),
      findByRef: (...args) => (this.isDead ? null : books.findByRef(...args)),
      logEvent: (...args) => alive(() => books.logEvent(...args)),
      upsertOrder: (...args) => alive(() => books.upsertOrder(...args)),
      setExchangeId: (...args) => alive(() => books.setExchangeId(...args)),
      setRisk: (...args) => alive(() => books.setRisk(...args)),
      recordResolution: (...args) => alive(() => books.recordResolution(...args)),
      resolutions: () => alive(() => books.resolutions()),
      get onResolution() {
        return books.onResolution;
      },
      set onResolution(listener) {
        books.onResolution = listener;
      },
    };
  }
}
