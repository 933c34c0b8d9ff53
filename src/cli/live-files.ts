import { messageOf } from "../kernel/errors.ts";
import type { Logger } from "../kernel/log.ts";
import type { SymInfo } from "../kernel/syminfo.ts";
import { isNews } from "../live/watchdog.ts";
import { GrowingPlotFile } from "../report/growing-file.ts";
import { strategyCsvLines } from "../report/strategy-csv.ts";
import { writeLines } from "../report/text-file.ts";
import { tradeCsvLines } from "../report/trade-csv.ts";
import type { RunResult } from "../runtime/run-options.ts";
import { statisticsOf } from "../runtime/strategy/statistics.ts";

/** Least time between two versions of the files of trades and statistics, ms: bars of a replay come faster than a disk writes. */
const tradePauseMs = 1000;

/** Where the files go; `undefined`: there is none. */
export interface LiveFilePaths {
  readonly plot: string | undefined;
  /** Of a strategy alone. */
  readonly trade: string;
  readonly statistics: string;
}

/**
 * The result files of a live run. They are whole at every moment: rows are added to the plot file at every close,
 * the files of trades and statistics are replaced. They survive a power cut, as nobody can run this again. A file that
 * cannot be written does not end the run, which may hold a position.
 */
export class LiveFiles {
  readonly #paths: LiveFilePaths;
  readonly #symInfo: SymInfo;
  readonly #log: Logger;
  readonly #plot: GrowingPlotFile | undefined;
  #tradeAt = -Infinity;
  #failures = 0;

  constructor(paths: LiveFilePaths, symInfo: SymInfo, log: Logger) {
    this.#paths = paths;
    this.#symInfo = symInfo;
    this.#log = log;
    this.#plot = paths.plot === undefined ? undefined : new GrowingPlotFile(paths.plot);
  }

  /** After a close. */
  update(result: RunResult): void {
    this.#guarded(() => this.#plot?.update(result));
    if (performance.now() - this.#tradeAt >= tradePauseMs) this.#guarded(() => this.#writeTrades(result));
  }

  /** At the end. @throws RuntimeFailure when a file cannot be written */
  finish(result: RunResult): void {
    this.#plot?.update(result);
    this.#writeTrades(result);
  }

  #writeTrades(result: RunResult): void {
    if (result.strategy === undefined) return;
    const { desk, equity } = result.strategy;
    writeLines(this.#paths.trade, tradeCsvLines(result, this.#symInfo), { isDurable: true });
    writeLines(this.#paths.statistics, strategyCsvLines(result, statisticsOf(desk, equity)), {
      isDurable: true,
    });
    this.#tradeAt = performance.now();
  }

  #guarded(write: () => void): void {
    try {
      write();
      this.#failures = 0;
    } catch (error) {
      if (isNews(++this.#failures)) this.#log.error(`${messageOf(error)}; the run goes on`);
    }
  }
}
