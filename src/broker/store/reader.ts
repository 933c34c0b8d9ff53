import { constants, Database } from "bun:sqlite";
import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";

import { RuntimeFailure, UsageError } from "../../kernel/errors.ts";
import { storeFailure } from "./connection.ts";
import { codeOf, StoreVersionError } from "./errors.ts";
import { isRunLocked } from "./run-lock.ts";
import { migrations } from "./schema.ts";

/** A run as its row has it; times in ms. */
export interface RunRow {
  readonly run_instance_id: number;
  readonly run_id: string;
  readonly run_tag: string;
  readonly strategy_id: string;
  readonly script_path: string;
  readonly symbol: string;
  readonly timeframe: string;
  readonly account_id: string;
  readonly run_label: string | null;
  readonly plugin_name: string;
  readonly started_ts_ms: number;
  readonly last_heartbeat_ts_ms: number;
  readonly ended_ts_ms: number | null;
  readonly end_reason: string | null;
  readonly pid: number;
  readonly host: string;
  readonly event_seq: number;
  readonly event_hash: string;
}

/** `live`: a process has it. `dead`: it ended without saying so. */
export type RunStatus = "live" | "ended" | "dead";

/** A run with what it has done. */
export interface RunSummary extends RunRow {
  readonly status: RunStatus;
  /** That this process has sent, whichever has them now. */
  readonly orders: number;
  /** That this process has booked. */
  readonly fills: number;
  /** Signed, of the logical run. */
  readonly position: number;
  readonly paused: boolean;
}

/** How often, and how long apart, ms, a file without tables is looked at before it is taken for empty. */
const mostLooks = 40;
const lookMs = 25;

function nothingTraded(why: string): RuntimeFailure {
  return new RuntimeFailure(`nothing has been traded in this workdir: ${why}`, {
    hint: "pyne run SCRIPT DATA --broker trades; pyne run SCRIPT paper:DATA@TF --broker does it without money",
  });
}

/** Orders by the process that sent them: the newest of their run that had started by then. */
const sentQuery = `
  SELECT COALESCE((SELECT sender.run_instance_id FROM runs AS sender
      WHERE sender.run_id = owner.run_id AND sender.started_ts_ms <= orders.created_ts_ms
      ORDER BY sender.run_instance_id DESC LIMIT 1), owner.run_instance_id) AS id,
    COUNT(*) AS n
  FROM orders JOIN runs AS owner USING (run_instance_id) GROUP BY 1`;

