import type { OrderEvent } from "../../api/broker/orders.ts";
import type { RunContext } from "../../api/broker/store.ts";
import type { BrokerPlugin } from "../../api/plugins/broker.ts";
import type { BrokersConfig } from "../../config/brokers.ts";
import type { Clock } from "../../kernel/clock.ts";
import { type Logger, silentLogger } from "../../kernel/log.ts";
import type { SymInfo } from "../../kernel/syminfo.ts";
import type { StrategyRules } from "../../runtime/strategy/rules.ts";
import type { OpenBooks } from "../broker-run.ts";
import type { VenueDesk } from "../desk/venue-desk.ts";
import type { EngineState } from "../engine/state.ts";
import type { RunIdentity } from "../ids.ts";
import type { Commit } from "../store/commit.ts";
import { ExitAsks } from "./exit-asks.ts";
import { Ledger } from "./ledger.ts";
import type { LabProcess, ProcessHost } from "./process.ts";
import type { Break } from "./profile.ts";
import type { Note } from "./note.ts";
import type { Connection } from "./venue/connection.ts";

/** The books of a process: opened by it, closed by it, and left as they are when it is killed. */
export interface LabBooks {
  readonly open: OpenBooks;
  /** The run ends in peace. */
  end(): void;
  /** The process is gone. */
  drop(): void;
}

/** Where runs keep their books. */
export interface LabStore {
  openRun(identity: RunIdentity, pluginName: string): LabBooks;
  /** What is wrong with a run's event log; empty: nothing. */
  audit(runId: string): readonly string[];
  /** Somebody changes a row of the log behind everybody's back. */
  tamper(): void;
  /** A command for a run, from another process. */
  command(runId: string, command: "pause" | "resume" | "flatten" | "stop"): void;
  close(): void;
}

/** A broker plugin that was made for a process. */
export interface LabBroker {
  readonly plugin: BrokerPlugin;
  readonly connection: Connection | null;
}

/** Makes plugins. */
export type BrokerMaker = (
  run: LabRun,
  process: LabProcess,
  books: RunContext,
) => LabBroker | Promise<LabBroker>;

export interface LabRunOptions {
  /** From 1. */
  readonly number: number;
  readonly identity: RunIdentity;
  readonly runId: string;
  readonly store: LabStore;
  readonly makeBroker: BrokerMaker;
  readonly clock: Clock;
  readonly breaks: readonly Break[];
  readonly symbol: string;
  readonly symInfo: SymInfo;
  readonly strategy: StrategyRules;
  readonly policies: BrokersConfig;
  /** Runs what the lab itself looks at; nothing of it reaches whoever is watched. */
  readonly watch: (look: () => void) => void;
  /** Told what it does; nothing of it goes on when it was too much. */
  readonly did: (what: string) => void;
  /** Told what is met. */
  readonly note: Note;
  /** Whose fill it is; `undefined`: the venue has no such fill. */
  readonly ownerOf: (fillId: string) => string | null | undefined;
}

/** A logical run, through all of its processes. */
export class LabRun implements ProcessHost {
  readonly options: LabRunOptions;
  readonly ledger: Ledger;
  readonly asks = new ExitAsks();
  readonly log: Logger = silentLogger;
  /** Bars that are over, whether or not anybody was there. */
  readonly bars: { readonly timeMs: number; readonly price: number }[] = [];
  /** What the script does when its next bar closes. */
  readonly commands: ((desk: VenueDesk) => void)[] = [];
  process: LabProcess | null = null;
  connection: Connection | null = null;
  /** Of the process of now. */
  plugin: BrokerPlugin | null = null;
  /** A person has spoken, and the process has not heard of it. */
  hasCommands = false;
  /** Its processes ended by themselves, for this. */
  readonly failures: unknown[] = [];
  /** The venue, or the plugin, has been told to refuse some of its orders. */
  hasRefusals = false;
  /** Its broker says that it can trail a stop. */
  canTrail = true;
  /** Of the connection to be, which a new process is given. */
  ackMs = 0;
  delayMs = 0;
  /** How many there have been, the one of now included. */
  processes = 0;
  #books: LabBooks | null = null;

  constructor(options: LabRunOptions) {
    this.options = options;
    this.ledger = new Ledger(options.runId);
  }

  get runId(): string {
    return this.options.runId;
  }
  get clock(): Clock {
    return this.options.clock;
  }
  get symbol(): string {
    return this.options.symbol;
  }
  get symInfo(): SymInfo {
    return this.options.symInfo;
  }
  get strategy(): StrategyRules {
    return this.options.strategy;
  }
  get policies(): BrokersConfig {
    return this.options.policies;
  }
  get breaks(): readonly Break[] {
    return this.options.breaks;
  }
  get isLive(): boolean {
    return this.process?.isLive === true;
  }

  openBooks(): OpenBooks {
    const { identity, store } = this.options;
    this.#books = store.openRun(identity, "lab");
    return this.#books.open;
  }

  /** The process is gone: its books are as it left them. */
  closeBooks(): void {
    this.plugin = null;
    this.#books?.drop();
    this.#books = null;
  }

  endBooks(): void {
    this.plugin = null;
    this.#books?.end();
    this.#books = null;
  }

  async openPlugin(
    process: LabProcess,
    books: OpenBooks,
  ): Promise<{ plugin: BrokerPlugin; close: () => void }> {
    this.processes++;
    const { plugin, connection } = await this.options.makeBroker(this, process, books);
    this.plugin = plugin;
    plugin.storeCtx = books;
    const watch = plugin.watchOrders.bind(plugin);
    plugin.watchOrders = (signal) => this.#counted(process, watch(signal));
    this.canTrail = (await plugin.getCapabilities()).trailingStop !== "unsupported";
    plugin.onUnexpectedCancel = this.policies.on_unexpected_cancel;
    plugin.onInventoryConflict = this.policies.on_inventory_conflict;
    this.connection = connection;
    if (connection !== null) {
      connection.line.ackMs = this.ackMs;
      connection.feed.delayMs = this.delayMs;
    }
    await plugin.connect();
    return { plugin, close: () => connection?.close() };
  }

  /** What a stream tells; of one that never ends telling nobody waits for the end. */
  async *#counted(process: LabProcess, events: AsyncIterable<OrderEvent>): AsyncIterable<OrderEvent> {
    for await (const event of events) {
      this.options.did("an event of the stream");
      if (process.isDead) await new Promise(() => {});
      yield event;
    }
  }

  watch(look: () => void): void {
    this.options.watch(look);
  }

  note(what: string): void {
    this.options.note(what);
  }

  /** The process has ended by itself. */
  noteEnd(process: LabProcess): void {
    if (process.failure !== undefined) this.failures.push(process.failure);
  }

  /** Notes what the script wants of the venue. */
  seeWishes({ wanted, nowMs }: EngineState): void {
    if (wanted !== null) this.ledger.want(wanted.values(), nowMs);
  }

  /** What the script has placed, and not found in its book. */
  #seePlaced({ fact, before, after }: Commit): void {
    if (fact.kind !== "evaluated" || fact.isInherited === true) return;
    for (const { key, generation } of after.wanted?.values() ?? [])
      if (before.wanted?.get(key)?.generation !== generation)
        this.ledger.placed(key, generation, after.nowMs);
  }

  /** A transaction of it is there to stay. */
  committed(change: Commit): void {
    const { watch, did, ownerOf } = this.options;
    did(`the fact ${change.fact.kind}`);
    watch(() => {
      this.#seePlaced(change);
      this.seeWishes(change.after);
      this.ledger.afterCommit(change, ownerOf);
    });
  }
}
