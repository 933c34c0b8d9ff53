import { type Bar, barAt } from "../kernel/bar.ts";
import { zonedFormatter } from "../kernel/zone.ts";
import type { SymInfo } from "../kernel/syminfo.ts";
import type { BarSource } from "../live/joiner.ts";
import type { LiveRun } from "../runtime/live-run.ts";
import type { BrokerStatus } from "../broker/broker-run.ts";
import type { OrderLine } from "../broker/order-lines.ts";
import type { RunObserver } from "../runtime/observer.ts";
import type { App } from "./app.ts";
import { heartbeatMs, plain, statusLine } from "./live-status.ts";

/** How often the status line is drawn, ms. */
const drawMs = 1000;

/**
 * What a person sees of a live run: a status line on a terminal, heartbeat lines elsewhere, a line for every closed
 * bar, every fill, and every order that goes to a broker.
 */
export class LiveScreen {
  readonly #app: App;
  readonly #symInfo: SymInfo;
  readonly #logsBars: boolean;
  readonly #format: (timeMs: number) => string;
  #timer: ReturnType<typeof setInterval> | undefined;
  #startedMs = 0;
  #firstBar = 0;
  #last: Bar | undefined;
  #run: LiveRun | undefined;
  #broker: (() => BrokerStatus) | undefined;

  constructor(app: App, symInfo: SymInfo, logsBars: boolean) {
    this.#app = app;
    this.#symInfo = symInfo;
    this.#logsBars = logsBars;
    this.#format = zonedFormatter(symInfo.timezone);
  }

  /** The run is live: status or heartbeat begins. @param broker how a run at a broker stands */
  start(run: LiveRun, broker?: () => BrokerStatus): void {
    const { out, env } = this.#app;
    this.#run = run;
    this.#broker = broker;
    this.#startedMs = Date.now();
    this.#firstBar = run.bars;
    this.#last ??= barAt(run.columns, run.bars - 1);
    const isDrawn = out.interactive && !env["PYNE_NO_LIVE_SPINNER"];
    const everyMs = isDrawn ? drawMs : heartbeatMs(env["PYNE_HEARTBEAT_INTERVAL"]);
    if (everyMs === undefined) return;
    this.#timer = setInterval(
      () => (isDrawn ? out.progress(this.#status()) : out.note(`live  ${this.#status()}`)),
      // Timers count to 2^31.
      Math.min(everyMs, 2 ** 31 - 1),
    );
  }

  tick(bar: Bar): void {
    this.#last = bar;
  }

  close(run: LiveRun, bar: Bar, source: BarSource): void {
    this.#last = bar;
    if (!this.#logsBars) return;
    const { open, high, low, close, volume } = bar;
    const values = [
      ["O", open],
      ["H", high],
      ["L", low],
      ["C", close],
      ["V", volume],
    ] as const;
    const text = values.map(([name, value]) => `${name} ${plain(value)}`).join("  ");
    this.#line(bar.openTimeMs, run.bars - 1, "BAR", source === "feed" ? text : `${text}  (${source})`);
  }

  /** An order that was sent, or what became of one. */
  order({ level, tag, text }: OrderLine): void {
    if (level === "warn") return this.#app.out.warn(text);
    if (level === "error") return this.#app.log.error(text);
    const timeMs = this.#last?.openTimeMs ?? Date.now();
    this.#line(timeMs, this.#run?.bars ?? 0, tag, text);
  }

  /** Ends the status line. */
  stop(): void {
    clearInterval(this.#timer);
    this.#app.out.endProgress();
  }

  /** Tells what filled. */
  get trades(): Pick<RunObserver, "onTrade"> {
    return {
      onTrade: (kind, trade, _position, bar) => {
        const { position, quantity, entryId, entryPrice, exitId, exitPrice, profit } = trade;
        // What a venue fills between two bars belongs to the one that is coming.
        const index = (kind === "open" ? trade.entryBarIndex : trade.exitBarIndex) ?? bar;
        const size = plain(quantity);
        if (kind === "open")
          this.#line(
            trade.entryTimeMs,
            index,
            "FILL",
            `ENTRY ${position} ${entryId} ${size} @ ${plain(entryPrice)}`,
          );
        else
          this.#line(
            trade.exitTimeMs ?? 0,
            index,
            "FILL",
            `EXIT ${position} ${exitId ?? entryId} ${size} ${plain(entryPrice)} ${plain(exitPrice ?? Number.NaN)} ${plain(profit ?? Number.NaN)}`,
          );
      },
    };
  }

  #line(timeMs: number, bar: number, tag: string, text: string): void {
    const time = this.#format(timeMs).replace("T", " ");
    this.#app.out.note(`[${time}] bar: ${String(bar).padStart(6)} ${tag.padEnd(7)} ${text}`);
  }

  #status(): string {
    const run = this.#run!;
    const { desk } = run.runner;
    const now = Date.now();
    const last = this.#last;
    // The clock of a replay is that of its bars.
    const isNow = last !== undefined && Math.abs(now - last.openTimeMs) < 86_400_000;
    return statusLine({
      marketTime: this.#format(isNow || last === undefined ? now : last.openTimeMs).replace("T", " "),
      elapsedMs: now - this.#startedMs,
      bars: run.bars - this.#firstBar,
      price: last?.close ?? Number.NaN,
      ...(this.#broker === undefined ? {} : { broker: this.#broker() }),
      ...(desk === undefined
        ? {}
        : {
            account: {
              equity: desk.equity,
              currency: desk.accountCurrency || this.#symInfo.currency,
              position: desk.positionSize,
              averagePrice: desk.positionAveragePrice,
            },
          }),
    });
  }
}
