import type { BarUpdate } from "../../kernel/bar.ts";
import type { LiveProviderPlugin } from "../plugins/live.ts";
import type { ConformanceCase } from "./case.ts";
import { fail, iso, skip } from "./outcome.ts";
import { checkBar, isMs } from "./history-cases.ts";
import { type Lab, thrown } from "./lab.ts";
import { ended, nothingLeft, turn } from "./refused.ts";

/** Updates that tell enough, unless bars have closed before. */
const mostUpdates = 100;
const enoughCloses = 3;
/** A feed that told less than this may be silent again for a good reason. */
const fewUpdates = 3;

/** The stream of new bars. They share one instance, in this order. */
export const liveCases: readonly ConformanceCase[] = [
  {
    id: "live-connect",
    title: "it is connected after connect, and not before",
    needs: ["info-complete"],
    run: async (lab) => {
      const live = (await lab.instance()) as unknown as LiveProviderPlugin;
      lab.live = live;
      if (live.isConnected) fail("a new instance says that it is connected");
      await connect(lab, live);
      if (!live.isConnected) fail("connect came back and it is not connected");
    },
  },
  {
    id: "live-updates",
    title: "updates arrive and are possible bars",
    needs: ["live-connect"],
    run: async (lab) => {
      const updates = await collect(lab, instance(lab));
      lab.updates = updates;
      if (updates.length === 0) skip(`nothing arrived within ${lab.liveMs / 1000} s; is the market open?`);
      for (const update of updates) {
        if (!isMs(update.openTimeMs)) fail(`an openTimeMs of ${update.openTimeMs} is not epoch milliseconds`);
        if (typeof update.isClosed !== "boolean") fail(`isClosed is ${JSON.stringify(update.isClosed)}`);
        checkBar(update);
      }
      return `${updates.length} updates, ${updates.filter((update) => update.isClosed).length} closes`;
    },
  },
  {
    id: "live-ascending",
    title: "no update goes back to an earlier bar",
    needs: ["live-updates"],
    run: async (lab) => {
      let newest = -Infinity;
      for (const { openTimeMs } of lab.updates) {
        if (openTimeMs < newest) fail(`the bar of ${iso(openTimeMs)} comes after that of ${iso(newest)}`);
        newest = openTimeMs;
      }
    },
  },
  {
    id: "live-closed-final",
    title: "a closed bar is final: nothing about it follows",
    needs: ["live-updates"],
    run: async (lab) => {
      const closed = new Set<number>();
      for (const { openTimeMs, isClosed } of lab.updates) {
        if (closed.has(openTimeMs)) fail(`the bar of ${iso(openTimeMs)} was closed and got another update`);
        if (isClosed) closed.add(openTimeMs);
      }
      if (closed.size === 0) skip("no bar closed while the feed was watched");
    },
  },
  {
    id: "live-backfill",
    title: "a backfill begins strictly after the bar it is told, ascending, closed",
    needs: ["live-updates"],
    run: async (lab) => {
      const live = instance(lab);
      const [symbol, timeframe] = [await lab.symbol(), await lab.timeframe()];
      const periodMs = await lab.periodMs();
      const newest = lab.updates.at(-1) ?? skip("no update arrived");
      const sinceMs = newest.openTimeMs - 5 * periodMs;
      const bars = await lab.deadline("backfillClosedBars", () =>
        live.backfillClosedBars(streamSymbol(live, symbol), timeframe, sinceMs),
      );
      if (bars.length === 0) skip("it offers no backfill, or there was nothing to fill");
      let previous = sinceMs;
      for (const bar of bars) {
        if (bar.openTimeMs <= previous) {
          fail(`since ${iso(sinceMs)}: the bar of ${iso(bar.openTimeMs)} follows ${iso(previous)}`);
        }
        previous = bar.openTimeMs;
        checkBar(bar);
      }
      return `${bars.length} bars`;
    },
  },
  {
    id: "live-abort",
    title: "a cancelled wait for an update ends at once and leaves nothing running",
    needs: ["live-connect"],
    run: async (lab) => {
      const live = instance(lab);
      const [symbol, timeframe] = [await lab.symbol(), await lab.timeframe()];
      const watch = (signal: AbortSignal): Promise<BarUpdate> =>
        live.watchOhlcv(streamSymbol(live, symbol), timeframe, signal);
      const early = await ended(lab, () => watch(AbortSignal.abort(new Error("cancelled"))));
      if (early !== undefined) fail("a wait that was cancelled before it began yielded an update");
      const controller = new AbortController();
      const pending = watch(controller.signal);
      pending.catch(() => {});
      await turn();
      controller.abort(new Error("cancelled"));
      await ended(lab, () => pending);
      nothingLeft(lab);
    },
  },
  {
    id: "live-disconnect",
    title: "disconnect ends the connection, twice as well as once",
    needs: ["live-connect"],
    run: async (lab) => {
      const live = instance(lab);
      await lab.deadline("disconnect", () => live.disconnect());
      if (live.isConnected) fail("disconnect came back and it is still connected");
      await lab.deadline("a second disconnect", () => live.disconnect());
    },
  },
  {
    id: "live-reconnect",
    title: "after another connect the updates go on",
    needs: ["live-disconnect"],
    run: async (lab) => {
      const live = instance(lab);
      await connect(lab, live);
      if (!live.isConnected) fail("the second connect came back and it is not connected");
      const seen = lab.updates;
      if (seen.length < fewUpdates) skip("too few updates arrived before to expect one now");
      const [update] = await collect(lab, live, 1);
      await lab.close();
      if (update === undefined) return fail(`nothing arrived within ${lab.liveMs / 1000} s after it`);
      const newest = Math.max(...seen.map((one) => one.openTimeMs));
      if (update.openTimeMs < newest) {
        fail(`the first update is of ${iso(update.openTimeMs)}, before it there was ${iso(newest)}`);
      }
    },
  },
];

function instance(lab: Lab): LiveProviderPlugin {
  return lab.live ?? skip("it is not connected");
}

async function connect(lab: Lab, live: LiveProviderPlugin): Promise<void> {
  await lab.deadline("connect", (signal) => live.connect(signal));
}

/** The name of a symbol on the stream. */
function streamSymbol(live: LiveProviderPlugin, symbol: string): string {
  return live.normalizeSymbol(symbol);
}

/** Updates until enough bars have closed, enough have arrived, or the time is up. */
async function collect(lab: Lab, live: LiveProviderPlugin, most = mostUpdates): Promise<BarUpdate[]> {
  const [symbol, timeframe] = [await lab.symbol(), await lab.timeframe()];
  const updates: BarUpdate[] = [];
  const controller = new AbortController();
  const timer = new AbortController();
  const timeUp = lab.clock.sleep(lab.liveMs, timer.signal).then(
    () => controller.abort(new Error("time is up")),
    () => {},
  );
  try {
    let closes = 0;
    while (updates.length < most && closes < enoughCloses && !controller.signal.aborted) {
      const update = await lab.deadline(
        "an update",
        () => live.watchOhlcv(streamSymbol(live, symbol), timeframe, controller.signal),
        lab.liveMs + lab.promptMs,
      );
      updates.push(update);
      if (update.isClosed) closes++;
    }
  } catch (error) {
    const over = controller.signal.aborted || (error as { code?: unknown }).code === "FEED_ENDED";
    if (!over) fail(`after ${updates.length} updates: ${thrown(error)}`);
  } finally {
    timer.abort();
    await timeUp;
  }
  return updates;
}
