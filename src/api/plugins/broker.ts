import type { BarUpdate } from "../../kernel/bar.ts";
import type { SymInfo } from "../../kernel/syminfo.ts";
import type { BracketAttachRejectContext } from "../broker/brackets.ts";
import type { ExchangeCapabilities } from "../broker/capabilities.ts";
import { type BrokerError, ExchangeCapabilityError } from "../broker/errors.ts";
import type {
  CancelIntent,
  CloseIntent,
  DispatchEnvelope,
  EntryIntent,
  ExitIntent,
} from "../broker/intents.ts";
import type { InterceptorResult } from "../broker/interceptor.ts";
import type { ExchangeOrder, OrderEvent } from "../broker/orders.ts";
import type { CancelOutcome, InventoryConflictPolicy, UnexpectedCancelPolicy } from "../broker/policies.ts";
import type { ExchangePosition, PositionPort, SpotInventoryPort } from "../broker/position.ts";
import type { RunContext } from "../broker/store.ts";
import type { LiveProviderConfig } from "../config/fields.ts";
import { brokerMarker } from "./capabilities.ts";
import { LiveProviderPlugin } from "./live.ts";

/** A market that a simulated venue fills orders on although the bars are another provider's. */
export interface ObservedMarket {
  /** The symbol that orders will name. */
  readonly symbol: string;
  readonly symInfo: SymInfo;
  /** TradingView's notation. */
  readonly timeframe: string;
}

/**
 * Orders, on top of bars and a stream.
 *
 * The engine owns identity, persistence, retries, reconciliation and recovery; a plugin does the wiring. It takes ids
 * from envelopes, rounds quantities to the venue's grid (never up), translates every failure into a `BrokerError`, and
 * watches for its orders vanishing. Quantities arrive in Pine units.
 */
export abstract class BrokerPlugin<
  C extends LiveProviderConfig = LiveProviderConfig,
