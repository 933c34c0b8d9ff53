import type { BracketAttachRejectContext } from "../../../api/broker/brackets.ts";
import { type ExchangeCapabilities, exchangeCapabilities } from "../../../api/broker/capabilities.ts";
import { BracketAttachAfterFillRejectedError, OrderSkippedError } from "../../../api/broker/errors.ts";
import type {
  CancelIntent,
  CloseIntent,
  DispatchEnvelope,
  EntryIntent,
  ExitIntent,
} from "../../../api/broker/intents.ts";
import type { ExchangeOrder, Side } from "../../../api/broker/orders.ts";
import type { CancelOutcome } from "../../../api/broker/policies.ts";
import { LineError } from "../venue/line.ts";
import { clean, isOpen, type OrderPurpose, type OrderRequest } from "../venue/model.ts";
import { translated } from "./failures.ts";
import { positionPort } from "./position-port.ts";
import { ReadingBroker, type ReferenceOptions } from "./reading.ts";
import { spotPort } from "./spot-port.ts";
import { venueOrder } from "./translate.ts";

/**
 * A broker plugin for the lab's venue, as plain as a good one can be: it stores every id before it sends it, cuts
 * quantities to the venue's grid, says for every failure what is known, and finds out by the venue's history what
 * its stream has not told.
 */
export class ReferenceBroker extends ReadingBroker {
  /** What refused brackets have left at the venue. */
  readonly #residuals = new Map<string, readonly string[]>();

  constructor(options: ReferenceOptions) {
    super(options);
    const { connection, mode = "netting", interceptOrder } = options;
    if (interceptOrder !== undefined) this.interceptOrder = interceptOrder;
    if (mode === "spot") this.spotInventoryPort = spotPort(connection, translated);
    if (mode === "hedging")
      this.positionPort = {
        ...positionPort({
          connection,
          translated,
          placeLeg: (envelope) => this.executeEntry(envelope),
          rejectOutOfRange: (qty) => void this.#cut(qty),
          remember: (id, legType) => this.#remember(id, { pineId: "", fromEntry: null, legType }),
        }),
        supportsPartialLegClose: options.closesLegsPartly ?? true,
      };
  }

  override getCapabilities(): ExchangeCapabilities {
    return exchangeCapabilities({ ...referenceCapabilities, ...this.options.capabilities });
  }

  override executeEntry(envelope: DispatchEnvelope<EntryIntent>): Promise<ExchangeOrder[]> {
    const { intent } = envelope;
    const isMarket = intent.stopFiredMarket || intent.orderType === "market";
    return translated(async () => {
      const order = await this.place("entry", {
        ...this.#purpose(intent.pineId, null, "entry"),
        clientOrderId: envelope.clientOrderId(intent.stopFiredMarket ? "b" : "e"),
        side: intent.side,
        qty: this.#cut(intent.qty),
        limit: isMarket ? null : (intent.limit ?? null),
        stop: isMarket ? null : (intent.stop ?? null),
        reduceOnly: false,
        group: null,
        legId: null,
      });
      return [order];
    });
  }

  override executeExit(envelope: DispatchEnvelope<ExitIntent>): Promise<ExchangeOrder[]> {
    const requests = this.#legs(envelope);
    return translated(async () => {
      for (const request of requests) this.#remember(request.clientOrderId, request);
      try {
        return await this.placeLegs(requests);
      } catch (error) {
        if (error instanceof LineError && error.kind === "answer_lost" && this.options.resolvesLost === true)
          void this.#resolve(requests);
        if (!(error instanceof LineError) || !isRefusal(error)) throw error;
        throw error.kind === "nothing_to_reduce" ? error : this.#attachRefused(envelope, error);
      }
    });
  }

  override executeClose(envelope: DispatchEnvelope<CloseIntent>): Promise<ExchangeOrder> {
    const { intent } = envelope;
    return translated(() =>
      this.place("close", {
        ...this.#purpose(intent.targetEntryId ?? intent.pineId, null, "close"),
        clientOrderId: envelope.clientOrderId("c"),
        side: intent.side,
        qty: this.#cut(intent.qty),
        limit: null,
        stop: null,
        reduceOnly: this.options.mode !== "spot",
        group: null,
        legId: null,
      }),
    );
  }

  override async executeCancel(envelope: DispatchEnvelope<CancelIntent>): Promise<boolean> {
    return (await this.executeCancelWithOutcome(envelope)) !== "unknown";
  }

