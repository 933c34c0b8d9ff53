import type { ExchangeCapabilities } from "../api/broker/capabilities.ts";
import type { SpotInventoryPort } from "../api/broker/position.ts";
import type { RunContext } from "../api/broker/store.ts";
import type { BrokerPlugin } from "../api/plugins/broker.ts";
import type { BrokersConfig } from "../config/brokers.ts";
import type { Clock } from "../kernel/clock.ts";
import { PyneError } from "../kernel/errors.ts";
import type { Logger } from "../kernel/log.ts";
import type { SymInfo } from "../kernel/syminfo.ts";
import { parseTimeframe, timeframeSeconds } from "../kernel/timeframe.ts";
import type { StrategyRules } from "../runtime/strategy/rules.ts";
import type { DeskMaker } from "../runtime/strategy/strategy-desk.ts";
import { type ActorBooks, BrokerActor } from "./actor.ts";
import { VenueDesk } from "./desk/venue-desk.ts";
import { netQty, ownsCoin } from "./engine/book/position.ts";
import { isOver } from "./engine/draft.ts";
import type { Notice } from "./engine/effects.ts";
import type { FactOf } from "./engine/facts.ts";
import type { EngineRules, EngineState, PositionBook, SpotRules } from "./engine/state.ts";
import { leftBehind } from "./kept-orders.ts";
import type { OrderLine } from "./order-lines.ts";
import type { StoredState } from "./store/load.ts";
import type { Resolution } from "./store/plugin-rows.ts";
import { venueState } from "./venue-state.ts";

/** The engine's word that nothing more may be sent. Somebody has to look. */
export class HaltedError extends PyneError {
  override readonly code = "BROKER_HALTED";
}

/** The books of a run that is open. */
export interface OpenBooks extends ActorBooks, RunContext {
  readonly runTag: string;
  /** Tags of earlier runs of the same identity. */
  readonly priorTags: readonly string[];
  /** What earlier processes have left, under the rules of now. */
  load(rules: EngineRules): StoredState;
  /** Told what the plugin found out about a write. */
  onResolution: (resolution: Resolution) => void;
  /** What it found out and an earlier process has not acted on. */
  resolutions(): readonly Resolution[];
}

/** What a run at a broker is made of. */
export interface BrokerRunOptions {
  /** Connected. */
  readonly plugin: BrokerPlugin;
  readonly books: OpenBooks;
  /** As orders name it. */
  readonly symbol: string;
  readonly symInfo: SymInfo;
  /** TradingView's notation. */
  readonly timeframe: string;
  readonly capabilities: ExchangeCapabilities;
  readonly policies: BrokersConfig;
  /** Nothing is sent; what would be sent is told. */
  readonly isDryRun: boolean;
  readonly clock: Clock;
  readonly log: Logger;
  /** How often operators' commands are looked for, ms; default 250. */
  readonly pulseMs?: number;
  /** A line for every order that is sent, and for every answer. */
  readonly onLine: (line: OrderLine) => void;
  /** The run must end; `failure` says why. */
  readonly onEnd: () => void;
}

/** How a run at a broker stands. */
export interface BrokerStatus {
  /** Orders that are alive at the venue, or on their way. */
  readonly orders: number;
  /** What stops it, if anything does. */
  readonly latch: string | undefined;
  /** What happened to an order last. */
  readonly last: string | undefined;
}

/** The smallest part of a coin that is counted. */
const coinStep = 1e-8;

/** A strategy and its venue: the desk that the script trades at, and the engine that carries its wishes out. */
export class BrokerRun {
  readonly #options: BrokerRunOptions;
  #desk: VenueDesk | undefined;
  #actor: BrokerActor | undefined;
  /** What the venue said at the start. */
  #started: FactOf<"started"> | undefined;
  #isLive = false;
  /** Open of the last bar that an earlier process had evaluated, while it is still to come, ms. */
  #catchUpMs: number | undefined;
  /** Ends the waits. */
  readonly #stop = new AbortController();
  #last: string | undefined;
  /** The engine's books as the script's have followed them last. */
  #followed: PositionBook | undefined;
  /** Why the run must end; absent: nobody says so. */
  #end: { readonly failure: unknown } | undefined;

  constructor(options: BrokerRunOptions) {
    this.#options = options;
  }