/** Opens a file that is there, also one on a medium that nobody can write to. */
function openForReading(path: string): Database {
  try {
    const db = new Database(path, { readwrite: true, create: false, strict: true });
    db.run("PRAGMA busy_timeout = 5000");
    db.query("PRAGMA user_version").get();
    return db;
  } catch (error) {
    // Without a log beside it everything is in the file itself.
    if (!/^SQLITE_(READONLY|CANTOPEN)/.test(codeOf(error)) || existsSync(`${path}-wal`)) throw error;
    const { SQLITE_OPEN_READONLY, SQLITE_OPEN_URI } = constants;
    return new Database(`${pathToFileURL(path).href}?immutable=1`, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
  }
}

/** Reads the books of all runs, and writes nothing but an operator's commands. */
export class StoreReader implements Disposable {
  readonly db: Database;
  readonly path: string;

  /** @throws RuntimeFailure when there is no such file, or nothing in it; StoreUnusableError, StoreVersionError */
  constructor(path: string) {
    this.path = path;
    if (!existsSync(path)) throw nothingTraded(`there is no ${path}`);
    try {
      this.db = openForReading(path);
      const version = this.#version();
      if (version === 0) throw nothingTraded(`${path} is empty`);
      const newest = migrations.at(-1)!.version;
      if (version !== newest)
        throw new StoreVersionError(`${path} is of version ${version}; this pyne reads ${newest}`, {
          hint: version > newest ? "use a newer pyne" : "the next run with --broker brings it up to date",
        });
    } catch (error) {
      throw storeFailure(error, path);
    }
  }

  /** Of its tables; 0: it has none, and nobody is about to make them. */
  #version(): number {
    const query = this.db.query<{ user_version: number }, []>("PRAGMA user_version");
    for (let looks = 0; ; looks++) {
      const { user_version: version } = query.get()!;
      if (version !== 0 || looks >= mostLooks) return version;
      // A run that starts makes the file first and its tables then.
      Bun.sleepSync(lookMs);
    }
  }

  /** All runs, the newest first. */
  runs(): RunSummary[] {
    return this.#read(() => {
      const sent = new Map(
        this.db
          .query<{ id: number; n: number }, []>(sentQuery)
          .all()
          .map(({ id, n }) => [id, n]),
      );
      return this.db
        .query<RunRow, []>("SELECT * FROM runs ORDER BY run_instance_id DESC")
        .all()
        .map((row) => this.#summary(row, sent.get(row.run_instance_id) ?? 0));
    });
  }

  /**
   * The run that a person means: the number of an instance, a run's id or its label, or a part of an id that only one
   * has. Of several instances of a run it is the newest.
   * @throws UsageError naming what there is
   */
  find(text: string): RunSummary {
    const runs = this.runs();
    const newest = [...new Map(runs.toReversed().map((run) => [run.run_id, run])).values()].toReversed();
    const exact =
      runs.find(({ run_instance_id }) => String(run_instance_id) === text) ??
      newest.find(({ run_id }) => run_id === text);
    if (exact !== undefined) return exact;
    const meant = [
      newest.filter(({ run_label }) => run_label === text),
      newest.filter(({ run_id }) => text !== "" && run_id.includes(text)),
    ].find(({ length }) => length > 0);
    if (meant?.length === 1) return meant[0]!;
    const known = (meant ?? newest).slice(0, 5).map(({ run_id }) => run_id);
    throw new UsageError(
      meant === undefined ? `there is no run "${text}"` : `"${text}" may be any of ${meant.length} runs`,
      { hint: known.length === 0 ? "nothing has been traded yet" : `name one of ${known.join(", ")}` },
    );
  }

  /** Every row that a query finds. */
  all<Row>(query: string, ...values: (string | number | null)[]): Row[] {
    return this.#read(() => this.db.query<Row, (string | number | null)[]>(query).all(...values));
  }

  /**
   * Leaves a command for a run that is live.
   * @returns its number
   */
  command(run: RunRow, command: string, nowMs: number): number {
    const { lastInsertRowid } = this.db
      .query("INSERT INTO commands (run_id, run_instance_id, command, created_ts_ms) VALUES (?, ?, ?, ?)")
      .run(run.run_id, run.run_instance_id, command, Math.round(nowMs));
    return Number(lastInsertRowid);
  }

  /** What came of a command; `undefined`: nothing yet. */
  answer(id: number): string | undefined {
    return (
      this.db.query<{ result: string | null }, [number]>("SELECT result FROM commands WHERE id = ?").get(id)
        ?.result ?? undefined
    );
  }

  /** Takes a command back that nobody has taken. @returns whether nobody had */
  withdraw(id: number): boolean {
    return this.db.query("DELETE FROM commands WHERE id = ? AND taken_ts_ms IS NULL").run(id).changes > 0;
  }

  [Symbol.dispose](): void {
    this.db.close();
  }

  #isLive(runId: string): boolean {
    try {
      return isRunLocked(this.path, runId);
    } catch {
      // Where no lock can be taken, nobody trades.
      return false;
    }
  }

  /** @throws StoreUnusableError */
  #read<Result>(look: () => Result): Result {
    try {
      return look();
    } catch (error) {
      throw storeFailure(error, this.path);
    }
  }

  #summary(row: RunRow, orders: number): RunSummary {
    const fills = this.db
      .query<{ n: number }, [number]>("SELECT COUNT(*) AS n FROM fills WHERE run_instance_id = ?")
      .get(row.run_instance_id);
    const state = this.db
      .query<{ position: number; paused: number }, [string]>(
        "SELECT position, paused FROM run_state WHERE run_id = ?",
      )
      .get(row.run_id);
    return {
      ...row,
      status: row.ended_ts_ms !== null ? "ended" : this.#isLive(row.run_id) ? "live" : "dead",
      orders,
      fills: fills?.n ?? 0,
      position: state?.position ?? 0,
      paused: state?.paused === 1,
    };
  }
}
