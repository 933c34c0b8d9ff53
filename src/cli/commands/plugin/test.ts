import {
  casesFor,
  type ConformanceResult,
  type ConformanceTarget,
  type ProviderStatics,
  testProvider,
} from "../../../api/conformance/suite.ts";
import { capabilitiesOf } from "../../../api/plugins/capabilities.ts";
import { isProviderString, parseProviderString } from "../../../data/provider-string.ts";
import { staticOf } from "../../../host/plugin-class.ts";
import { RuntimeFailure, UsageError } from "../../../kernel/errors.ts";
import { canonicalTimeframe } from "../../../kernel/timeframe.ts";
import type { App } from "../../app.ts";
import { defineBuiltin } from "../../command.ts";

export default defineBuiltin({
  summary: "Check whether a provider or a broker keeps its contract",
  description:
    "Asks an installed provider, with its configuration, for what any user could ask: symbols, symbol information, bars, from a live provider updates, from a broker its account. About forty requests over the network, half a minute of waiting for updates; no order is sent unless --orders says so. One line a case; exit 1 when one fails. Without SYMBOL the first on offer is taken; a provider with several brokers needs BROKER or BROKER:SYMBOL.",
  examples: [
    "pyne plugin test replay demo",
    "pyne plugin test foo BTCUSDT --timeframe 60",
    "pyne plugin test foo:BTCUSDT@60 --json",
    "pyne plugin test paper demo --orders",
  ],
  args: {
    name: { type: "positional", required: true, valueHint: "NAME", description: "The provider" },
    symbol: { type: "positional", required: false, valueHint: "SYMBOL", description: "What to ask it for" },
    timeframe: {
      type: "string",
      alias: "T",
      valueHint: "TF",
      parse: canonicalTimeframe,
      description: "At which timeframe; default: the symbol's own",
    },
    orders: {
      type: "boolean",
      description: "Of a broker: trade too, with orders of the smallest size. Use an account made for tests",
    },
    size: {
      type: "string",
      valueHint: "CONTRACTS",
      parse: orderSize,
      description:
        "Smallest order of --orders; up to two of them are held; default: the symbol's smallest step",
    },
    json: { type: "boolean", description: "One JSON object on stdout" },
  },
  async run({ app }, { name, symbol, timeframe, orders, size, json }) {
    const wanted = wantedOf(name, symbol, timeframe);
    await app.preparePlugins();
    const host = app.host();
    const pluginClass = await host.providerClass(wanted.provider);
    const plugin = host.candidate(wanted.provider).name;
    if (staticOf(pluginClass, "multiBroker") === true && wanted.symbol === undefined) {
      throw new UsageError(`${plugin} has several brokers: name one, or BROKER:SYMBOL`, {
        hint: `pyne data download ${plugin} --list-brokers shows them`,
      });
    }
    // A mistake in the configuration is no broken contract.
    host.configOf(plugin, pluginClass.Config);
    if (app.optionalWorkdir() === null)
      app.out.note("there is no workdir here: the configuration is the default");
    const isBroker = capabilitiesOf(pluginClass).includes("broker");
    if (orders === true && !isBroker) throw new UsageError(`${plugin} is no broker: it takes no orders`);
    if (size !== undefined && orders !== true) throw new UsageError("--size is for --orders");
    const target: ConformanceTarget = {
      plugin: pluginClass as unknown as ProviderStatics,
      // What the suite does to a simulated account is nobody's history.
      create: (request) => host.provider(plugin, { ...request, pluginParams: {}, keepsFiles: false }),
      symbol: wanted.symbol,
      timeframe: wanted.timeframe,
      sendsOrders: orders === true,
      orderSize: size,
      signal: app.signal,
    };
    const cases = casesFor(target);
    const idWidth = Math.max(...cases.map(({ id }) => id.length));
    const about = orders === true ? "orders are sent and taken back" : "no order is sent";
    if (json !== true) app.out.note(`asking ${plugin} for real, as configured; ${about}`);

    const results: ConformanceResult[] = [];
    const running = testProvider(target, ({ title }) =>
      app.out.progress(`${results.length + 1}/${cases.length}  ${title}`),
    );
    for await (const result of running) {
      results.push(result);
      app.out.endProgress();
      if (json !== true) printResult(app, result, idWidth);
    }
    const count = (status: ConformanceResult["status"]): number =>
      results.filter((result) => result.status === status).length;
    const [passed, failed, skipped] = [count("pass"), count("fail"), count("skip")];
    if (json === true)
      app.out.json({ plugin, symbol: wanted.symbol ?? null, passed, failed, skipped, results });
    else app.out.print(`${results.length} cases: ${passed} passed, ${failed} failed, ${skipped} skipped`);
    if (failed > 0) {
      throw new RuntimeFailure(
        `${plugin} does not keep the contract of a ${isBroker ? "broker" : "provider"}`,
        {
          hint: "docs/plugins.md says what each case demands",
        },
      );
    }
  },
});

/** What to test: NAME and SYMBOL, or all in one as everywhere else. */
function wantedOf(
  name: string,
  symbol: string | undefined,
  timeframe: string | undefined,
): { provider: string; symbol: string | undefined; timeframe: string | undefined } {
  if (!isProviderString(name)) return { provider: name, symbol, timeframe };
  if (symbol !== undefined) {
    throw new UsageError(`the symbol is given twice: in "${name}" and as ${symbol}`);
  }
  const parsed = parseProviderString(name);
  return { provider: parsed.provider, symbol: parsed.rest, timeframe: parsed.timeframe ?? timeframe };
}

function orderSize(text: string): number {
  const size = Number(text);
  if (text.trim() !== "" && Number.isFinite(size) && size > 0) return size;
  throw new UsageError(`--size "${text}" is no number of contracts above zero`);
}

function printResult(app: App, { id, status, title, detail }: ConformanceResult, idWidth: number): void {
  const { style } = app.out;
  const word = { pass: style.green, fail: style.red, skip: style.yellow }[status](status);
  const remark = detail === undefined ? "" : `: ${detail}`;
  app.out.print(`${word}  ${id.padEnd(idWidth)}  ${title}${status === "fail" ? remark : style.dim(remark)}`);
}
