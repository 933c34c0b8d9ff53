/** The tables, as steps that each make the next version out of the one before. A step that was released never changes. */

export interface Migration {
  readonly version: number;
  readonly description: string;
  readonly sql: string;
}

/** A run whose last sign of life is older is taken for dead, ms. */
export const staleAfterMs = 300_000;

export const migrations: readonly Migration[] = [
  {
    version: 1,
    description: "runs, their orders, events and fills, and what the engine of each keeps",
    sql: `
      CREATE TABLE runs (
        run_instance_id INTEGER PRIMARY KEY AUTOINCREMENT,
        run_id TEXT NOT NULL,
        run_tag TEXT NOT NULL,
        strategy_id TEXT NOT NULL,
        script_path TEXT NOT NULL,
        symbol TEXT NOT NULL,
        timeframe TEXT NOT NULL,
        account_id TEXT NOT NULL,
        run_label TEXT,
        plugin_name TEXT NOT NULL,
        started_ts_ms INTEGER NOT NULL,
        last_heartbeat_ts_ms INTEGER NOT NULL,
        ended_ts_ms INTEGER,
        end_reason TEXT,
        pid INTEGER NOT NULL,
        host TEXT NOT NULL,
        event_seq INTEGER NOT NULL DEFAULT 0,
        event_hash TEXT NOT NULL DEFAULT ''
      ) STRICT;
      CREATE UNIQUE INDEX runs_one_live ON runs (run_id) WHERE ended_ts_ms IS NULL;
      CREATE INDEX runs_run ON runs (run_id, run_instance_id);
      CREATE INDEX runs_heartbeat ON runs (last_heartbeat_ts_ms) WHERE ended_ts_ms IS NULL;

      CREATE TABLE run_tags (
        run_id TEXT NOT NULL,
        run_tag TEXT NOT NULL,
        first_ts_ms INTEGER NOT NULL,
        PRIMARY KEY (run_id, run_tag)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE run_state (
        run_id TEXT PRIMARY KEY,
        last_generation INTEGER NOT NULL,
        position REAL NOT NULL,
        paused INTEGER NOT NULL,
        updated_ts_ms INTEGER NOT NULL,
        body TEXT NOT NULL
      ) STRICT;

      CREATE TABLE envelopes (
        run_id TEXT NOT NULL,
        intent_key TEXT NOT NULL,
        generation INTEGER NOT NULL,
        phase TEXT NOT NULL,
        bar_ts_ms INTEGER NOT NULL,
        retry_seq INTEGER NOT NULL,
        filled_qty REAL NOT NULL,
        updated_ts_ms INTEGER NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (run_id, intent_key)
      ) STRICT;

      CREATE TABLE pending_verifications (
        run_id TEXT NOT NULL,
        client_order_id TEXT NOT NULL,
        intent_key TEXT NOT NULL,
        parked_ts_ms INTEGER NOT NULL,
        resolution TEXT CHECK (resolution IN ('attached', 'rejected')),
        dispatch_kind TEXT NOT NULL DEFAULT 'new',
        order_ids TEXT NOT NULL DEFAULT '[]',
        obligation_id TEXT NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (run_id, client_order_id)
      ) STRICT;

      CREATE TABLE obligations (
        run_id TEXT NOT NULL,
        obligation_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        intent_key TEXT,
        since_ts_ms INTEGER NOT NULL,
        attempts INTEGER NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (run_id, obligation_id)
      ) STRICT;

      CREATE TABLE watches (
        run_id TEXT NOT NULL,
        watch_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        state TEXT NOT NULL,
        intent_key TEXT NOT NULL,
        level REAL,
        updated_ts_ms INTEGER NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (run_id, watch_id)
      ) STRICT;

      CREATE TABLE outbox (
        run_id TEXT NOT NULL,
        effect_id INTEGER NOT NULL,
        kind TEXT NOT NULL,
        intent_key TEXT,
        created_ts_ms INTEGER NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (run_id, effect_id)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE lots (
        run_id TEXT NOT NULL,
        number INTEGER NOT NULL,
        entry_id TEXT NOT NULL,
        side TEXT NOT NULL,
        qty REAL NOT NULL,
        price REAL,
        opened_ts_ms INTEGER NOT NULL,
        fill_id TEXT NOT NULL,
        client_order_id TEXT NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (run_id, number)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE orders (
        run_instance_id INTEGER NOT NULL REFERENCES runs,
        client_order_id TEXT NOT NULL,
        plugin_name TEXT NOT NULL,
        intent_key TEXT,
        generation INTEGER,
        id_kind TEXT,
        leg_type TEXT,
        exchange_order_id TEXT,
        symbol TEXT NOT NULL,
        side TEXT,
        qty REAL,
        filled_qty REAL NOT NULL DEFAULT 0,
        limit_price REAL,
        stop_price REAL,
        status TEXT,
        state TEXT NOT NULL,
        from_entry TEXT,
        pine_entry_id TEXT,
        sl_level REAL,
        tp_level REAL,
        trailing_stop INTEGER NOT NULL DEFAULT 0,
        trailing_distance REAL,
        created_ts_ms INTEGER NOT NULL,
        updated_ts_ms INTEGER NOT NULL,
        closed_ts_ms INTEGER,
        is_kept INTEGER NOT NULL DEFAULT 1,
        extras TEXT NOT NULL DEFAULT '{}',
        body TEXT,
        PRIMARY KEY (run_instance_id, client_order_id)
      ) STRICT;
      CREATE INDEX orders_live ON orders (run_instance_id, symbol) WHERE closed_ts_ms IS NULL;
      CREATE INDEX orders_live_from ON orders (run_instance_id, from_entry) WHERE closed_ts_ms IS NULL;
      CREATE INDEX orders_kept ON orders (run_instance_id) WHERE is_kept = 1;
      CREATE INDEX orders_live_exchange ON orders (symbol, plugin_name, exchange_order_id)
        WHERE closed_ts_ms IS NULL;
      CREATE INDEX orders_closed ON orders (closed_ts_ms) WHERE is_kept = 0;

      CREATE TABLE order_refs (
        run_instance_id INTEGER NOT NULL REFERENCES runs,
        ref_type TEXT NOT NULL,
        ref_value TEXT NOT NULL,
        client_order_id TEXT NOT NULL,
        created_ts_ms INTEGER NOT NULL,
        PRIMARY KEY (run_instance_id, ref_type, ref_value)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX order_refs_order ON order_refs (run_instance_id, client_order_id);

      CREATE TABLE events (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        run_instance_id INTEGER NOT NULL REFERENCES runs,
        seq INTEGER NOT NULL,
        ts_ms INTEGER NOT NULL,
        plugin_name TEXT NOT NULL,
        kind TEXT NOT NULL,
        client_order_id TEXT,
        exchange_order_id TEXT,
        intent_key TEXT,
        payload TEXT NOT NULL,
        prev_hash TEXT NOT NULL,
        hash TEXT NOT NULL
      ) STRICT;
      CREATE INDEX events_time ON events (run_instance_id, ts_ms);
      CREATE INDEX events_order ON events (run_instance_id, client_order_id)
        WHERE client_order_id IS NOT NULL;
      CREATE INDEX events_kind ON events (run_instance_id, kind, ts_ms);

      CREATE TABLE event_gaps (
        run_instance_id INTEGER NOT NULL REFERENCES runs,
        first_seq INTEGER NOT NULL,
        last_seq INTEGER NOT NULL,
        prev_hash TEXT NOT NULL,
        hash TEXT NOT NULL,
        PRIMARY KEY (run_instance_id, first_seq)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE fills (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        run_id TEXT NOT NULL,
        run_instance_id INTEGER NOT NULL REFERENCES runs,
        plugin_name TEXT NOT NULL,
        account_id TEXT NOT NULL,
        symbol TEXT NOT NULL,
        fill_id TEXT NOT NULL,
        client_order_id TEXT NOT NULL,
        exchange_order_id TEXT NOT NULL,
        intent_key TEXT NOT NULL,
        leg_type TEXT NOT NULL,
        pine_id TEXT NOT NULL,
        from_entry TEXT,
        side TEXT NOT NULL,
        qty REAL NOT NULL,
        price REAL NOT NULL,
        fee REAL NOT NULL,
        fee_currency TEXT NOT NULL,
        ts_ms INTEGER NOT NULL,
        body TEXT NOT NULL
      ) STRICT;
      CREATE UNIQUE INDEX fills_run ON fills (run_id, fill_id);
      CREATE UNIQUE INDEX fills_account ON fills
        (plugin_name, account_id, symbol, exchange_order_id, fill_id);

      CREATE TABLE commands (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        run_id TEXT NOT NULL,
        run_instance_id INTEGER NOT NULL REFERENCES runs,
        command TEXT NOT NULL,
        created_ts_ms INTEGER NOT NULL,
        taken_ts_ms INTEGER,
        finished_ts_ms INTEGER,
        result TEXT
      ) STRICT;
      CREATE INDEX commands_waiting ON commands (run_instance_id, id) WHERE taken_ts_ms IS NULL;

      CREATE TABLE spot_asset_owner (
        plugin_name TEXT NOT NULL,
        account_id TEXT NOT NULL,
        base_asset TEXT NOT NULL,
        quote_asset TEXT NOT NULL,
        run_id TEXT NOT NULL,
        run_instance_id INTEGER NOT NULL,
        claimed_ts_ms INTEGER NOT NULL,
        heartbeat_ts_ms INTEGER NOT NULL,
        PRIMARY KEY (plugin_name, account_id, base_asset)
      ) STRICT, WITHOUT ROWID;
    `,
  },
];

/** Runs that have shown a sign of life lately. The threshold is part of the view's text. */
export const liveRunsView = `CREATE VIEW live_runs AS
  SELECT * FROM runs
  WHERE ended_ts_ms IS NULL AND last_heartbeat_ts_ms > CAST(unixepoch('subsec') * 1000 AS INTEGER) - ${staleAfterMs}`;
