import { AlertSite } from "../alert-gate.ts";
import type { BarState } from "../bar-state.ts";
import type { AlertFrequency } from "../observer.ts";
import type { RunParts } from "../parts.ts";
import type { Drawings } from "./drawings/drawings.ts";
import { ChartPoints } from "./drawings/point.ts";
import { ChartFacts, symbolFacts, TimeframeFacts } from "./environment.ts";
import { PineInputs } from "./inputs.ts";
import { PineLog, pineRuntime } from "./messages.ts";
import { incomplete } from "./missing.ts";
import { type OutputArguments, PineOutputs } from "./outputs.ts";
import { contextParts } from "./context-parts.ts";
import { footprint, volumeRow } from "./footprint.ts";
import { Places } from "./places.ts";
import { Prices } from "./prices.ts";
import { PineRequests } from "./requests.ts";
import { type Passes, ScriptState } from "./state.ts";
import { PineTime } from "./time/pine-time.ts";
import { SessionFacts } from "./time/session-facts.ts";
import { noStrategy, PineStrategy, SilentStrategy } from "./strategy/strategy.ts";
import { PineTickers } from "./tickers.ts";
import type { Kernel } from "../lib/kernel.ts";
import { Snapshot } from "../lib/snapshot.ts";

/** What `hold` gives and `release` takes. */
interface Held {
  readonly value: unknown;
  readonly snapshot: Snapshot;
}

/** The run as compiled Pine sees it: `rt`. Names are Pine's. */
export class PineRun extends incomplete("") {
  /** Number of the bar, from 0. */
  index = -1;
  /** The first bar that is computed. */
  readonly first: number;
  /** Bars that there will be at least. */
  readonly capacity: number;
  readonly prices: Prices;
  readonly input: PineInputs;
  readonly barstate: BarState;
  readonly syminfo: Readonly<Record<string, string | number | null>>;
  readonly timeframe: TimeframeFacts;
  readonly chart: ChartFacts;
  readonly log: PineLog;
  readonly times: PineTime;
  readonly session: SessionFacts;
  readonly point: ChartPoints;
  readonly line: Drawings["line"];
  readonly label: Drawings["label"];
  readonly box: Drawings["box"];
  readonly table: Drawings["table"];
  readonly linefill: Drawings["linefill"];
  readonly polyline: Drawings["polyline"];
  readonly drawings: Drawings;
  readonly runtime = pineRuntime;
  readonly request: PineRequests;
  readonly ticker: PineTickers;
  readonly footprint = footprint;
  readonly volume_row = volumeRow;
  readonly loopLimit: number;
  readonly #parts: RunParts;
  readonly #outputs: PineOutputs;
  readonly #state: ScriptState;
  readonly #strategy: PineStrategy | undefined;
  readonly #places = new Places();
  #goesBack: boolean;

  constructor(parts: RunParts, version: number) {
    super();
    const { columns, clock, symInfo } = parts;
    this.#parts = parts;
    this.#goesBack = parts.barsMove;
    this.first = clock.first;
    this.capacity = columns.length;
    this.prices = new Prices(columns, clock.first, symInfo, parts.room);
    this.input = new PineInputs(parts.inputs, this.prices);
    this.barstate = parts.barState;
    const main = parts.sources.chart;
    this.syminfo = symbolFacts(symInfo, main.symInfo);
    const times = columns.openTimeMs;
    this.times = new PineTime({ symInfo, timeframe: parts.timeframe, times, clock, nowMs: parts.nowMs });
    const before = (): number => (clock.index > clock.first ? times[clock.index - 1]! : Number.NaN);
    this.session = new SessionFacts(this.times, before);
    this.timeframe = new TimeframeFacts(parts.timeframe, version, this.times.bars, main.timeframe);
    const { drawings } = parts;
    ({
      line: this.line,
      label: this.label,
      box: this.box,
      table: this.table,
      linefill: this.linefill,
      polyline: this.polyline,
    } = drawings);
    this.drawings = drawings;
    this.point = new ChartPoints({ time: () => this.times.open, index: () => this.index });
    this.chart = new ChartFacts(columns.openTimeMs[0] ?? Number.NaN, this.last_bar_time);
    this.log = new PineLog(parts.messages, clock);
    this.loopLimit = parts.loopLimit;
    this.#outputs = new PineOutputs(parts.plots, parts.visuals);
    this.#state = new ScriptState(parts.loopLimit);
    const Strategy = parts.inside === undefined ? PineStrategy : SilentStrategy;
    this.#strategy = parts.desk === undefined ? undefined : new Strategy(parts.desk, version);
    this.ticker = new PineTickers(`${symInfo.prefix}:${symInfo.ticker}`);
    const published = parts.inside?.context.feed ?? main;
    this.request = new PineRequests({
      sources: parts.sources,
      feed: published.columns === columns ? published : { ...published, columns },
      published,
      clock,
      barState: parts.barState,
      inside: parts.inside,
      takePlace: (number) => this.#places.take(number),
      spawn: (inside, program) => {
        const run = new PineRun(contextParts(parts, inside), version);
        return { run, bar: program(run as never) };
      },
    });
  }

