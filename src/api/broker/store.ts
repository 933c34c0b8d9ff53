/**
 * A plugin's only persistence: the books of its run. They live in one SQLite file that all bots share and that
 * survives restarts; every call has returned only when what it wrote is there to stay.
 */

/** A row of the books about one order. */
export interface StoredOrder {
  readonly clientOrderId: string;
  readonly pineId: string;
  readonly fromEntry: string | null;
  readonly exchangeId: string | null;
  readonly state: string;
  /** Whatever else the plugin keeps about it; survives `structuredClone`. */
  readonly extras: Readonly<Record<string, unknown>>;
}

/** What `upsertOrder` may change. */
export type OrderChanges = Partial<Omit<StoredOrder, "clientOrderId">>;

/** Levels that protect a position, in price units; `null` takes one away. */
export interface RiskLevels {
  readonly stopLoss?: number | null;
  readonly takeProfit?: number | null;
  readonly trailingOffset?: number | null;
}

/** The books of one run. */
export interface RunContext {
  /** The logical run: `strategy@account:symbol:timeframe[#label]`; the same after a restart. */
  readonly runId: string;
  /** This process's run. */
  readonly runInstanceId: string;
  /**
   * Another name of an order: a deal id, a position id. Store it before or together with the request that makes it,
   * so that a fill which names only the alias can be found.
   */
  addRef(clientOrderId: string, kind: string, ref: string): void;
  /** The order behind an alias, or `null`. One indexed read. */
  findByRef(kind: string, ref: string): StoredOrder | null;
  /** Adds a line to the audit log. Secrets must not be in the payload. */
  logEvent(
    kind: string,
    details?: { readonly clientOrderId?: string; readonly payload?: Readonly<Record<string, unknown>> },
  ): void;
  /** Creates or changes an order's row: for state that the engine does not know by itself. */
  upsertOrder(clientOrderId: string, changes: OrderChanges): void;
  /**
   * What became of a write whose answer was lost, where it shows in no list of open orders: a bracket that is attached
   * to a position, for one. `rejected` is final. Nothing happens when the engine is not in doubt about the order.
   */
  recordResolution(clientOrderId: string, resolution: "attached" | "rejected"): void;
  /** The venue's id of an order. */
  setExchangeId(clientOrderId: string, exchangeId: string): void;
  /** Protection that is in force at the venue. */
  setRisk(clientOrderId: string, levels: RiskLevels): void;
}
