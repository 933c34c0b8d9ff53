import type { CancelIntent, DispatchEnvelope } from "../../../api/broker/intents.ts";
import type { ExchangeOrder, OrderEvent } from "../../../api/broker/orders.ts";
import type { PositionPort } from "../../../api/broker/position.ts";
import type { CancelOutcome } from "../../../api/broker/policies.ts";
import type { Break } from "../profile.ts";
import { LineError } from "../venue/line.ts";
import { clean, type OrderRequest } from "../venue/model.ts";
import type { ReferenceOptions } from "./reading.ts";
import { ReferenceBroker } from "./reference.ts";
import { venueOrder } from "./translate.ts";

/** A broker plugin with faults of its own making: each must be seen by the oracle that is there for it. */
export class BrokenBroker extends ReferenceBroker {
  readonly #breaks: ReadonlySet<Break>;

  constructor(options: ReferenceOptions, breaks: readonly Break[]) {
    super(options);
    this.#breaks = new Set(breaks);
    if (this.positionPort !== null) this.positionPort = this.#bentPort(this.positionPort);
    const { connection } = options;
    if (this.#is("skips_history"))
      connection.history = async () => {
        connection.feed.lost = 0;
        return [];
      };
  }

  override async connect(): Promise<void> {
    await super.connect();
    if (this.#is("uses_network")) await fetch("http://127.0.0.1:9/").catch(() => {});
    if (this.#is("never_answers")) await new Promise(() => {});
    if (this.#is("crashes")) throw new TypeError("connect is not what it was");
    if (this.#is("sends_at_start")) await this.connection.cancel("nothing");
  }

  protected override async place(
    kind: "entry" | "exit" | "close" | "modify",
    request: OrderRequest,
  ): Promise<ExchangeOrder> {
    const sent = this.#bent(request);
    if (this.#is("sits_on_orders")) await this.connection.pause(150_000);
    if (this.#is("asks_at_once")) return this.#untilFound(kind, sent);
    if (this.#is("resends_refused")) return this.#untilTaken(kind, sent);
    const order = await this.#hidden(super.place(kind, sent));
    if (this.#is("reuses_ids")) await this.connection.place(kind, sent);
    if (this.#is("sends_twice"))
      await this.connection.place(kind, { ...sent, clientOrderId: `${sent.clientOrderId}x` });
    if (this.#is("sends_beside"))
      await this.connection.place(kind, {
        ...sent,
        clientOrderId: `${sent.clientOrderId}x`,
        pineId: "beside",
        limit: 1,
      });
    return order;
  }

  protected override placeLegs(requests: readonly OrderRequest[]): Promise<ExchangeOrder[]> {
    const legs = this.#is("one_leg") ? requests.slice(0, 1) : requests;
    return super.placeLegs(
      legs.map((leg) => {
        if (this.#is("early_failsafe") && leg.stop !== null && leg.pineId === "__pyne_failsafe__")
          return { ...leg, stop: leg.stop + 5 };
        if (this.#is("misplaces_stops") && leg.stop !== null) return { ...leg, stop: leg.stop + 0.5 };
        if (this.#is("bends_trails") && leg.trail != null)
          return { ...leg, trail: { ...leg.trail, offset: leg.trail.offset * 2 } };
        if (this.#is("half_protection")) return { ...leg, qty: half(leg.qty) };
        return this.#is("whole_protection") ? { ...leg, qty: clean(leg.qty * 2) } : leg;
      }),
    );
  }

  protected override amend(
    clientOrderId: string,
    change: Pick<OrderRequest, "qty" | "limit" | "stop">,
  ): Promise<ExchangeOrder> {
    if (!this.#is("ignores_amends")) return super.amend(clientOrderId, change);
    return super.amend(clientOrderId, { ...change, limit: 1 });
  }

  override executeCancelWithOutcome(envelope: DispatchEnvelope<CancelIntent>): Promise<CancelOutcome> {
    if (this.#is("confirms_cancels")) return Promise.resolve("cancel_confirmed");
    return this.#is("never_cancels") ? Promise.resolve("unknown") : super.executeCancelWithOutcome(envelope);
  }

  override async *watchOrders(signal: AbortSignal): AsyncIterable<OrderEvent> {
    if (this.#is("endless_stream")) while (!signal.aborted) await this.connection.pause();
    if (this.#is("polls_always")) while (!signal.aborted) await this.connection.pause(1);
    for await (const event of super.watchOrders(signal)) {
      while (this.#is("repeats_events")) yield event;
      if (event.fillId === undefined) yield event;
      else if (this.#is("half_fills")) yield { ...event, fillQty: (event.fillQty ?? 0) / 2 };
      else if (this.#is("hides_fee_currency")) yield { ...event, feeCurrency: "" };
      else if (!this.#is("loses_fill")) yield event;
      if (event.fillId !== undefined && this.#is("repeats_fill"))
        yield { ...event, fillId: `${event.fillId} again` };
    }
  }

  /** Nobody knows what became of it, and it is called "not sent". */
  async #hidden<T>(call: Promise<T>): Promise<T> {
    try {
      return await call;
    } catch (error) {
      const isLost = error instanceof LineError && error.kind === "answer_lost";
      throw isLost && this.#is("calls_lost_unsent") ? new LineError("not_sent", error.message) : error;
    }
  }

  #bentPort(port: PositionPort): PositionPort {
    const newest = (): string => this.connection.view().legs.at(-1)!.legId;
    return {
      ...port,
      ...(this.#is("forgets_brackets") ? { amendBracket: async () => {} } : {}),
      ...(this.#is("closes_other_legs")
        ? { closeLeg: (symbol, _legId, volume, id) => port.closeLeg(symbol, newest(), volume, id) }
        : {}),
    };
  }

  #is(what: Break): boolean {
    return this.#breaks.has(what);
  }

  #bent(request: OrderRequest): OrderRequest {
    const isEntry = request.legType === "entry";
    if (this.#is("misplaces_entries") && isEntry && request.stop !== null)
      return { ...request, stop: request.stop + 0.5 };
    if (this.#is("off_grid")) return { ...request, qty: request.qty + 0.003 };
    if (this.#is("doubles") && isEntry) return { ...request, qty: request.qty * 2 };
    if (this.#is("flips") && !isEntry) return { ...request, qty: request.qty * 2, reduceOnly: false };
    return request;
  }

  /** What became of an order that nobody has confirmed is asked again and again, until somebody knows. */
  async #untilFound(
    kind: "entry" | "exit" | "close" | "modify",
    request: OrderRequest,
  ): Promise<ExchangeOrder> {
    try {
      return await super.place(kind, request);
    } catch (error) {
      if (!(error instanceof LineError) || error.kind !== "answer_lost") throw error;
    }
    for (;;) {
      const order = await this.connection.find(request.clientOrderId).catch(() => null);
      if (order !== null) return venueOrder(order, this.connection.rules.symbol);
    }
  }

  async #untilTaken(
    kind: "entry" | "exit" | "close" | "modify",
    request: OrderRequest,
  ): Promise<ExchangeOrder> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await super.place(kind, request);
      } catch (error) {
        if (!(error instanceof LineError) || error.kind !== "rejected" || attempt >= 4) throw error;
      }
    }
  }
}

/** Half of a quantity, on the venue's grid. */
const half = (qty: number): number => clean(Math.ceil(qty * 50) / 100);