  /** Begins an execution of the script on the bar the run stands on. */
  begin(): void {
    this.index = this.#parts.clock.index;
    // Where bars are executed again their rows change.
    if (this.#goesBack) this.prices.refresh(this.index);
    this.#state.begin();
  }

  /** Number of the newest bar there is. */
  get last_bar_index(): number {
    return this.#parts.columns.length - 1;
  }

  /** Its open. */
  get last_bar_time(): number {
    const { columns } = this.#parts;
    return columns.openTimeMs[columns.length - 1] ?? Number.NaN;
  }

  get strategy(): PineStrategy {
    return this.#strategy ?? noStrategy();
  }

  /** Saves and restores a kernel with everything else. */
  keep<Kept extends Kernel>(kernel: Kept): Kept {
    return this.#state.keep(kernel);
  }

  /** One state for each pass of a loop. */
  passes<State>(make: () => State): Passes<State> {
    return this.#state.passes(this.#places.numbered(make));
  }

  /** Whether the script requests anything of other feeds. */
  get asks(): boolean {
    return this.#places.areTaken || this.request.asksRates;
  }

  /** What the bar shows, values and colours, in the order in which they were announced. */
  shown(): number[] {
    return this.#outputs.shown();
  }

  /** Shows on this bar what a run of the same script showed on one of its own; `null`: nothing. */
  show(shown: readonly number[] | null): void {
    this.#outputs.show(shown, this.index);
  }

  /** Takes the prices of a bar over after they have changed. */
  refresh(index: number): void {
    this.prices.refresh(index);
  }

  /** Pays for passes of loops. @throws RuntimeFailure when the bar's budget is used up */
  spend(passes: number): void {
    this.#state.spend(passes);
  }

  alert(message: string | null, frequency: string | null = "once_per_bar", site?: AlertSite): void {
    const text = message ?? "NaN";
    const when = (frequency ?? "once_per_bar") as AlertFrequency;
    if (!this.#parts.alerts.passes(text, when, site)) return;
    this.#parts.messages.alert(text, this.index);
    this.#parts.onAlert?.(text, when);
  }

  /** A call of `alert`; `undefined` in the passes of a loop, where the n-th call is not the same one every time. */
  alertSite(): AlertSite | undefined {
    return this.#places.isInPass ? undefined : new AlertSite();
  }

  /** A condition that an alert can be made of on a chart; there is none here. */
  alertcondition(_condition: boolean, _title?: string, _message?: string): void {}

  plot(args: OutputArguments): ReturnType<PineOutputs["plot"]> {
    return this.#outputs.plot(args);
  }

  plotshape(args: OutputArguments): ReturnType<PineOutputs["plotshape"]> {
    return this.#outputs.plotshape(args);
  }

  plotchar(args: OutputArguments): ReturnType<PineOutputs["plotchar"]> {
    return this.#outputs.plotchar(args);
  }

  plotarrow(args: OutputArguments): ReturnType<PineOutputs["plotarrow"]> {
    return this.#outputs.plotarrow(args);
  }

  plotcandle(args: OutputArguments): ReturnType<PineOutputs["plotcandle"]> {
    return this.#outputs.plotcandle(args);
  }

  plotbar(args: OutputArguments): ReturnType<PineOutputs["plotbar"]> {
    return this.#outputs.plotbar(args);
  }

  hline(args: OutputArguments): ReturnType<PineOutputs["hline"]> {
    return this.#outputs.hline(args);
  }

  fill(args: OutputArguments): ReturnType<PineOutputs["fill"]> {
    return this.#outputs.fill(args);
  }

  gradient(args: OutputArguments): ReturnType<PineOutputs["gradient"]> {
    return this.#outputs.gradient(args);
  }

  bgcolor(args: OutputArguments): ReturnType<PineOutputs["bgcolor"]> {
    return this.#outputs.bgcolor(args);
  }

  barcolor(args: OutputArguments): ReturnType<PineOutputs["barcolor"]> {
    return this.#outputs.barcolor(args);
  }

  /** A reference with the contents of everything that can be reached from it. */
  hold(value: unknown): Held {
    return { value, snapshot: new Snapshot([value]) };
  }

  /** The reference, and all contents as they were when `hold` was called. */
  release({ value, snapshot }: Held): unknown {
    snapshot.restore();
    return value;
  }

  /** Remembers the state at the start of a bar. */
  save(): void {
    this.#state.save();
    this.drawings.save();
    this.request.save();
  }

  /** Goes back to it. */
  restore(): void {
    this.#goesBack = true;
    this.#state.restore();
    this.drawings.restore();
    this.request.restore();
  }
}
