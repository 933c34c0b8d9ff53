import { Database } from "bun:sqlite";
import { chmodSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";

import { ManualInterventionError, ProviderError } from "pynecore/plugin";

import type { PaperOrder } from "./exchange/order.ts";
import type { ExchangeEvent, ExchangeState } from "./exchange/state.ts";

/**
 * The books of an account as a venue keeps them: one SQLite file, every change in it before anybody is told. What was
 * committed is there after the process was killed.
 */

/** Where in its market an account is. */
export interface MarketCursor {
  /** Bars of the file that are over and were worked off; of another provider's market 0. */
  bars: number;
  /** Parts of the next bar that the exchange has seen. */
  parts: number;
}

/** What an account is bound to. */
export interface AccountIdentity {
  /** In words, for messages. */
  readonly market: string;
  readonly rules: string;
  /** Bars that were hashed, and their hash; of another provider's market none. */
  readonly data: { readonly bars: number; readonly hash: string } | null;
}

export interface SavedAccount {
  /** How often the account began anew, from 1. */
  readonly life: number;
  readonly identity: AccountIdentity;
  readonly state: ExchangeState;
  readonly cursor: MarketCursor;
}

/** What one change comes to. */
export interface AccountChange {
  readonly state: ExchangeState;
  readonly cursor: MarketCursor;
  readonly orders: readonly PaperOrder[];
  readonly events: readonly ExchangeEvent[];
  /** Number of the last event that was read. */
  readonly delivered: number;
}

const layout = `
  CREATE TABLE IF NOT EXISTS account (
    id INTEGER PRIMARY KEY CHECK (id = 1), life INTEGER NOT NULL, body TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS orders (
    id TEXT PRIMARY KEY, client_order_id TEXT NOT NULL UNIQUE, is_live INTEGER NOT NULL, body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS live_orders ON orders (id) WHERE is_live = 1;
  CREATE TABLE IF NOT EXISTS events (number INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS fills (
    fill_id TEXT PRIMARY KEY, ts_ms INTEGER NOT NULL, client_order_id TEXT NOT NULL, side TEXT NOT NULL,
    qty REAL NOT NULL, price REAL NOT NULL, fee REAL NOT NULL, size_after REAL NOT NULL
  ) STRICT;
`;

export class AccountStore {
  readonly #db: Database;
  readonly #statements: ReturnType<typeof prepare>;
  #life = 1;
  #identity: AccountIdentity | undefined;

  /**
   * @param path `:memory:` for an account that is forgotten
   * @throws ProviderError when another process has the account; ManualInterventionError for a damaged file
   */
  constructor(path: string) {
    const db = opened(path);
    try {
      // One process at a time: a second one would trade on a market that has gone on without it.
      db.run("PRAGMA busy_timeout = 250");
      db.run("PRAGMA locking_mode = EXCLUSIVE");
      db.run("PRAGMA journal_mode = WAL");
      db.run("PRAGMA synchronous = NORMAL");
      // Whose money it is, is nobody else's business.
      if (path !== ":memory:") chmodSync(path, 0o600);
      db.transaction(() => db.run(layout)).immediate();
      this.#db = db;
      this.#statements = prepare(db);
    } catch (error) {
      db.close();
      throw failureOf(error, path);
    }
  }

  get life(): number {
    return this.#life;
  }

  /** What is there; `undefined`: nobody has ever ordered anything. */
  load(): SavedAccount | undefined {
    const row = this.#statements.account.get();
    return row === null ? undefined : { ...(JSON.parse(row.body) as SavedAccount), life: row.life };
  }

  /** Says what is written from now on. */
  bind(identity: AccountIdentity, life: number): void {
    this.#identity = identity;
    this.#life = life;
  }

  /** Forgets the orders, fills and events of an earlier life. */
  clear(): void {
    this.#db
      .transaction(() => {
        for (const table of ["account", "orders", "events", "fills"]) this.#db.run(`DELETE FROM ${table}`);
      })
      .immediate();
  }

  /** One transaction; when it returns, the change is there to stay. */
  readonly save = (change: AccountChange): void => {
    const { state, cursor, orders, events, delivered } = change;
    const { save, order, event, fill, forget } = this.#statements;
    this.#db
      .transaction(() => {
        save.run(this.#life, JSON.stringify({ identity: this.#identity, state, cursor }));
        forget.run(delivered);
        for (const one of orders)
          order.run(one.id, one.clientOrderId, one.isLive ? 1 : 0, JSON.stringify(one));
        for (const one of events) {
          event.run(one.number, JSON.stringify(one));
          if (one.fill === undefined) continue;
          const { fillId, qty, price, fee, size } = one.fill;
          const { clientOrderId = "", side } = one.order;
          fill.run(fillId, Math.round(one.atMs), clientOrderId, side, qty, price, fee, size);
        }
      })
      .immediate();
  };

  /** Orders as they were written, `null` where a number is not there. */
  liveOrders(): readonly Readonly<Record<string, unknown>>[] {
    return this.#statements.live.all().map(({ body }) => JSON.parse(body) as Record<string, unknown>);
  }

  orderBy(clientOrderId: string): Readonly<Record<string, unknown>> | undefined {
    const row = this.#statements.byClientOrderId.get(clientOrderId);
    return row === null ? undefined : (JSON.parse(row.body) as Record<string, unknown>);
  }

  openedBy(entryId: string): string | undefined {
    return this.#statements.openedBy.get(entryId)?.id;
  }

  /** Events that nobody is known to have read, oldest first. */
  events(): readonly ExchangeEvent[] {
    return this.#statements.events.all().map(({ body }) => JSON.parse(body) as ExchangeEvent);
  }

  close(): void {
    this.#db.close();
  }
}

function opened(path: string): Database {
  try {
    if (path !== ":memory:") mkdirSync(dirname(path), { recursive: true });
    return new Database(path);
  } catch (error) {
    throw failureOf(error, path);
  }
}

function prepare(db: Database) {
  return {
    account: db.query<{ life: number; body: string }, []>("SELECT life, body FROM account"),
    save: db.query("INSERT OR REPLACE INTO account (id, life, body) VALUES (1, ?, ?)"),
    order: db.query(
      "INSERT INTO orders (id, client_order_id, is_live, body) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET is_live = excluded.is_live, body = excluded.body",
    ),
    event: db.query("INSERT INTO events (number, body) VALUES (?, ?)"),
    fill: db.query("INSERT INTO fills VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
    forget: db.query("DELETE FROM events WHERE number <= ?"),
    live: db.query<{ body: string }, []>("SELECT body FROM orders WHERE is_live = 1"),
    byClientOrderId: db.query<{ body: string }, [string]>(
      "SELECT body FROM orders WHERE client_order_id = ?",
    ),
    openedBy: db.query<{ id: string }, [string]>(
      "SELECT client_order_id AS id FROM orders WHERE body ->> 'pineId' = ? AND body ->> 'legType' = 'entry' AND body ->> 'filledQty' > 0 ORDER BY rowid DESC LIMIT 1",
    ),
    events: db.query<{ body: string }, []>("SELECT body FROM events ORDER BY number"),
  };
}

function failureOf(error: unknown, path: string): Error {
  const { code } = error as { code?: unknown };
  if (code === "SQLITE_BUSY" || code === "SQLITE_BUSY_SNAPSHOT" || code === "SQLITE_LOCKED") {
    return new ProviderError(`another pyne process trades on the account of ${path}`, {
      cause: error,
      hint: "a paper account serves one run at a time: name another one with account in config/plugins/paper.toml",
    });
  }
  // Nothing is wrong with the account where the file only cannot be reached.
  const isOutOfReach = /^(SQLITE_(CANTOPEN|READONLY|IOERR|FULL|PERM)|E[A-Z]+$)/.test(String(code));
  return new ManualInterventionError(
    `the books of the paper account ${path} cannot be opened: ${messageOf(error)}`,
    {
      cause: error,
      hint: isOutOfReach
        ? "the file and its folder must be yours to write, with room on the disk"
        : "move the file away to begin anew",
    },
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
