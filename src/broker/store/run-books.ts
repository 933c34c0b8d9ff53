import type { OrderChanges, RiskLevels, RunContext, StoredOrder } from "../../api/broker/store.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { HeldLock } from "../../config/file-lock.ts";
import type { EngineRules } from "../engine/state.ts";
import { type Claimant, claimAsset, heartbeatAsset, releaseAsset, type SpotAssets } from "./asset-lease.ts";
import type { Commit } from "./commit.ts";
import { type Connection, storeFailure } from "./connection.ts";
import { RunEndedError } from "./errors.ts";
import { EventLog } from "./event-log.ts";
import type { StoreFiles } from "./files.ts";
import { FillRows } from "./fill-rows.ts";
import { loadState, type StoredState } from "./load.ts";
import { Neighbours } from "./neighbours.ts";
import { endRun, type OpenedRun, type RunDescription } from "./open-run.ts";
import { PluginRows, type Resolution } from "./plugin-rows.ts";
import { Projections } from "./projections.ts";
import { purge, purgeEveryMs } from "./retention.ts";
import { linesOf } from "./step-lines.ts";

/** How often a run says that it is alive at most, ms. */
const heartbeatMs = 60_000;

/** A command of an operator that nobody has taken yet. */
export interface WaitingCommand {
  readonly id: number;
  readonly command: "pause" | "resume" | "flatten" | "stop";
}

/** What the books of a run are made of. */
export interface BooksParts {
  readonly connection: Connection;
  readonly run: RunDescription;
  readonly opened: OpenedRun;
  readonly lock: HeldLock;
  readonly clock: Clock;
  readonly files: StoreFiles;
}

/**
 * The books of one run that trades: what the engine commits, and what the plugin keeps. Every call is a transaction of
 * its own unless `transaction` holds several together; each has returned only when it is there to stay.
 *
 * @throws RunEndedError from every write once a later process has taken the run over
 */
export class RunBooks implements RunContext {
  readonly runId: string;
  readonly runInstanceId: string;
  /** Four characters that name the run in client order ids. */
  readonly runTag: string;
  /** Tags under which orders of the same run were sent before. */
  readonly priorTags: readonly string[];
  /** Orders of earlier processes that are now this one's. */
  readonly adopted: number;
  readonly #instance: number;
  readonly #claimant: Claimant;
  readonly #connection: Connection;
  readonly #log: EventLog;
  readonly #projections: Projections;
  readonly #fills: FillRows;
  readonly #rows: PluginRows;
  readonly #neighbours: Neighbours;
  readonly #lock: HeldLock;
  readonly #clock: Clock;
  readonly #files: StoreFiles;
  readonly #statements;
  #lastGeneration = 0;
  #heartbeatMs: number;
  /** When history was last seen to hold nothing that is too old. */
  #purgedMs = -Infinity;
  #hasAsset = false;
  /** Told what a plugin found out about a write, when it is written. */
  onResolution: (resolution: Resolution) => void = () => {};
  /** What `PRAGMA data_version` said when commands were looked for last: it changes when another process has written. */
  #dataVersion = -1;
  #isClosed = false;

