import type { StrategyContext } from "../api/script/context.ts";
import type { BoolSeries, Series, Source, State } from "../api/script/series.ts";
import { ScriptSetupError, type SetupPort } from "../api/script/setup.ts";
import type { LibraryFunction } from "../api/plugins/extension-library.ts";
import type { BarStateView } from "../api/plugins/extension-hooks.ts";
import { TradingCalendar } from "../kernel/calendar/calendar.ts";
import { RuntimeFailure } from "../kernel/errors.ts";
import { rememberParts, type RunParts } from "./parts.ts";
import { BoolNode, callableSeries, reader, SeriesNode } from "./series.ts";
import type { Simulator } from "./strategy/simulator.ts";
import { technicalAnalysis } from "./ta.ts";

/** A script's context, its port for the setup, and what steps its series once per bar. */
export interface ScriptInstance {
  readonly context: StrategyContext;
  readonly port: SetupPort;
  /** Computes every series for the bar the clock stands on, in the order of their creation. */
  advance(): void;
}

/** Builds them. */
export function createInstance(parts: RunParts): ScriptInstance {
  const { columns, clock, simulator } = parts;
  const nodes: { advance(): void }[] = [];
  const bars = columns.length;

  const add = <Node extends { advance(): void }>(node: Node): Node => {
    nodes.push(node);
    // A price that a script first asks for in the middle of a bar must know that bar.
    if (clock.index >= clock.first) node.advance();
    return node;
  };
  const inSetup = (caller: string): void => {
    if (clock.index < clock.first) return;
    throw new ScriptSetupError(`${caller}() was called on a bar`, {
      hint: "create series in the setup function, before the function that runs on every bar",
    });
  };
  const price = (column: Float64Array): SeriesNode => add(new SeriesNode(clock, column));
  const series = (compute: () => number): SeriesNode =>
    add(new SeriesNode(clock, new Float64Array(bars), compute));
  const condition = (compute: () => boolean): BoolNode =>
    add(new BoolNode(clock, new Uint8Array(bars), compute));
  /** A series that most scripts never ask for is made when one does. */
  const lazily = (make: () => SeriesNode): (() => SeriesNode) => {
    let made: SeriesNode | undefined;
    return () => (made ??= make());
  };

  const [open, high, low, close] = [
    price(columns.open),
    price(columns.high),
    price(columns.low),
    price(columns.close),
  ];
  const volume = lazily(() => price(columns.volume));
  const time = lazily(() => price(columns.openTimeMs));
  const hl2 = lazily(() => series(() => (high.now + low.now) / 2));
  const hlc3 = lazily(() => series(() => (high.now + low.now + close.now) / 3));
  const ohlc4 = lazily(() => series(() => (open.now + high.now + low.now + close.now) / 4));
  const hlcc4 = lazily(() => series(() => (high.now + low.now + close.now + close.now) / 4));
  let tradingCalendar: TradingCalendar | undefined;
  const calendar = (): TradingCalendar => (tradingCalendar ??= new TradingCalendar(parts.symInfo));
  const closeSeries = callableSeries(
    close,
    (id: string, options: { qty?: number; qtyPercent?: number; comment?: string } = {}) =>
      orders("close").close(id, options.qty, options.qtyPercent, options.comment ?? ""),
  );

  const orders = (command: string): Simulator => {
    if (simulator !== undefined) return simulator;
    throw new RuntimeFailure(`an indicator has no orders: ${command}() needs a strategy`);
  };

  const barstate: BarStateView = {
    get isfirst() {
      return clock.index === clock.first;
    },
    get islast() {
      return clock.index === bars - 1;
    },
    ishistory: true,
    isrealtime: false,
    isnew: true,
    isconfirmed: true,
    get islastconfirmedhistory() {
      return clock.index === bars - 1;
    },
  };

  const context: StrategyContext = {
    open,
    high,
    low,
    close: closeSeries,
    get volume() {
      return volume();
    },
    get hl2() {
      return hl2();
    },
    get hlc3() {
      return hlc3();
    },
    get ohlc4() {
      return ohlc4();
    },
    get hlcc4() {
      return hlcc4();
    },
    get time() {
      return time();
    },
    get barIndex() {
      return clock.index;
    },
    lastBarIndex: bars - 1,
    lastBarTime: columns.openTimeMs[bars - 1] ?? Number.NaN,
    barstate,
    syminfo: parts.symInfo,
    timeframe: parts.timeframe,
    extra(name) {
      inSetup("extra");
      const column = columns.extra.get(name);
      return column instanceof Float64Array ? price(column) : price(new Float64Array(bars).fill(Number.NaN));
    },
    series(expression) {
      inSetup("series");
      return series(expression);
    },
    condition(expression) {
      inSetup("condition");
      return condition(expression);
    },
    state: <Value>(initial: Value): State<Value> => ({ value: initial }),
    plot: (title, value) => parts.plots.add(title, value),
    alert: (message, frequency = "once_per_bar") => parts.onAlert?.(message, frequency),
    runtimeError(message): never {
      throw new RuntimeFailure(message);
    },
    entry(id, direction, options = {}) {
      orders("entry").entry(id, direction === "long" ? 1 : -1, options.qty, options.comment ?? "");
    },
    closeAll: (options = {}) => orders("closeAll").closeAll(options.comment ?? ""),
    cancel: (id) => orders("cancel").cancel(id),
    cancelAll: () => orders("cancelAll").cancelAll(),
    get positionSize() {
      return orders("positionSize").positionSize;
    },
    get positionAvgPrice() {
      return orders("positionAvgPrice").positionAveragePrice;
    },
    get equity() {
      return orders("equity").equity;
    },
    get netProfit() {
      return orders("netProfit").netProfit;
    },
    get openProfit() {
      return orders("openProfit").openProfit;
    },
    get closedTrades() {
      return orders("closedTrades").closedTrades.length;
    },
    get openTrades() {
      return orders("openTrades").openTrades.length;
    },
  };

  const sources: Readonly<Record<string, () => Series>> = {
    open: () => open,
    high: () => high,
    low: () => low,
    close: () => close,
    volume,
    hl2,
    hlc3,
    ohlc4,
    hlcc4,
  };
  const port: SetupPort = {
    ta: technicalAnalysis({
      series,
      condition,
      open,
      high,
      low,
      close,
      volume,
      bar: () => clock.index - clock.first,
      tradingDay: () => calendar().tradingDay(columns.openTimeMs[clock.index] ?? Number.NaN).date,
    }),
    input: (spec) => parts.inputs.declare(spec),
    priceSeries: (name) => (sources[name] ?? sources["close"] ?? ((): Series => close))(),
    library: (plugin) => parts.libraries.get(plugin),
    librarySeries: (definition, args) => librarySeries(definition, args, series, condition),
  };
  rememberParts(context, parts);
  return {
    context,
    port,
    advance() {
      for (let index = 0; index < nodes.length; index++) nodes[index]?.advance();
    },
  };
}

/** One call site of an extension's function: a state of its own, arguments by name, computed once per bar. */
function librarySeries(
  definition: LibraryFunction,
  args: readonly Source[],
  series: (compute: () => number) => Series,
  condition: (compute: () => boolean) => BoolSeries,
): Series | BoolSeries {
  const state = definition.state?.();
  const readers = Object.keys(definition.args).map(
    (name, index) => [name, reader(args[index] ?? Number.NaN)] as const,
  );
  const values: Record<string, number> = {};
  const call = (): unknown => {
    for (const [name, read] of readers) values[name] = read();
    return definition.call(state, values as never);
  };
  return definition.returns === "bool" ? condition(() => call() === true) : series(() => Number(call()));
}
