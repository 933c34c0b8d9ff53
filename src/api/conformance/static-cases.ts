import { canonicalTimeframe } from "../../kernel/timeframe.ts";
import type { ConformanceCase } from "./case.ts";
import { fail, skip } from "./outcome.ts";
import type { Lab } from "./lab.ts";
import { refusedForGood } from "./refused.ts";
import { notSupported } from "./symbol-cases.ts";

/** Timeframes that no venue offers all of. */
const unusual = ["17", "13", "11D", "7S", "1441", "5W"];

/** What a class says about itself. */
export const staticCases: readonly ConformanceCase[] = [
  {
    id: "timeframes-canonical",
    title: "timeframes are spelled as TradingView spells them",
    needs: [],
    run: async ({ target }) => {
      const names = Object.keys(target.plugin.timeframes);
      if (names.length === 0) fail("the table of timeframes is empty");
      for (const name of names) {
        const canonical = canonicalOf(name);
        if (canonical !== name) fail(`"${name}" should be ${canonical ?? "something like 1, 60, 1D"}`);
      }
      return `${names.length}`;
    },
  },
  {
    id: "timeframes-round-trip",
    title: "timeframes survive the way to the exchange's word and back",
    needs: [],
    run: async ({ target }) => {
      for (const timeframe of Object.keys(target.plugin.timeframes)) {
        const word = target.plugin.toExchangeTimeframe(timeframe);
        const back = target.plugin.toTradingViewTimeframe(word);
        if (back !== timeframe) fail(`"${timeframe}" becomes "${word}" and comes back as "${back}"`);
      }
    },
  },
  {
    id: "timeframe-unsupported",
    title: "a timeframe that is not offered is refused for good",
    needs: [],
    run: async (lab) => {
      const { plugin } = lab.target;
      const known = Object.keys(plugin.timeframes);
      const timeframe = unusual.find((one) => !known.includes(one)) ?? skip("every timeframe is offered");
      let converted = true;
      try {
        plugin.toExchangeTimeframe(timeframe);
      } catch (error) {
        converted = false;
        refusedForGood(error, `toExchangeTimeframe("${timeframe}")`);
      }
      // A class that takes any word leaves it to the instance.
      if (converted) await refusesDownload(lab, timeframe);
      return `asked for ${timeframe}`;
    },
  },
  {
    id: "brokers-listed",
    title: "brokers are listed by ids without spaces",
    needs: [],
    run: async (lab) => {
      const { plugin } = lab.target;
      if (!plugin.multiBroker) {
        const refusal = await lab
          .deadline("getListOfBrokers", () => plugin.getListOfBrokers())
          .then(
            (list) => fail(`multiBroker is false, yet ${list.length} brokers are listed`),
            (error: unknown) => error,
          );
        if ((refusal as { code?: unknown }).code !== notSupported) throw refusal;
        return skip("the provider has a single venue");
      }
      const ids = (await lab.deadline("getListOfBrokers", () => plugin.getListOfBrokers())).map(
        (broker) => broker.id,
      );
      if (ids.length === 0) fail("the list is empty");
      for (const [index, id] of ids.entries()) {
        if (!/^[^\s:]+$/.test(id)) fail(`"${id}" has a space or a colon in it, or is empty`);
        if (ids.indexOf(id) !== index) fail(`"${id}" is listed twice`);
      }
      return `${ids.length}`;
    },
  },
];

function canonicalOf(name: string): string | undefined {
  try {
    return canonicalTimeframe(name);
  } catch {
    return undefined;
  }
}

async function refusesDownload(lab: Lab, timeframe: string): Promise<void> {
  const now = lab.clock.nowMs();
  const window = { from: now - 86_400_000, to: now };
  const symbol = await lab.symbol();
  let bars: number;
  try {
    const provider = await lab.instance({ symbol, timeframe });
    bars = (await lab.pages(window, { provider, enough: 1 })).flat().length;
  } catch (error) {
    refusedForGood(error, `a download at ${timeframe}`);
    return;
  }
  fail(`a download at ${timeframe} was not refused; it yielded ${bars} bars`);
}
