import { basename } from "node:path";

import type { LoadedBars } from "../data/load.ts";
import type { RunResult } from "../runtime/run.ts";
import { secrets } from "../kernel/secrets.ts";
import { buildId } from "./version.ts";

/**
 * Writes the HTML report of a run.
 * @param contentHash of the bars
 * @throws DataError or RuntimeFailure when the file cannot be written
 */
export async function writeReport(
  path: string,
  result: RunResult,
  bars: LoadedBars,
  contentHash: string,
): Promise<void> {
  // Most runs want no report and need not load what makes one.
  const [{ reportAssets }, { reportData }, { renderReport }, { writeLines }] = await Promise.all([
    import("../report/html/assets.ts"),
    import("../report/html/data.ts"),
    import("../report/html/page.ts"),
    import("../report/text-file.ts"),
  ]);
  const data = reportData(result, {
    symInfo: bars.symInfo,
    timeframe: bars.timeframe,
    dataName: basename(bars.path),
    contentHash,
    version: buildId,
    createdMs: Date.now(),
  });
  writeLines(path, [renderReport(secrets.cleanValue(data), reportAssets())]);
}