  constructor({ connection, run, opened, lock, clock, files }: BooksParts) {
    const { db } = connection;
    this.runId = opened.runId;
    this.runInstanceId = String(opened.runInstanceId);
    this.runTag = opened.tag;
    this.priorTags = opened.priorTags;
    this.adopted = opened.adopted;
    this.#instance = opened.runInstanceId;
    this.#connection = connection;
    this.#log = new EventLog(db);
    const owner = { ...opened, pluginName: run.pluginName, symbol: run.symbol, accountId: run.accountId };
    this.#claimant = owner;
    this.#projections = new Projections(db, owner);
    this.#fills = new FillRows(db, owner);
    this.#rows = new PluginRows(db, owner);
    this.#neighbours = new Neighbours(db, owner);
    this.#lock = lock;
    this.#clock = clock;
    this.#files = files;
    this.#heartbeatMs = clock.nowMs();
    this.#statements = {
      dataVersion: db.prepare<{ data_version: number }, []>("PRAGMA data_version"),
      waiting: db.prepare<WaitingCommand, [number]>(
        "SELECT id, command FROM commands WHERE run_instance_id = ? AND taken_ts_ms IS NULL ORDER BY id",
      ),
      take: db.prepare("UPDATE commands SET taken_ts_ms = ? WHERE id = ?"),
      finish: db.prepare("UPDATE commands SET finished_ts_ms = ?, result = ? WHERE id = ?"),
      heartbeat: db.prepare(
        "UPDATE runs SET last_heartbeat_ts_ms = ? WHERE run_instance_id = ? AND ended_ts_ms IS NULL",
      ),
    };
  }

  /**
   * What earlier processes have left, under the rules of now.
   * @throws StoreUnusableError when it cannot be read
   */
  load(rules: EngineRules): StoredState {
    const stored = this.#stored(rules);
    this.#projections.know(stored.lots);
    this.#lastGeneration = stored.lastGeneration;
    return stored;
  }

  #stored(rules: EngineRules): ReturnType<typeof loadState> {
    const { db, path } = this.#connection;
    try {
      return loadState(db, { runId: this.runId, runInstanceId: this.#instance }, this.#fills.all(), rules);
    } catch (error) {
      throw storeFailure(error, path);
    }
  }

  /**
   * Writes a step of the engine: its facts, what it booked, and the records that changed, all or nothing.
   * @throws RunEndedError, DuplicateFillError, StoreBusyError, StoreUnusableError; then nothing of it may happen
   */
  commit(change: Commit): void {
    for (const { generation } of change.after.wanted?.values() ?? [])
      if (generation > this.#lastGeneration) this.#lastGeneration = generation;
    const undo = this.#projections.remember();
    try {
      this.#write(change.durable, () => {
        this.#log.append(this.#instance, linesOf(change));
        for (const fill of change.fills) this.#fills.book(fill);
        this.#projections.write(change.before, change.after, this.#lastGeneration);
      });
    } catch (error) {
      undo();
      throw error;
    }
  }

  /** Whether this run, in any of its lives, has booked an execution. One indexed read. */
  hasFill(fillId: string): boolean {
    return this.#fills.has(fillId);
  }

  /**
   * Whether other runs trade the symbol on the account: those that are live, and those that have left a position or
   * orders. Costs next to nothing when nobody has written.
   */
  isShared(): boolean {
    return this.#neighbours.areThere();
  }

  /** Commands of operators that nobody has taken yet; they are taken now. Costs next to nothing when nobody has written. */
  takeCommands(): readonly WaitingCommand[] {
    const version = this.#statements.dataVersion.get()?.data_version ?? 0;
    if (version === this.#dataVersion) return [];
    this.#dataVersion = version;
    const waiting = this.#statements.waiting.all(this.#instance);
    if (waiting.length === 0) return waiting;
    this.#write(false, () => {
      for (const { id } of waiting) this.#statements.take.run(this.#nowMs, id);
    });
    return waiting;
  }

  /** What came of a command, for whoever waits for it. */
  finishCommand(id: number, result: string): void {
    this.#write(false, () => this.#statements.finish.run(this.#nowMs, result, id));
  }

  /**
   * Says that the run is alive, at most once a minute, and throws a little of what is too old away.
   * @returns why the run must open nothing more, if it must not
   */
  heartbeat(): string | undefined {
    if (this.#nowMs - this.#heartbeatMs < heartbeatMs) return undefined;
    this.#heartbeatMs = this.#nowMs;
    const isOwner = this.#write(false, () => {
      this.#statements.heartbeat.run(this.#nowMs, this.#instance);
      return !this.#hasAsset || heartbeatAsset(this.#connection.db, this.#instance, this.#nowMs);
    });
    this.purge();
    this.#connection.checkpoint();
    return isOwner ? undefined : "the coin that this run trades was taken from it";
  }

  /**
   * Throws a batch of what is too old away, unless a look at it found nothing less than a day ago. What fails is tried
   * again: nothing waits for it.
   */
  purge(): void {
    if (this.#nowMs - this.#purgedMs < purgeEveryMs) return;
    try {
      const purged = this.#write(false, () => {
        const went = purge(this.#connection.db, this.#nowMs);
        if (Object.values(went).some((count) => count > 0))
          this.#log.append(this.#instance, [
            { kind: "history_purged", tsMs: this.#nowMs, payload: { ...went } },
          ]);
        return went;
      });
      if (Object.values(purged).every((count) => count === 0)) this.#purgedMs = this.#nowMs;
    } catch (error) {
      if (error instanceof RunEndedError) throw error;
    }
  }

  /**
   * Takes a coin of a spot account for this run, for as long as it lives.
   * @throws AssetTakenError when another live run trades it or pays with it
   */
  claimAsset(assets: SpotAssets): void {
    const { db, path } = this.#connection;
    this.#write(true, () =>
      claimAsset(db, this.#claimant, assets, this.#nowMs, (runId) => this.#files.isLocked(path, runId)),
    );
    this.#hasAsset = true;
  }

  /** Several calls as one transaction; nothing of it stays when any of them fails. It must not wait for anything. */
  transaction<Result>(work: () => Result): Result {
    return this.#write(true, work);
  }

  addRef(clientOrderId: string, kind: string, ref: string): void {
    this.#write(true, () => this.#rows.addRef(clientOrderId, kind, ref, this.#nowMs));
  }

  findByRef(kind: string, ref: string): StoredOrder | null {
    return this.#rows.findByRef(kind, ref);
  }

  logEvent(
    kind: string,
    details: { readonly clientOrderId?: string; readonly payload?: Readonly<Record<string, unknown>> } = {},
  ): void {
    this.#write(true, () => this.#log.append(this.#instance, [{ kind, tsMs: this.#nowMs, ...details }]));
  }

  upsertOrder(clientOrderId: string, changes: OrderChanges): void {
    this.#write(true, () => this.#rows.upsertOrder(clientOrderId, changes, this.#nowMs));
  }

  recordResolution(clientOrderId: string, resolution: Resolution["resolution"]): void {
    this.#write(true, () => this.#rows.resolve(clientOrderId, resolution));
    this.onResolution({ clientOrderId, resolution });
  }

  /** What a plugin found out and the engine has not acted on: its process ended in between. */
  resolutions(): readonly Resolution[] {
    return this.#rows.resolutions();
  }

  setExchangeId(clientOrderId: string, exchangeId: string): void {
    this.upsertOrder(clientOrderId, { exchangeId });
  }

  setRisk(clientOrderId: string, levels: RiskLevels): void {
    this.#write(true, () => this.#rows.setRisk(clientOrderId, levels, this.#nowMs));
  }

  /** Ends the run: its row says so, and another process may open it. @param reason a word for the row */
  close(reason = "ended"): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      const { db } = this.#connection;
      this.#connection.transaction(true, () => {
        releaseAsset(db, this.#instance);
        endRun(db, this.#log, this.#instance, this.#nowMs, reason, {
          kind: "run_ended",
          tsMs: this.#nowMs,
          payload: { reason },
        });
      });
    } catch (error) {
      // Whoever took the run over has ended it already.
      if (!(error instanceof RunEndedError)) throw error;
    } finally {
      this.#lock.release();
    }
  }

  /** Lets go of the run as the end of the process would: its row stays as it is. */
  abandon(): void {
    this.#isClosed = true;
    this.#lock.release();
  }

  get #nowMs(): number {
    return Math.round(this.#clock.nowMs());
  }

  /** Every write makes sure that the run is still this process's. */
  #write<Result>(isDurable: boolean, work: () => Result): Result {
    return this.#connection.transaction(isDurable, () => {
      this.#log.append(this.#instance, []);
      return work();
    });
  }
}
