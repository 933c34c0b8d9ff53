import type { Database } from "bun:sqlite";

import type { Effect } from "../engine/effects.ts";
import type { Fill } from "../engine/fill.ts";
import { initialState } from "../engine/initial.ts";
import type {
  EngineRules,
  EngineState,
  IntentRecord,
  Lot,
  Obligation,
  OrderRecord,
  Watch,
} from "../engine/state.ts";
import { decode } from "./codec.ts";
import type { StateRest } from "./projections.ts";

/** Newest fill ids that a state itself remembers. */
const rememberedFills = 512;

/** What a run's earlier lives have left. */
export interface StoredState {
  /**
   * As it was committed last, but for what a restart forgets: what the script wanted, quarantine and halt, and what was
   * believed of the venue.
   */
  readonly state: EngineState;
  /** Every execution of the run, in the order they were booked: its open and closed trades follow from them. */
  readonly fills: readonly Fill[];
  /** The highest generation that an order of the script ever had; 0 for none. */
  readonly lastGeneration: number;
}

/** The reads of `loadState`, each through an index. `?1`: the run's id; of `orders`: the instance's number. */
export const loadQueries = {
  rest: "SELECT last_generation, position, body FROM run_state WHERE run_id = ?1",
  intents: "SELECT body FROM envelopes WHERE run_id = ?1 ORDER BY rowid",
  orders: `SELECT body, exchange_order_id FROM orders
    WHERE run_instance_id = ?1 AND is_kept = 1 AND body IS NOT NULL ORDER BY rowid`,
  obligations: `SELECT body FROM obligations WHERE run_id = ?1
    UNION ALL SELECT body FROM pending_verifications WHERE run_id = ?1`,
  watches: "SELECT body FROM watches WHERE run_id = ?1 ORDER BY rowid",
  outbox: "SELECT body FROM outbox WHERE run_id = ?1 ORDER BY effect_id",
  lots: "SELECT number, body FROM lots WHERE run_id = ?1 ORDER BY number",
} as const;

/** Reads a run's state, and the numbers of the rows of its lots. */
export function loadState(
  db: Database,
  run: { readonly runId: string; readonly runInstanceId: number },
  fills: readonly Fill[],
  rules: EngineRules,
): StoredState & { readonly lots: ReadonlyMap<Lot, number> } {
  const { runId, runInstanceId } = run;
  const bodies = <Value>(query: string): Value[] =>
    db
      .prepare<{ body: string }, [string]>(query)
      .all(runId)
      .map(({ body }) => decode<Value>(body));
  const empty = initialState(rules);
  const rest = db
    .prepare<{ last_generation: number; position: number; body: string }, [string]>(loadQueries.rest)
    .get(runId);
  const { early, givenUp, taken, ...kept }: Partial<StateRest> =
    rest === null ? {} : decode<StateRest>(rest.body);
  const lots = new Map(
    db
      .prepare<{ number: number; body: string }, [string]>(loadQueries.lots)
      .all(runId)
      .map(({ number, body }) => [decode<Lot>(body), number]),
  );
  const state: EngineState = {
    ...empty,
    ...kept,
    latches: { ...empty.latches, paused: kept.latches?.paused ?? false },
    view: { ...empty.view, lastFillMs: kept.view?.lastFillMs ?? empty.view.lastFillMs },
    intents: byName(bodies<IntentRecord>(loadQueries.intents), ({ key }) => key),
    orders: byName(ordersOf(db, runInstanceId), ({ clientOrderId }) => clientOrderId),
    obligations: byName(bodies<Obligation>(loadQueries.obligations), ({ id }) => id),
    watches: byName(bodies<Watch>(loadQueries.watches), ({ id }) => id),
    outbox: byName(bodies<Effect>(loadQueries.outbox), ({ id }) => id),
    book: {
      size: rest?.position ?? 0,
      lots: [...lots.keys()],
      ...(early === undefined ? {} : { early }),
      ...(givenUp === undefined ? {} : { givenUp }),
      ...(taken === undefined ? {} : { taken }),
    },
    fillIds: fills.slice(-rememberedFills).map(({ fillId }) => fillId),
  };
  return { state, fills, lastGeneration: rest?.last_generation ?? 0, lots };
}

function ordersOf(db: Database, runInstanceId: number): OrderRecord[] {
  return db
    .prepare<{ body: string; exchange_order_id: string | null }, [number]>(loadQueries.orders)
    .all(runInstanceId)
    .map(({ body, exchange_order_id }) => {
      const order = decode<OrderRecord>(body);
      // The plugin may have learned it from an answer that the engine never saw.
      return order.exchangeId === null && exchange_order_id !== null
        ? { ...order, exchangeId: exchange_order_id }
        : order;
    });
}

const byName = <K, V>(values: readonly V[], name: (value: V) => K): Map<K, V> =>
  new Map(values.map((value) => [name(value), value]));
