/** A strategy at the paper exchange, through the engine and its store: what `pyne run --broker` does, in one process. */
import { PaperPlugin } from "../../../plugins/paper/index.ts";
import { ReplayPlugin } from "../../../plugins/replay/index.ts";
import { defaultsOf } from "../../../src/api/config/fields.ts";
import type { ScriptModule } from "../../../src/api/script/declaration.ts";
import { BrokerRun } from "../../../src/broker/broker-run.ts";
import type { OrderLine } from "../../../src/broker/order-lines.ts";
import { BrokerStore } from "../../../src/broker/store/store.ts";
import type { BarColumns, BarUpdate } from "../../../src/kernel/bar.ts";
import { systemClock } from "../../../src/kernel/clock.ts";
import type { SymInfo } from "../../../src/kernel/syminfo.ts";
import { formatTimeframe, parseTimeframe } from "../../../src/kernel/timeframe.ts";
import { Connection } from "../../../src/live/connection.ts";
import { runLive } from "../../../src/live/runner.ts";
import type { RunResult } from "../../../src/runtime/run.ts";
import { dataFiles } from "../fixtures.ts";

/** A market, and the rules of the exchange. */
export interface PaperMarket {
  readonly columns: BarColumns;
  readonly symInfo: SymInfo;
  readonly timeframe: string;
  readonly config: Partial<PaperPlugin["config"]>;
  /** The bars come from another provider, in so many updates before each close; absent: from the exchange itself. */
  readonly updatesPerBar?: number;
}

/** What came of it. */
export interface PaperSession {
  readonly result: RunResult;
  /** Orders sent and answers, and what went wrong. */
  readonly lines: readonly string[];
}

/** Trades a file from its second bar to its end. */
export async function tradeOnPaper(script: ScriptModule, market: PaperMarket): Promise<PaperSession> {
  const { columns, symInfo, config } = market;
  const timeframe = formatTimeframe(parseTimeframe(market.timeframe));
  const lines: string[] = [];
  const say = (line: string): void => void lines.push(line);
  const log = { debug() {}, info() {}, warn: say, error: say };
  const plugin = new PaperPlugin({
    name: "paper",
    config: { ...defaultsOf(PaperPlugin.Config), leverage: 0, ...config } as PaperPlugin["config"],
    symbol: "X",
    timeframe,
    dataFiles: dataFiles({ X: { symInfo, timeframe, columns } }),
  });
  const provider = market.updatesPerBar === undefined ? plugin : feedOf(market, timeframe);
  if (provider !== plugin) {
    plugin.observeFrom({ symbol: "X", symInfo, timeframe });
    await plugin.connect();
  }
  const connection = new Connection({ provider, clock: systemClock, log });
  const ended = new AbortController();
  await connection.first(ended.signal);
  using store = BrokerStore.open(":memory:");
  const books = store.openRun({
    strategyId: "s",
    accountId: plugin.accountId,
    symbol: "X",
    timeframe,
    label: null,
    scriptPath: "",
    pluginName: "paper",
  });
  plugin.storeCtx = books;
  const run = new BrokerRun({
    ...{ plugin, books, symbol: "X", symInfo, timeframe, log },
    capabilities: plugin.getCapabilities(),
    policies: {
      on_unexpected_cancel: "stop",
      on_inventory_conflict: "quarantine",
      on_oca_partial_fill: "cancel",
      failsafe_stop_percent: 0,
    },
    isDryRun: false,
    clock: systemClock,
    onLine: (line: OrderLine) => say(JSON.stringify(line)),
    onEnd: () => ended.abort(new Error("the engine has ended the run")),
  });
  let isFeedIdle = (): boolean => false;
  plugin.settled = async () => {
    for (let calm = 0; calm < 2 && !ended.signal.aborted; calm = isFeedIdle() && run.isIdle ? calm + 1 : 0)
      await new Promise((resolve) => setImmediate(resolve));
  };
  const { result } = await runLive({
    provider,
    connection,
    script,
    bars: {
      columns: firstOf(columns),
      symInfo,
      timeframe,
      grid: { minmove: symInfo.minmove, pricescale: symInfo.pricescale },
      path: "",
    },
    run: { desk: run.makeDesk },
    clock: systemClock,
    log,
    random: () => 0,
    shutdownMs: 1000,
    events: {
      onStart: (_run, isIdle) => (isFeedIdle = isIdle),
      beforeLive: () => run.prepare(ended.signal),
      beforeDisconnect: () => run.stop(1000),
      onLive: ({ columns: seen, bars }) => run.goLive(seen.openTimeMs[bars - 1]!),
      onTick: (_run, bar) => run.tick(bar.close),
      onClose() {},
    },
    ...(provider === plugin ? {} : { observe: (update: BarUpdate) => plugin.observeMarket(update) }),
    signal: ended.signal,
  });
  run.throwIfFailed();
  await plugin.disconnect();
  return { result, lines };
}

/** The same file as somebody else's feed, from its second bar on. */
function feedOf({ columns, symInfo, updatesPerBar = 0 }: PaperMarket, timeframe: string): ReplayPlugin {
  const start = `-${columns.length - 1}`;
  return new ReplayPlugin({
    name: "replay",
    config: {
      ...defaultsOf(ReplayPlugin.Config),
      ...{ speed: "max", start, updates_per_bar: updatesPerBar },
    } as ReplayPlugin["config"],
    symbol: "X",
    timeframe,
    dataFiles: dataFiles({ X: { symInfo, timeframe, columns } }),
  });
}

function firstOf({ openTimeMs, open, high, low, close, volume }: BarColumns): BarColumns {
  const cut = (column: Float64Array): Float64Array => column.slice(0, 1);
  return {
    length: 1,
    openTimeMs: cut(openTimeMs),
    open: cut(open),
    high: cut(high),
    low: cut(low),
    close: cut(close),
    volume: cut(volume),
    extra: new Map(),
  };
}
