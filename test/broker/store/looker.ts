/** `PATH`: looks at the books again and again until it is killed; ends with 1 when it sees anything half. */
import { writeSync } from "node:fs";

import { auditRun } from "../../../src/broker/store/audit.ts";
import { StoreBusyError } from "../../../src/broker/store/errors.ts";
import { StoreReader } from "../../../src/broker/store/reader.ts";

/** Whoever opens a file after a kill mends its log first, and the others wait. */
function opened(): StoreReader {
  for (;;) {
    try {
      return new StoreReader(process.argv[2] ?? "");
    } catch (error) {
      if (!(error instanceof StoreBusyError)) throw error;
    }
  }
}

const reader = opened();
const isWhole = `
  SELECT runs.run_id,
    (SELECT COUNT(*) FROM fills WHERE fills.run_id = runs.run_id) AS fills,
    (SELECT position FROM run_state WHERE run_state.run_id = runs.run_id) AS position,
    (SELECT qty FROM lots WHERE lots.run_id = runs.run_id AND fill_id NOT IN (SELECT fill_id FROM fills)) AS stray,
    (SELECT COUNT(*) FROM orders WHERE orders.run_instance_id IN (
       SELECT run_instance_id FROM runs AS all_runs WHERE all_runs.run_id = runs.run_id)) AS orders
  FROM runs GROUP BY runs.run_id`;

interface Seen {
  readonly run_id: string;
  readonly fills: number;
  readonly position: number | null;
  readonly stray: number | null;
  readonly orders: number;
}

for (let look = 1; ; look++) {
  try {
    // One transaction sees one state of the file.
    reader.db.transaction(() => {
      for (const seen of reader.all<Seen>(isWhole)) {
        const { run_id, fills, position, stray, orders } = seen;
        if ((position ?? 0) !== fills || orders !== fills || stray !== null)
          throw new Error(`half a commit: ${JSON.stringify(seen)}`);
        if (look % 10 !== 0) continue;
        const { findings } = auditRun(reader, run_id);
        if (findings.length > 0) throw new Error(JSON.stringify(findings.slice(0, 3)));
      }
    })();
  } catch (error) {
    if (!(error instanceof StoreBusyError) && !/SQLITE_BUSY/.test(String((error as { code?: string }).code)))
      throw error;
  }
  writeSync(1, `${look}\n`);
}
