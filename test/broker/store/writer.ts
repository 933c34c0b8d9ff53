/**
 * `PATH LABEL`: trades until it is killed. Each order it sends has filled by the next step; the number of a step is
 * told once its commit has returned.
 */
import { writeSync } from "node:fs";

import type { EngineState, Lot } from "../../../src/broker/engine/state.ts";
import { RunIsLiveError, StoreBusyError } from "../../../src/broker/store/errors.ts";
import type { RunBooks } from "../../../src/broker/store/run-books.ts";
import { BrokerStore } from "../../../src/broker/store/store.ts";
import { commit, fill, order, rules, run } from "./fixtures.ts";

const [path = "", label = ""] = process.argv.slice(2);

/** Nothing was written when the file is busy, or the one before is still being buried: it may be tried again. */
function stubbornly<Result>(action: () => Result): Result {
  for (;;) {
    try {
      return action();
    } catch (error) {
      if (!(error instanceof StoreBusyError || error instanceof RunIsLiveError)) throw error;
    }
  }
}

const store = stubbornly(() => BrokerStore.open(path));
const books: RunBooks = stubbornly(() => store.openRun({ ...run, label }));
const stored = books.load(rules);
let state: EngineState = stored.state;
if (stored.fills.length !== state.book.size)
  throw new Error(`${label}: ${stored.fills.length} fills, a position of ${state.book.size}`);
for (let number = stored.fills.length + 1; ; number++) {
  const id = `${label}-${number}`;
  const filled = { ...fill, fillId: id, clientOrderId: id, exchangeOrderId: id };
  const lot: Lot = {
    ...{
      entryId: "L",
      side: "buy",
      qty: number,
      price: 100,
      timeMs: 5,
      fillId: id,
      clientOrderId: id,
      fee: 0,
    },
  };
  const next: EngineState = {
    ...state,
    nowMs: Date.now(),
    orders: new Map([
      [id, { ...order, clientOrderId: id, exchangeId: id, filledQty: 1, status: "filled" as const }],
    ]),
    book: { size: number, lots: [lot] },
  };
  const change = { ...commit(state, next, [filled], Date.now()), durable: number % 2 === 0 };
  stubbornly(() => books.commit(change));
  stubbornly(() => books.addRef(id, "deal", id));
  state = next;
  writeSync(1, `${number}\n`);
}