  /** Makes the desk when the script is set up. */
  readonly makeDesk: DeskMaker = (rules, symbol, deskOptions) => {
    const { symbol: name, timeframe, books } = this.#options;
    const engineRules = this.#rulesOf(rules);
    const { state, fills, lastGeneration } = books.load(engineRules);
    // Coins after their fees are no whole steps.
    const heldStep = ownsCoin(engineRules) ? coinStep : undefined;
    const desk = new VenueDesk(
      rules,
      symbol,
      { ...deskOptions, heldStep },
      {
        symbol: name,
        periodMs: timeframeSeconds(parseTimeframe(timeframe)) * 1000,
        fills,
        lastGeneration,
        netQty: (fill) => netQty(fill, engineRules),
        isSideBySide: engineRules.isHedging,
        onEvaluated: (evaluation) => this.#actor?.evaluated(evaluation),
      },
    );
    this.#desk = desk;
    this.#actor = this.#makeActor(desk, state);
    return desk;
  };

  /** What ended the run before the feed or a signal did. @throws HaltedError, or what failed */
  throwIfFailed(): void {
    if (this.failure !== undefined) throw this.failure;
  }

  /** A `HaltedError`, or what failed; `undefined` while nothing has. */
  get failure(): unknown {
    return this.#end?.failure;
  }

  /** Whether the engine itself has ended the run. */
  get hasEnded(): boolean {
    return this.#end !== undefined;
  }

  get status(): BrokerStatus {
    const state = this.#actor?.state;
    const alive = [...(state?.orders.values() ?? [])].filter((order) => !isOver(order));
    return {
      orders: alive.length,
      latch: state === undefined ? undefined : latchOf(state),
      last: this.#last,
    };
  }

  /** All that the engine knows; `undefined` before there is a desk. */
  get state(): EngineState | undefined {
    return this.#actor?.state;
  }