  override executeCancelWithOutcome(envelope: DispatchEnvelope<CancelIntent>): Promise<CancelOutcome> {
    const kinds =
      envelope.intent.fromEntry === undefined ? (["e", "b", "c"] as const) : (["t", "s"] as const);
    return translated(async () => {
      const outcomes: CancelOutcome[] = [];
      for (const kind of kinds) {
        const outcome = await this.#cancel(envelope.clientOrderId(kind));
        if (outcome !== null) outcomes.push(outcome);
      }
      // "Nothing has filled" is said only when it is true of every leg.
      const worst = (["already_filled", "unknown", "cancel_confirmed"] as const).find((outcome) =>
        outcomes.includes(outcome),
      );
      return worst ?? "too_late_to_cancel";
    });
  }

  override modifyEntry(
    previous: DispatchEnvelope<EntryIntent>,
    next: DispatchEnvelope<EntryIntent>,
  ): Promise<ExchangeOrder[]> {
    if (this.options.capabilities.amendOrder === "unsupported") return super.modifyEntry(previous, next);
    const { intent } = next;
    return translated(async () => [
      await this.amend(next.clientOrderId("e"), {
        qty: this.#cut(intent.qty),
        limit: intent.limit ?? null,
        stop: intent.stop ?? null,
      }),
    ]);
  }

  override modifyExit(
    previous: DispatchEnvelope<ExitIntent>,
    next: DispatchEnvelope<ExitIntent>,
  ): Promise<ExchangeOrder[]> {
    if (this.options.capabilities.amendOrder === "unsupported") return super.modifyExit(previous, next);
    const wanted = this.#legs(next);
    const had = this.#legs(previous);
    return translated(async () => {
      const orders: ExchangeOrder[] = [];
      // A leg that fills by its change leaves so much less to the next.
      let left = this.#cut(next.intent.qty);
      // What is new comes before what goes, so that the position is never without a leg.
      for (const request of wanted) {
        const { clientOrderId } = request;
        const isNew = !had.some((leg) => leg.clientOrderId === clientOrderId);
        const leg = { ...request, qty: Math.min(request.qty, left) };
        if (!(leg.qty > 0)) {
          await this.#cancel(clientOrderId);
          continue;
        }
        const order = isNew ? await this.place("modify", leg) : await this.amend(clientOrderId, leg);
        left = clean(left - order.filledQty);
        orders.push(order);
      }
      for (const { clientOrderId } of had)
        if (!wanted.some((request) => request.clientOrderId === clientOrderId))
          await this.#cancel(clientOrderId);
      return orders;
    });
  }

