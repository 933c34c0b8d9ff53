import type { Clock } from "../../kernel/clock.ts";
import type { StrategyRules } from "../../runtime/strategy/rules.ts";
import { type BrokerMaker, LabRun, type LabStore } from "./lab-run.ts";
import { runIdOf } from "../store/open-run.ts";
import { barMs, barTimeAt, labSymbol } from "./market.ts";
import { Pace } from "./pace.ts";
import { LabProcess } from "./process.ts";
import type { LabProfile } from "./profile.ts";
import { StalledError, VirtualTime } from "./time.ts";
import type { Note } from "./note.ts";
import type { Call } from "./venue/line.ts";
import { type Execution, type VenueEvent } from "./venue/model.ts";
import { Venue } from "./venue/venue.ts";
import { Violation } from "./violation.ts";

/** What a world is made of. */
export interface WorldOptions {
  readonly profile: LabProfile;
  readonly openStore: (clock: Clock) => LabStore;
  readonly makeBroker: BrokerMaker;
  /** Told what is met. */
  readonly note?: Note | undefined;
}

/** Longest start of a process, ms. */
const startMs = 120_000;
/** Longest shutdown, ms. */
const shutdownMs = 120_000;

/** A venue, an account, and the runs on it. */
export class World {
  readonly profile: LabProfile;
  readonly time = new VirtualTime();
  readonly venue: Venue;
  readonly calls: Call[] = [];
  readonly #pace = new Pace(() => this.time.nowMs);
  readonly runs: readonly LabRun[];
  readonly store: LabStore;
  #skewMs = 0;
  /** The most that the machine's clock was ahead or behind so far, ms. */
  #skews = { ahead: 0, behind: 0 };
  /** A person has traded on the account. */
  hasManualTrades = false;
  /** Coins that a person has taken off the account, and that have not been counted against a run. */
  takenCoins = 0;
  /** How orders ended at the venue, by id. */
  readonly ends = new Map<string, string>();
  readonly note: Note;
  #violation: Violation | null = null;

  constructor({ profile, openStore, makeBroker, note = () => {} }: WorldOptions) {
    this.profile = profile;
    this.note = note;
    const { time } = this;
    this.venue = new Venue(profile.rules, () => time.nowMs);
    const clock = time.clock(() => this.skewMs);
    const store = openStore(clock);
    this.store = store;
    const symInfo = labSymbol(profile);
    this.runs = Array.from({ length: profile.runs }, (_, index) => {
      const identity = {
        strategyId: "lab",
        accountId: "lab-1",
        symbol: symInfo.ticker,
        timeframe: "1",
        label: index === 0 ? null : `run${index + 1}`,
      };
      const runId = runIdOf(identity);
      return new LabRun({
        ...{ number: index + 1, identity, runId, store, makeBroker, clock, symInfo },
        symbol: profile.rules.symbol,
        breaks: profile.breaks,
        strategy: { ...strategyRules, pyramiding: profile.pyramiding },
        policies: {
          on_unexpected_cancel: profile.onUnexpectedCancel,
          on_inventory_conflict: profile.onInventoryConflict,
          on_oca_partial_fill: profile.onOcaPartialFill,
          failsafe_stop_percent: profile.failsafePercent,
        },
        watch: (look) => this.watch(look),
        did: (what) => this.did(what),
        note,
        ownerOf: (fillId) => this.venue.executions.find((one) => one.fillId === fillId)?.owner,
      });
    });
    if (profile.runs > 1 && profile.rules.mode === "netting")
      for (const run of this.runs) run.ledger.isShared = true;
    if (profile.rules.mode === "hedging") for (const run of this.runs) run.ledger.isSideBySide = true;
    this.venue.onEvent = (event) => {
      const { execution } = event;
      const owner = execution === null ? undefined : this.runOf(execution.owner);
      if (execution !== null && owner !== undefined) {
        this.#noteFill(execution);
        this.watch(() => {
          seeWishes(owner);
          owner.ledger.execute(execution);
          owner.asks.leave((entryId) => owner.ledger.isOpen(entryId));
          this.#checkLeg(execution);
        });
      }
      for (const { connection } of this.runs) connection?.feed.push(event);
      this.#break(event);
    };
  }