  /** Nothing is in flight: every fact was acted on, every write has its answer, or it is known what became of it. */
  get isIdle(): boolean {
    const actor = this.#actor;
    if (this.#catchUpMs !== undefined) return true;
    if (!this.#isLive || actor === undefined || actor.writes > 0 || actor.isWaiting) return false;
    return isSettled(actor.state);
  }

  /**
   * Asks the venue how it stands, and listens to it from here on. What it says waits for `goLive`.
   * @throws TryAgainLaterError when the venue does not answer; the signal's reason
   */
  async prepare(signal: AbortSignal): Promise<void> {
    const { plugin, symbol, clock, log } = this.#options;
    const actor = this.#actor!;
    this.#inject(plugin, actor);
    actor.start();
    this.#started = await venueState({ plugin, symbol, clock, log, signal });
  }

  /**
   * The script has gone through all of its history: the books and the venue are brought together, and from here on what
   * the venue says counts, and what the script wants is sent. Bars that an earlier process has had evaluated and that
   * the history does not have are still to come: they are gone through first, as history.
   *
   * @param lastMs open of the last bar of the history
   */
  goLive(lastMs: number): void {
    const [desk, actor] = [this.#desk!, this.#actor!];
    const { closedBarMs } = actor.state;
    if (!(lastMs < closedBarMs)) return this.#takeOver();
    desk.takesOrders = false;
    this.#catchUpMs = closedBarMs;
    const late = this.#options.clock.sleep(catchUpPatienceMs, this.#stop.signal);
    late.then(
      () => this.#takeOver(),
      () => {},
    );
  }

  /** A live bar has begun, or is about to close. @param openMs its open */
  beforeBar(openMs: number): void {
    if (this.#catchUpMs !== undefined && openMs > this.#catchUpMs) this.#takeOver();
  }

  /** A live bar was executed. @param openMs its open */
  afterClose(openMs: number): void {
    // What fills from here on is of now, whatever the bar was.
    if (this.#desk !== undefined) this.#desk.isHeld = false;
    if (this.#catchUpMs !== undefined && openMs >= this.#catchUpMs) this.#takeOver();
  }

  /** The price has moved. */
  tick(price: number): void {
    if (this.#isLive) this.#actor?.tick(price);
  }

  /** Whether what the script wants on the bar that is about to close counts. */
  hold(isHeld: boolean): void {
    if (this.#desk !== undefined) this.#desk.isHeld = isHeld;
  }

  /** Ends it: waits for answers that are due, as long as `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    this.#isLive = false;
    // It ends before the bars that it had have come: what it has filled is to be in the results all the same.
    if (this.#catchUpMs !== undefined) this.#inherit();
    this.#catchUpMs = undefined;
    this.#stop.abort(new Error("the run has ended"));
    await this.#actor?.stop(graceMs);
  }

  #takeOver(): void {
    const [desk, actor, started] = [this.#desk, this.#actor, this.#started];
    if (desk === undefined || actor === undefined || started === undefined)
      throw new Error("the venue has not been asked");
    if (this.#isLive || this.#stop.signal.aborted) return;
    this.#catchUpMs = undefined;
    this.#isLive = true;
    desk.takesOrders = true;
    this.#inherit();
    actor.recovered(started);
    for (const resolution of this.#options.books.resolutions()) this.#resolve(actor, resolution);
  }

  /** What an earlier process has left becomes the script's book. */
  #inherit(): void {
    const state = this.#actor?.state;
    if (state !== undefined) this.#desk?.takeOver(leftBehind(state), state.book);
  }

  #rulesOf(rules: StrategyRules): EngineRules {
    const { plugin, books, symbol, symInfo, capabilities, policies, isDryRun } = this.#options;
    const statics = plugin.constructor as typeof BrokerPlugin;
    const graceSeconds = statics.defensiveCloseResolutionGraceS ?? defensiveCloseSeconds;
    return {
      runId: books.runId,
      runTag: books.runTag,
      priorTags: books.priorTags,
      symbol,
      baseCurrency: symInfo.basecurrency ?? null,
      mintick: symInfo.mintick,
      qtyStep: symInfo.mincontract,
      pyramiding: Math.max(1, rules.pyramiding),
      closeEntriesRule: rules.closeEntriesRule,
      clientOrderIdMaxLen: statics.clientOrderIdMaxLen,
      capabilities,
      onUnexpectedCancel: policies.on_unexpected_cancel,
      onInventoryConflict: policies.on_inventory_conflict,
      onOcaPartialFill: policies.on_oca_partial_fill,
      isHedging: plugin.positionPort !== null,
      closesLegsPartly: plugin.positionPort?.supportsPartialLegClose ?? true,
      isSpot: plugin.spotInventoryPort !== null,
      spot: spotRules(plugin.spotInventoryPort),
      isDryRun,
      failsafePercent: policies.failsafe_stop_percent,
      defensiveCloseGraceMs: graceSeconds * 1000,
    };
  }

  #makeActor(desk: VenueDesk, state: EngineState): BrokerActor {
    const { plugin, books, clock, log, pulseMs, onLine } = this.#options;
    return new BrokerActor({
      ...{ plugin, books, state, clock, log, pulseMs },
      onLine: (line) => {
        this.#last = `${line.tag} ${line.text}`;
        onLine(line);
      },
      onNotice: (notice) => this.#hear(notice, desk),
      afterStep: () => this.#afterStep(desk),
      onFailure: (error) => this.#endWith(error),
    });
  }

  #afterStep(desk: VenueDesk): void {
    const book = this.#actor?.state.book;
    if (book !== undefined && book !== this.#followed) desk.agreeWith(book);
    this.#followed = book;
    desk.refresh();
  }

  #hear(notice: Notice, desk: VenueDesk): void {
    if (notice.kind !== "stop") return desk.take(notice);
    this.#endWith(
      notice.isHalt
        ? new HaltedError(`the run was halted: ${notice.reason}`, {
            hint: "orders and position are as they were; look at them at the venue before the next start",
          })
        : undefined,
    );
  }

  #endWith(failure: unknown): void {
    if (this.#end !== undefined) return;
    this.#end = { failure };
    this.#options.onEnd();
  }

  #resolve(actor: BrokerActor, resolution: Resolution): void {
    actor.hear({ kind: "resolved", nowMs: this.#options.clock.nowMs(), ...resolution });
  }

  #inject(plugin: BrokerPlugin, actor: BrokerActor): void {
    const { books, clock } = this.#options;
    books.onResolution = (resolution) => this.#resolve(actor, resolution);
    plugin.quarantineSink = (reason) => actor.hear({ kind: "quarantine", nowMs: clock.nowMs(), reason });
    plugin.nativeCancelAllExpectedSink = (symbol) =>
      actor.hear({
        kind: "bulk_cancel_expected",
        nowMs: clock.nowMs(),
        ...(symbol === undefined ? {} : { symbol }),
      });
  }
}

/** Longest wait for bars that an earlier process had and the history has not, ms. */
const catchUpPatienceMs = 15_000;
/** Nothing is in doubt, and nothing waits for its time to be sent. */
function isSettled({ intents, obligations, nowMs }: EngineState): boolean {
  for (const { kind } of obligations.values()) if (kind === "verify") return false;
  for (const { phase, notBeforeMs } of intents.values())
    if (notBeforeMs > nowMs && (phase === "prepared" || phase === "working")) return false;
  return true;
}

/** Where a plugin does not say how long a defensive close may take. */
const defensiveCloseSeconds = 30;

function latchOf({ latches }: EngineState): string | undefined {
  const { halt, quarantine, paused } = latches;
  if (halt !== null) return `halted: ${halt.reason}`;
  if (quarantine !== null) return `quarantine: ${quarantine.reason}`;
  return paused ? "paused" : undefined;
}

function spotRules(port: SpotInventoryPort | null): SpotRules | null {
  if (port === null) return null;
  const { baseTolerance, settlementGraceS, positionDustThreshold } = port;
  return { baseTolerance, settlementGraceMs: settlementGraceS * 1000, positionDustThreshold };
}