  #purpose(pineId: string, fromEntry: string | null, legType: OrderPurpose["legType"]): OrderPurpose {
    return { pineId, fromEntry, legType };
  }

  /** The orders of a bracket. */
  #legs(envelope: DispatchEnvelope<ExitIntent>): OrderRequest[] {
    const { intent } = envelope;
    const common = {
      side: intent.side,
      reduceOnly: this.options.mode !== "spot",
      group: `${intent.pineId}/${intent.fromEntry}`,
      legId: null,
    };
    const legs: OrderRequest[] = [];
    if (intent.tpPrice !== undefined)
      legs.push({
        ...common,
        qty: this.#cut(intent.tpQty ?? intent.qty),
        ...this.#purpose(intent.pineId, intent.fromEntry, "tp"),
        clientOrderId: envelope.clientOrderId("t"),
        limit: intent.tpPrice,
        stop: null,
      });
    const { slPrice, trailPrice } = intent;
    if (slPrice !== undefined || trailPrice !== undefined)
      legs.push({
        ...common,
        qty: this.#cut(intent.slQty ?? intent.qty),
        ...this.#purpose(intent.pineId, intent.fromEntry, slPrice === undefined ? "trail" : "sl"),
        clientOrderId: envelope.clientOrderId("s"),
        limit: null,
        stop: slPrice ?? null,
        trail:
          trailPrice === undefined ? null : { activation: trailPrice, offset: intent.trailOffsetPrice ?? 0 },
      });
    return legs;
  }

  protected async place(
    kind: "entry" | "exit" | "close" | "modify",
    request: OrderRequest,
  ): Promise<ExchangeOrder> {
    this.#remember(request.clientOrderId, request);
    const order = await this.connection.place(kind, request);
    this.storeCtx?.setExchangeId(request.clientOrderId, order.id);
    return venueOrder(order, this.connection.rules.symbol);
  }

  /** All legs of a bracket at once. */
  protected async placeLegs(requests: readonly OrderRequest[]): Promise<ExchangeOrder[]> {
    const orders = await this.connection.placeGroup("exit", requests);
    for (const { id, clientOrderId } of orders) this.storeCtx?.setExchangeId(clientOrderId, id);
    return orders.map((order) => venueOrder(order, this.connection.rules.symbol));
  }

  protected async amend(
    clientOrderId: string,
    { qty, limit, stop, trail }: Pick<OrderRequest, "qty" | "limit" | "stop" | "trail">,
  ): Promise<ExchangeOrder> {
    const order = await this.connection.amend(clientOrderId, { qty, limit, stop, trail });
    return venueOrder(order, this.connection.rules.symbol);
  }

  /** @returns `null`: the venue has never heard of it */
  async #cancel(clientOrderId: string): Promise<CancelOutcome | null> {
    if (!this.isOwn(clientOrderId)) return null;
    const order = await this.connection.cancel(clientOrderId);
    if (order === null) return null;
    if (isOpen(order)) return "unknown";
    if (order.status === "filled") return "already_filled";
    return order.filled > 0 ? "cancel_confirmed" : "too_late_to_cancel";
  }

  /** Stored before it is sent: whatever comes back can be found. */
  #remember(clientOrderId: string, purpose: OrderPurpose): void {
    const { pineId, fromEntry, legType } = purpose;
    this.storeCtx?.upsertOrder(clientOrderId, { pineId, fromEntry, state: "submitted", extras: { legType } });
    this.storeCtx?.addRef(clientOrderId, "client", clientOrderId);
  }

  /** Cut to the venue's grid, never up. @throws OrderSkippedError when nothing is left */
  #cut(qty: number): number {
    const { qtyStep, minQty, maxQty } = this.connection.rules;
    const cut = clean(Math.floor(qty / qtyStep + 1e-9) * qtyStep);
    if (cut < minQty)
      throw new OrderSkippedError(`${qty} is less than the ${minQty} this venue trades`, "below_min_size");
    if (cut > maxQty)
      throw new OrderSkippedError(`${qty} is more than the ${maxQty} this venue trades`, "above_max_size");
    return cut;
  }

  /** Looks whether an exit has come to the venue, as long as nobody can say: requests never overtake each other. */
  async #resolve(requests: readonly OrderRequest[]): Promise<void> {
    for (let look = 0; look < mostLooks; look++) {
      await this.connection.pause(lookMs);
      try {
        for (const { clientOrderId } of requests)
          if ((await this.connection.find(clientOrderId)) === null)
            this.storeCtx?.recordResolution(clientOrderId, "rejected");
        return;
      } catch {
        // Nobody can say yet, or the process is gone.
      }
    }
  }

  override getResidualOrdersAfterBracketAttachReject({
    intentKey,
  }: BracketAttachRejectContext): readonly string[] {
    return this.#residuals.get(intentKey) ?? [];
  }

  override cancelBrokerOrderRef(ref: string): Promise<void> {
    return translated(async () => {
      const order = await this.connection.cancel(ref);
      if (order !== null && isOpen(order)) throw new LineError("answer_lost", `${ref} is still there`);
    });
  }

  #attachRefused(envelope: DispatchEnvelope<ExitIntent>, error: LineError): Error {
    const { intent } = envelope;
    const context: BracketAttachRejectContext = {
      intentKey: `${intent.pineId}/${intent.fromEntry}`,
      positionClientOrderId: envelope.clientOrderId("s"),
      positionSide: opposite(intent.side),
      qty: intent.qty,
      symbol: intent.symbol,
      fromEntry: intent.fromEntry,
      exitId: intent.pineId,
      errorMessage: error.message,
    };
    this.#residuals.set(context.intentKey, error.left);
    return new BracketAttachAfterFillRejectedError("the bracket was refused", context);
  }
}

/** How often, and after how long it looks by itself what became of an exit, ms. */
const mostLooks = 5;
const lookMs = 3_000;

/** What it delivers, unless a profile says otherwise. */
export const referenceCapabilities: Partial<ExchangeCapabilities> = {
  stopOrder: "native",
  trailingStop: "native",
  tpSlBracket: "software",
  partialQtyBracketExit: "native",
  partialQtyBracketExitPyramiding: "native",
  reduceOnly: "native",
  ocaCancel: "software",
  amendOrder: "native",
  watchOrders: "native",
  fetchPosition: "native",
  idempotency: "partial_native",
  shortSelling: "native",
};

const isRefusal = ({ kind }: LineError): boolean =>
  kind === "rejected" || kind === "margin" || kind === "nothing_to_reduce";

const opposite = (side: Side): Side => (side === "buy" ? "sell" : "buy");
