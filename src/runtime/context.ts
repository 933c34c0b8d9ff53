import type { IndicatorContext, StrategyContext } from "../api/script/context.ts";
import type { BoolSeries, Series, Source, State } from "../api/script/series.ts";
import { ScriptSetupError, type SetupPort } from "../api/script/setup.ts";
import type { TechnicalAnalysis } from "../api/script/technical-analysis.ts";
import type { LibraryFunction } from "../api/plugins/extension-library.ts";
import { TradingCalendar } from "../kernel/calendar/calendar.ts";
import { RuntimeFailure } from "../kernel/errors.ts";
import { rememberParts, type RunParts } from "./parts.ts";
import { BoolNode, callableSeries, reader, SeriesNode } from "./series.ts";
import { Cell, KeptState } from "./rollback.ts";
import { strategyMembers } from "./strategy-members.ts";
import { technicalAnalysis } from "./ta.ts";

/** A script's context, its port for the setup, and what steps its series once per bar. */
export interface ScriptInstance {
  readonly context: StrategyContext;
  readonly port: SetupPort;
  /** Computes every series for the bar the clock stands on, in the order of their creation. */
  advance(): void;
  /** What the script keeps from bar to bar in cells and indicators. */
  readonly state: KeptState;
}

/** Builds them. */
export function createInstance(parts: RunParts): ScriptInstance {
  const { columns, clock, room, desk } = parts;
  // Prices come first, whenever they are first asked for: everything else may read them.
  const priceNodes: SeriesNode[] = [];
  const nodes: { advance(): void }[] = [];
  const state = new KeptState();

  const add = <Node extends { advance(): void }>(node: Node, to: { advance(): void }[] = nodes): Node => {
    to.push(node);
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
  const price = (column: Float64Array): SeriesNode => add(new SeriesNode(clock, column), priceNodes);
  const series = (compute: () => number): SeriesNode => add(new SeriesNode(clock, room.numbers(), compute));
  const condition = (compute: () => boolean): BoolNode => add(new BoolNode(clock, room.flags(), compute));
  /** A series that most scripts never ask for is made when one does. */
  const lazily = (make: () => SeriesNode): (() => SeriesNode) => {
    let made: SeriesNode | undefined;
    return () => (made ??= make());
  };

  const open = lazily(() => price(columns.open));
  const high = lazily(() => price(columns.high));
  const low = lazily(() => price(columns.low));
  const close = lazily(() => price(columns.close));
  const volume = lazily(() => price(columns.volume));
  const time = lazily(() => price(columns.openTimeMs));
  const hl2 = lazily(() => {
    const [h, l] = [high(), low()];
    return series(() => (h.now + l.now) / 2);
  });
  const hlc3 = lazily(() => {
    const [h, l, c] = [high(), low(), close()];
    return series(() => (h.now + l.now + c.now) / 3);
  });
  const ohlc4 = lazily(() => {
    const [o, h, l, c] = [open(), high(), low(), close()];
    return series(() => (o.now + h.now + l.now + c.now) / 4);
  });
  const hlcc4 = lazily(() => {
    const [h, l, c] = [high(), low(), close()];
    return series(() => (h.now + l.now + c.now + c.now) / 4);
  });
  let tradingCalendar: TradingCalendar | undefined;
  const calendar = (): TradingCalendar => (tradingCalendar ??= new TradingCalendar(parts.symInfo));
  const members = strategyMembers(desk);
  let closeSeries: StrategyContext["close"] | undefined;

  const prices: IndicatorContext = {
    get open() {
      return open();
    },
    get high() {
      return high();
    },
    get low() {
      return low();
    },
    get close() {
      return close();
    },
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
    get lastBarIndex() {
      return columns.length - 1;
    },
    get lastBarTime() {
      return columns.openTimeMs[columns.length - 1] ?? Number.NaN;
    },
    barstate: parts.barState,
    syminfo: parts.symInfo,
    timeframe: parts.timeframe,
    extra(name) {
      inSetup("extra");
      const column = columns.extra.get(name);
      return column instanceof Float64Array ? price(column) : price(room.numbers(Number.NaN));
    },
    series(expression) {
      inSetup("series");
      return series(expression);
    },
    condition(expression) {
      inSetup("condition");
      return condition(expression);
    },
    state: <Value>(initial: Value): State<Value> => state.keep(new Cell(initial)),
    plot: (title, value) => parts.plots.add(title, value),
    alert(message, frequency = "once_per_bar") {
      if (parts.alerts.passes(message, frequency)) parts.onAlert?.(message, frequency);
    },
    runtimeError(message): never {
      throw new RuntimeFailure(message);
    },
  };
  const context = Object.defineProperties({} as StrategyContext, {
    ...Object.getOwnPropertyDescriptors(prices),
    ...Object.getOwnPropertyDescriptors(members.context),
    close: { get: () => (closeSeries ??= callableSeries(close(), members.close)), enumerable: true },
  });

  const sources: Readonly<Record<string, () => Series>> = {
    open,
    high,
    low,
    close,
    volume,
    hl2,
    hlc3,
    ohlc4,
    hlcc4,
  };
  let ta: TechnicalAnalysis | undefined;
  const port: SetupPort = {
    // A compiled script asks for none of this, and then no series is stepped for it.
    get ta() {
      return (ta ??= technicalAnalysis({
        series,
        condition,
        open: open(),
        high: high(),
        low: low(),
        close: close(),
        volume,
        keep: (kernel) => state.keep(kernel),
        bar: () => clock.index - clock.first,
        tradingDay: () => calendar().tradingDay(columns.openTimeMs[clock.index] ?? Number.NaN).date,
      }));
    },
    input: (spec) => parts.inputs.declare(spec),
    priceSeries: (name) => (sources[name] ?? close)(),
    library: (plugin) => parts.libraries.get(plugin),
    librarySeries: (definition, args) => librarySeries(definition, args, series, condition, state),
  };
  rememberParts(context, parts);
  return {
    context,
    port,
    state,
    advance() {
      for (let index = 0; index < priceNodes.length; index++) priceNodes[index]?.advance();
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
  kept: KeptState,
): Series | BoolSeries {
  const cell = kept.keep(new Cell<unknown>(definition.state?.()));
  const readers = Object.keys(definition.args).map(
    (name, index) => [name, reader(args[index] ?? Number.NaN)] as const,
  );
  const values: Record<string, number> = {};
  const call = (): unknown => {
    for (const [name, read] of readers) values[name] = read();
    return definition.call(cell.value, values as never);
  };
  return definition.returns === "bool" ? condition(() => call() === true) : series(() => Number(call()));
}