  /** What a fill comes upon. */
  #noteFill({ clientOrderId, purpose }: Execution): void {
    const outcome = this.calls.findLast(({ about }) => about === clientOrderId)?.outcome;
    if (outcome === "pending" || outcome === "lost")
      this.note(`fill of the ${purpose.legType}: answer ${outcome}`);
  }

  /** A position is called by the order that opened it. @throws Violation */
  #checkLeg({ legId, owner, fillId }: Execution): void {
    const opener = this.venue.orders.find(({ id }) => id === legId)?.owner ?? null;
    if (legId !== null && opener !== owner)
      throw new Violation("no_cross_run", `${fillId} of ${owner} closes position ${legId} of ${opener}`);
  }

  /** The venue breaks its word, where the story says so. */
  #break({ kind, order }: VenueEvent): void {
    const { breaks } = this.profile;
    if (kind === "cancelled" && breaks.includes("wakes_dead_orders"))
      this.time.schedule(500, () => {
        const dead = this.venue.orders.find(({ id }) => id === order.id);
        if (dead !== undefined) dead.status = "open";
      });
    if (kind === "filled" && breaks.includes("drifts")) this.venue.account.size += 0.5;
  }

  /** How wrong the machine's clock is, ms. */
  get skewMs(): number {
    return this.#skewMs;
  }

  set skewMs(skewMs: number) {
    this.#skewMs = skewMs;
    const { ahead, behind } = this.#skews;
    this.#skews = { ahead: Math.max(ahead, skewMs), behind: Math.max(behind, -skewMs) };
  }

  /** How far it may have been set back at most, ms. */
  get setBackMs(): number {
    return this.#skews.ahead + this.#skews.behind;
  }

  run(number: number): LabRun {
    const run = this.runs[number - 1];
    if (run === undefined) throw new RangeError(`there is no run ${number}`);
    return run;
  }

  runOf(runId: string | null): LabRun | undefined {
    return this.runs.find((run) => run.runId === runId);
  }

  /** Starts every run. */
  async open(): Promise<void> {
    for (const run of this.runs) await this.start(run);
  }

  /** Starts a process of a run; one that is alive is killed first. */
  async start(run: LabRun, killIn = Infinity): Promise<void> {
    run.process?.kill();
    const process = new LabProcess(run);
    process.killAt(null, killIn);
    run.process = process;
    const started = process.start();
    let isOver = false;
    void started.then(() => (isOver = true));
    await this.until(() => isOver || process.isDead, startMs, "the start of a run");
  }

  async shutdown(run: LabRun): Promise<void> {
    const { process } = run;
    if (process === null) return;
    let isOver = false;
    void process.shutdown(shutdownMs).then(() => (isOver = true));
    await this.until(() => isOver || process.isDead, 2 * shutdownMs, "the shutdown of a run");
  }

  /** A minute is over: the script runs on its bar. */
  async closeBar(run: LabRun, price = this.venue.price): Promise<void> {
    const nextMs = barTimeAt(this.time.nowMs) + barMs;
    await this.advance(nextMs - this.time.nowMs);
    if (price !== this.venue.price) this.movePrice(price);
    await this.settle();
    this.runBar(run, nextMs - barMs);
    await this.settle();
  }

  /** The script runs once more on the bar that is over, or for the first time on the one that is. */
  runBar(run: LabRun, timeMs = barTimeAt(this.time.nowMs)): void {
    const { price } = this.venue;
    const commands = run.isLive ? run.commands.splice(0) : [];
    const isNew = run.bars.at(-1)?.timeMs !== timeMs;
    run.process?.closeBar(run.bars.length - (isNew ? 0 : 1), timeMs, price, (desk) => {
      for (const command of commands) command(desk);
    });
    if (isNew) run.bars.push({ timeMs, price });
    seeWishes(run);
  }

  /** The market is somewhere else, and every run sees it. */
  movePrice(price: number): void {
    this.venue.setPrice(price);
    for (const run of this.runs) run.process?.tick(price);
  }

  async settle(): Promise<void> {
    await this.advance(0);
  }

  /** @throws Violation when time cannot go by */
  async advance(ms: number): Promise<void> {
    try {
      await this.time.advance(ms);
    } catch (error) {
      if (error instanceof StalledError) throw this.#pace.violation(error.message);
      throw error;
    }
  }

  /** Lets time go by until it is so. @throws Violation when it takes too long */
  async until(isSo: () => boolean, longestMs: number, what: string): Promise<void> {
    const endMs = this.time.nowMs + longestMs;
    await this.settle();
    while (!isSo()) {
      if (this.time.nowMs >= endMs)
        throw new Violation("ends", `${what} has not ended after ${longestMs / 1000} s`);
      await this.advance(Math.min(500, endMs - this.time.nowMs));
    }
  }

  /** A run has done something; where it is too much, everything is over. */
  did(what: string): void {
    try {
      this.#pace.note(what);
    } catch (error) {
      this.watch(() => {
        throw error;
      });
      for (const run of this.runs) run.process?.kill();
    }
  }

  /** Looks at something; the first thing that must not be is kept. */
  watch(look: () => void): void {
    try {
      look();
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      this.#violation ??= error;
    }
  }

  /** @throws Violation the first that was seen */
  throwIfViolated(): void {
    if (this.#violation !== null) throw this.#violation;
  }

  /** Ends every process, as they are. */
  close(): void {
    for (const run of this.runs) run.process?.kill();
    this.store.close();
  }
}

function seeWishes(run: LabRun): void {
  const state = run.process?.state;
  if (state != null) run.seeWishes(state);
}

/** Settings of the strategy that the lab's scripts have. */
const strategyRules: StrategyRules = {
  pyramiding: 1,
  initialCapital: 1_000_000,
  currency: "NONE",
  defaultQtyType: "fixed",
  defaultQtyValue: 1,
  slippage: 0,
  commissionType: "percent",
  commissionValue: 0,
  closeEntriesRule: "FIFO",
  marginLong: 0,
  marginShort: 0,
  processOrdersOnClose: false,
  calcOnOrderFills: false,
  calcOnEveryHistoryTick: false,
  useBarMagnifier: false,
  backtestFillLimitsAssumption: 0,
};
