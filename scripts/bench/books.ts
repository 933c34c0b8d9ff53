/**
 * How fast the books are written: steps of an engine with the real store, flushed one by one and not, and a whole
 * session of the executable at full speed.
 */
import { Database } from "bun:sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Sandbox } from "../../test/e2e/pyne.ts";
import { commit, fill, order, rules, run } from "../../test/broker/store/fixtures.ts";
import type { EngineState } from "../../src/broker/engine/state.ts";
import { BrokerStore } from "../../src/broker/store/store.ts";

const steps = 5_000;

/** Steps that each change an order; every other one books an execution. */
function write(path: string, isDurable: (step: number) => boolean): number {
  using store = BrokerStore.open(path);
  const books = store.openRun(run);
  let { state } = books.load(rules);
  const startedMs = performance.now();
  for (let step = 0; step < steps; step++) {
    const id = `c${step >> 1}`;
    const isFill = step % 2 === 1;
    const next: EngineState = {
      ...state,
      orders: new Map([[id, { ...order, clientOrderId: id, filledQty: isFill ? 1 : 0 }]]),
      book: { ...state.book, size: state.book.size + (isFill ? 1 : 0) },
    };
    const fills = isFill ? [{ ...fill, fillId: id, clientOrderId: id, exchangeOrderId: id }] : [];
    books.commit({ ...commit(state, next, fills, Date.now()), durable: isDurable(step) });
    state = next;
  }
  return (steps / (performance.now() - startedMs)) * 1000;
}

const script = `//@version=6
strategy("Busy", default_qty_value=1, pyramiding=3)
if bar_index % 4 == 0
    strategy.entry("Long", strategy.long)
strategy.exit("Protect", "Long", stop=low - 5, limit=high + 5)
if bar_index % 4 == 3
    strategy.close("Long")
`;

/** A paper session at full speed: facts that were journaled, by the time from the first to the last. */
async function session(): Promise<void> {
  using box = await Sandbox.withWorkdir();
  box.write(join(box.workdir, "scripts/busy.pine"), script);
  await box.pyne("run", "busy", "paper:demo@1D", "--broker", "--quiet", "--no-log-ohlcv");
  using db = new Database(join(box.workdir, "output/logs/broker.sqlite"), { readonly: true });
  const row = db
    .query<Record<"facts" | "lines" | "sent" | "ms", number>, []>(
      `SELECT SUM(kind LIKE 'fact_%') AS facts, COUNT(*) AS lines,
         SUM(kind LIKE 'effect_%' AND kind NOT LIKE 'effect_read_%') AS sent, MAX(ts_ms) - MIN(ts_ms) AS ms FROM events`,
    )
    .get()!;
  const perSecond = (count: number): string => Math.round((count / row.ms) * 1000).toLocaleString("en");
  console.log(
    `a paper session at full speed: ${perSecond(row.facts)} facts/s, ${perSecond(row.lines)} lines/s, ${perSecond(row.sent)} writes/s`,
  );
}

export async function bench(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "pyne-bench-books-"));
  const report = (what: string, perSecond: number): void =>
    console.log(`${what}: ${Math.round(perSecond).toLocaleString("en")} facts/s`);
  try {
    report(
      "every step flushed",
      write(join(folder, "full.sqlite"), () => true),
    );
    report(
      "no step flushed",
      write(join(folder, "normal.sqlite"), () => false),
    );
    report(
      "every other step flushed",
      write(join(folder, "half.sqlite"), (step) => step % 2 === 0),
    );
    await session();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
