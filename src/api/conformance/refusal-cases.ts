import type { ConformanceCase } from "./case.ts";
import { fail, skip } from "./outcome.ts";
import type { Lab } from "./lab.ts";
import { ended, nothingLeft, refusedForGood, refusedForNow, turn } from "./refused.ts";

/** No venue has it. */
const nowhere = "NO-SUCH-SYMBOL-7F3A";

/** How a provider stops, and how it says no. */
export const refusalCases: readonly ConformanceCase[] = [
  {
    id: "cancelled-before",
    title: "a download that was cancelled before it began yields nothing",
    needs: ["times-ms"],
    run: async (lab) => {
      const iterator = await openDownload(lab, AbortSignal.abort(new Error("cancelled")));
      const step = await ended(lab, () => iterator.next());
      if (step !== undefined && step.done !== true) fail(`it yielded a page of ${step.value.length} bars`);
      nothingLeft(lab);
    },
  },
  {
    id: "cancelled-during",
    title: "a cancelled download ends at once and leaves nothing running",
    needs: ["times-ms"],
    run: async (lab) => {
      const controller = new AbortController();
      const iterator = await openDownload(lab, controller.signal);
      const pending = iterator.next();
      pending.catch(() => {});
      await turn();
      controller.abort(new Error("cancelled"));
      // What was on its way may still arrive, once.
      const step = await ended(lab, () => pending);
      if (step !== undefined && step.done !== true) {
        const next = await ended(lab, () => iterator.next());
        if (next !== undefined && next.done !== true) fail("it went on yielding pages");
      }
      await ended(lab, async () => iterator.return?.());
      nothingLeft(lab);
    },
  },
  {
    id: "unknown-symbol",
    title: "an unknown symbol is refused for good",
    needs: [],
    run: async (lab) => {
      const { broker } = lab;
      const symbol = broker === null ? nowhere : `${broker}:${nowhere}`;
      const timeframe = await lab.timeframe();
      let answer: unknown;
      try {
        const provider = await lab.instance({ symbol, timeframe });
        answer = await lab.deadline("getSymbolInfo", (signal) => provider.getSymbolInfo(signal));
      } catch (error) {
        return refusedForGood(error, `getSymbolInfo of "${symbol}"`);
      }
      fail(`getSymbolInfo of "${symbol}" answered ${JSON.stringify(answer).slice(0, 80)}`);
    },
  },
  {
    id: "dead-connection",
    title: "a server that cannot be reached is worth a retry",
    needs: [],
    run: async (lab) => {
      const { unreachable, plugin, symbol = "X", timeframe } = lab.target;
      if (unreachable === undefined) return skip("there is no way here to make its server unreachable");
      const provider = await unreachable({
        symbol,
        timeframe: timeframe ?? Object.keys(plugin.timeframes)[0] ?? null,
        clock: lab.clock,
      });
      const now = lab.clock.nowMs();
      let bars: number;
      try {
        bars = (await lab.pages({ from: now - 86_400_000, to: now }, { provider })).flat().length;
      } catch (error) {
        return refusedForNow(error, "the download");
      }
      fail(`the download ended as if all were well, with ${bars} bars`);
    },
  },
];

async function openDownload(
  lab: Lab,
  signal: AbortSignal,
): Promise<AsyncIterator<readonly unknown[], unknown>> {
  const provider = await lab.instance();
  const window = { from: await lab.openAt(0), to: (await lab.openAt(-1)) + 1 };
  return provider.download({ ...window, limit: 1, signal })[Symbol.asyncIterator]();
}