> extends LiveProviderPlugin<C> {
  static readonly [brokerMarker] = true;

  /** The longest client order id the venue takes; at least 20. */
  static clientOrderIdMaxLen = 30;
  /** Seconds a defensive close may take to prove itself; `null`: the engine's 30. */
  static defensiveCloseResolutionGraceS: number | null = null;

  /** Injected from `brokers.toml` before the first order. */
  onUnexpectedCancel: UnexpectedCancelPolicy = "stop";
  /** Injected from `brokers.toml` before the first order. */
  onInventoryConflict: InventoryConflictPolicy = "quarantine";
  /** The books of the run; `null` until the run is open. */
  storeCtx: RunContext | null = null;
  /** Set it to opt in to a net position on a hedging account, before the first order. */
  positionPort: PositionPort | null = null;
  /** Set it to opt in to a ledger on a spot account, before the first order. */
  spotInventoryPort: SpotInventoryPort | null = null;
  /** Injected: stops new exposure, lets the rest go on. */
  quarantineSink: ((reason: string, context?: Readonly<Record<string, unknown>>) => void) | null = null;
  /** Injected: call it before a bulk cancel at the venue, so that the cancels are expected. */
  nativeCancelAllExpectedSink: ((symbol?: string) => void) | null = null;

  /**
   * Injected: resolves when nothing of the run is in flight, that is when every update and event that it was told has
   * been acted on and every write answered. A broker that replays its own market lets time go on only then.
   */
  settled: (() => Promise<void>) | null = null;

  /**
   * The account, qualified by the plugin: `bybit-demo-123`. Known after authentication and the same for ever; read
   * once when the run is opened.
   */
  get accountId(): string {
    return "default";
  }

  /**
   * A new or re-issued entry: market, limit or stop. Ids: `e`, or `b` after a stop fired.
   * @throws OrderSkippedError below the smallest or above the largest size; any other `BrokerError`
   */
  abstract executeEntry(envelope: DispatchEnvelope<EntryIntent>): Promise<ExchangeOrder[]>;

  /**
   * A bracket with resolved prices, one order per leg; what one leg fills reduces the others. Ids: `t` and `s`.
   * @throws BracketAttachAfterFillRejectedError when the entry has filled and the venue refuses, after the rows of
   *   the legs have been rolled back
   */
  abstract executeExit(envelope: DispatchEnvelope<ExitIntent>): Promise<ExchangeOrder[]>;

  /** A reduce-only market order; a reversal's close must be unable to open the other side. Id: `c`. */
  abstract executeClose(envelope: DispatchEnvelope<CloseIntent>): Promise<ExchangeOrder>;

  /** `true`: it is provably gone, or there was nothing; `false`: still pending. */
  abstract executeCancel(envelope: DispatchEnvelope<CancelIntent>): Promise<boolean>;

  /** Every open order, with its `clientOrderId`. */
  abstract getOpenOrders(symbol?: string): Promise<ExchangeOrder[]>;

  /** `null` is an authoritative "flat"; a spot venue makes up a position instead. */
  abstract getPosition(symbol: string): Promise<ExchangePosition | null>;

  /** By currency. Also the first proof of the credentials. */
  abstract getBalance(): Promise<Readonly<Record<string, number>>>;

  /** Asked once, at the start. */
  abstract getCapabilities(): ExchangeCapabilities | Promise<ExchangeCapabilities>;

  /** The changes of orders; the only way the engine hears of them. */
  async *watchOrders(_signal: AbortSignal): AsyncIterable<OrderEvent> {}

  /** Override it where the final status can be read; this one cancels and then does not know. */
  async executeCancelWithOutcome(envelope: DispatchEnvelope<CancelIntent>): Promise<CancelOutcome> {
    await this.executeCancel(envelope);
    return "unknown";
  }

  /**
   * Cancels everything at the venue; call `nativeCancelAllExpectedSink` first.
   * @returns how many orders
   * @throws ExchangeCapabilityError unless overridden
   */
  executeCancelAll(_symbol?: string): Promise<number> {
    return Promise.reject(new ExchangeCapabilityError("this broker has no bulk cancel"));
  }

  /** Changed values under the same key. Override it with an amend in place; this one cancels and sends again. */
  async modifyEntry(
    previous: DispatchEnvelope<EntryIntent>,
    next: DispatchEnvelope<EntryIntent>,
  ): Promise<ExchangeOrder[]> {
    await this.executeCancel(cancelOf(previous));
    return this.executeEntry(next);
  }

  /** As `modifyEntry`; the position has no exits in between. */
  async modifyExit(
    previous: DispatchEnvelope<ExitIntent>,
    next: DispatchEnvelope<ExitIntent>,
  ): Promise<ExchangeOrder[]> {
    await this.executeCancel(cancelOf(previous));
    return this.executeExit(next);
  }

  /** Venue references that a refused bracket left behind and that must be cancelled. May be asked again. */
  getResidualOrdersAfterBracketAttachReject(_context: BracketAttachRejectContext): readonly string[] {
    return [];
  }

  /** Cancels by a venue reference. Not found and already done are successes. */
  cancelBrokerOrderRef(ref: string): Promise<void> {
    return Promise.reject(new ExchangeCapabilityError(`this broker cannot cancel the reference ${ref}`));
  }

  /** Of a broker that simulates its venue alone: told before `connect` when another provider's bars are the market. */
  observeFrom?(market: ObservedMarket): void;

  /**
   * Of the same: an update of that market, told before the script sees it.
   * @returns when what it filled has been read from `watchOrders`, and what was sent because of that is answered
   */
  observeMarket?(update: BarUpdate): Promise<void>;

  /**
   * What became of an order that was sent and whose answer was lost: as the venue has it, over or not. Asked when it
   * is not among the open orders, some seconds after it was sent.
   * @returns `null`: the venue has never had it and cannot get it any more, so that it may be sent again under another
   *   id; `"unknown"`: nobody can tell, as here unless overridden, and the engine goes on looking
   */
  findOrder(_clientOrderId: string, _symbol: string): Promise<ExchangeOrder | null | "unknown"> {
    return Promise.resolve("unknown");
  }

  /**
   * Asked about an entry or an exit of the script before it is sent, and before it is changed: an entry may be refused or
   * made smaller, and prices that an order has may be moved. Answers at once, from the intent and from what the plugin
   * knows already; the answer is kept with the order and holds until the script changes it, through restarts too. Closes
   * are never asked about. An answer that is none refuses an entry, and leaves an exit as it is.
   */
  interceptOrder?(intent: EntryIntent | ExitIntent): InterceptorResult | null;

  /** A `BrokerError` for an error of the transport, or `null`: it is none the plugin knows. */
  mapException(_error: unknown): BrokerError | null {
    return null;
  }
}

/** The cancel of an intent, under the same identity. */
function cancelOf(envelope: DispatchEnvelope<EntryIntent | ExitIntent>): DispatchEnvelope<CancelIntent> {
  const { intent } = envelope;
  return {
    runTag: envelope.runTag,
    barTimeMs: envelope.barTimeMs,
    retrySeq: envelope.retrySeq,
    clientOrderIdMaxLen: envelope.clientOrderIdMaxLen,
    clientOrderId: (kind) => envelope.clientOrderId(kind),
    intent: {
      kind: "cancel",
      pineId: intent.pineId,
      symbol: intent.symbol,
      ...(intent.kind === "exit" ? { fromEntry: intent.fromEntry } : {}),
    },
  };
}
