import type { VirtualTime } from "../time.ts";
import { Feed } from "./feed.ts";
import { type Note, standing } from "../note.ts";
import { type Call, Line, LineError, type LineOwner, type RequestKind } from "./line.ts";
import {
  type Execution,
  type OrderRequest,
  Refusal,
  type VenueBracket,
  type VenueEvent,
  type VenueLeg,
  type VenueOrder,
  type VenueRules,
} from "./model.ts";
import type { OrderChange, Venue } from "./venue.ts";

/** What an account shows to whoever asks. */
export interface AccountView {
  readonly size: number;
  readonly averagePrice: number;
  /** Positions side by side, oldest first. */
  readonly legs: readonly VenueLeg[];
  readonly executions: readonly Execution[];
  openOrders(): readonly VenueOrder[];
}

/** Longest wait for the history, ms. */
const historyMs = 15_000;

const detailOf = ({ side, qty, limit, stop, trail }: OrderRequest): string =>
  `${side} ${qty} ${limit}/${stop}${trail == null ? "" : `/${trail.activation}-${trail.offset}`}`;

/** What a process of pyne has of the venue: a line for requests and a stream of events. */
export class Connection {
  readonly line: Line;
  readonly feed: Feed;
  /** The stream breaks in a way that nobody repairs. */
  isStreamBroken = false;
  /** Under whose name orders are placed; `null`: the run's own. */
  placesAs: string | null = null;
  /** The plugin knows that it has missed something, and has not caught up. */
  isBehind = false;
  /** Reads answer what was true then: nobody can tell. */
  frozen: AccountView | null = null;
  /** Of a group that is refused a part may be taken: whoever knows that asks what is left. */
  breaksGroups = false;
  /** Told what is met. */
  note: Note = () => {};
  readonly #venue: Venue;
  readonly #time: VirtualTime;
  readonly #runId: string;
  #hasBeenCut = false;

  constructor(venue: Venue, time: VirtualTime, log: Call[], owner: LineOwner) {
    this.#venue = venue;
    this.#time = time;
    this.#runId = owner.runId;
    this.line = new Line(time, log, owner);
    this.feed = new Feed(time);
  }

  get rules(): VenueRules {
    return this.#venue.rules;
  }

  /** The market's. */
  get price(): number {
    return this.#venue.price;
  }

  get nowMs(): number {
    return this.#time.nowMs;
  }

  get isUp(): boolean {
    return this.line.isUp;
  }

  open(): void {
    this.line.isUp = true;
    this.feed.isUp = true;
  }

  close(): void {
    this.line.isUp = false;
    this.feed.isUp = false;
  }

  /** The connection is lost, with everything that was on its way. */
  cut(): void {
    this.#hasBeenCut = true;
    this.line.cut();
    this.feed.cut();
  }

  /** The stream ends with an error whenever it is read. */
  breakStream(): void {
    this.isStreamBroken = true;
    this.feed.wake();
  }

  /** Whether it was lost since somebody asked. */
  wasCut(): boolean {
    const was = this.#hasBeenCut;
    if (this.isUp) this.#hasBeenCut = false;
    return was;
  }

  place(kind: RequestKind, request: OrderRequest): Promise<Readonly<VenueOrder>> {
    return this.line.call(
      kind,
      request.clientOrderId,
      () => ({ ...this.#venue.place(this.placesAs ?? this.#runId, request) }),
      detailOf(request),
    );
  }

  /** The legs of a bracket in one request: none of them is there without the others. */
  placeGroup(kind: RequestKind, requests: readonly OrderRequest[]): Promise<readonly Readonly<VenueOrder>[]> {
    const about = requests[0]?.clientOrderId ?? "";
    return this.line.call(
      kind,
      about,
      () => this.#venue.placeGroup(this.#runId, requests).map((order) => ({ ...order })),
      requests.map(detailOf).join(" & "),
      () => {
        const taken = this.breaksGroups && requests.length > 1 ? requests.slice(0, 1) : [];
        return this.#venue.placeGroup(this.#runId, taken).map(({ clientOrderId }) => clientOrderId);
      },
    );
  }

  amend(clientOrderId: string, change: OrderChange): Promise<Readonly<VenueOrder>> {
    return this.line.call(
      "modify",
      clientOrderId,
      () => {
        const order = this.#own(clientOrderId);
        this.note(`amend of the ${order?.legType ?? "order"}: ${standing(order)}`);
        if (order === undefined) throw new Refusal("not_found", `there is no order ${clientOrderId}`);
        this.#venue.amend(order, change);
        return { ...order };
      },
      `${change.qty} ${change.limit}/${change.stop}`,
    );
  }

  /** Closes so much of a position; the same id again does nothing. */
  closeLeg(legId: string, qty: number, clientOrderId: string): Promise<void> {
    return this.line.call(
      "close",
      clientOrderId,
      () => {
        if (this.#own(clientOrderId) !== undefined) return;
        const leg = this.#venue.account.leg(legId);
        if (leg === undefined) throw new Refusal("nothing_to_reduce", `there is no position ${legId}`);
        this.#venue.place(this.#runId, {
          ...{ clientOrderId, pineId: leg.entryId, fromEntry: leg.entryId, legType: "close" },
          side: leg.side === "buy" ? "sell" : "buy",
          qty,
          ...{ limit: null, stop: null, reduceOnly: true, group: null, legId },
        });
      },
      `${legId} ${qty}`,
    );
  }

  amendBracket(legId: string, bracket: VenueBracket): Promise<void> {
    const { clientOrderId, takeProfit, stopLoss, trailOffset } = bracket;
    return this.line.call(
      "leg",
      clientOrderId,
      () => this.#venue.brackets.amend(this.#runId, legId, bracket),
      `${legId} ${takeProfit}/${stopLoss}/${trailOffset}`,
    );
  }

  /** @returns the order as it is then; `null`: there never was one */
  cancel(clientOrderId: string): Promise<Readonly<VenueOrder> | null> {
    return this.line.call("cancel", clientOrderId, () => {
      const order = this.#own(clientOrderId);
      this.note(`cancel of the ${order?.legType ?? "order"}: ${standing(order)}`);
      if (order === undefined) return null;
      this.#venue.cancel(order);
      return { ...order };
    });
  }

  /** Asks the account. */
  read<T>(kind: RequestKind, what: (view: AccountView) => T): Promise<T> {
    return this.line.call(kind, "", () => what(this.frozen ?? this.view()));
  }

  openOrders(): Promise<readonly VenueOrder[]> {
    return this.read("orders", (view) => view.openOrders());
  }

  /** Net, signed. */
  position(): Promise<{ readonly size: number; readonly averagePrice: number }> {
    return this.read("position", ({ size, averagePrice }) => ({ size, averagePrice }));
  }

  /** Positions side by side, oldest first. */
  legs(): Promise<readonly VenueLeg[]> {
    return this.read("position", (view) => view.legs);
  }

  /** Executions of the account, from the so-many-th on. */
  executions(from: number): Promise<readonly Execution[]> {
    return this.read("executions", (view) => view.executions.slice(from));
  }

  /** Coins of the account. */
  coins(): Promise<number> {
    return this.read("balance", ({ size }) => size);
  }

  /** The next event of the stream, or `null` after so long without one. */
  async next(waitMs: number, signal: AbortSignal): Promise<VenueEvent | null> {
    const event = this.feed.take();
    if (event !== null) return event;
    await this.feed.wait(waitMs, signal);
    return this.feed.take();
  }

  /** Default: no time at all, but somebody else's turn. */
  pause(ms = 0): Promise<void> {
    return new Promise((resolve) => {
      this.#time.schedule(ms, resolve);
    });
  }

  /** The account as it is now. */
  view(): AccountView {
    const { account } = this.#venue;
    const orders = this.#venue.openOrders().map((order) => ({ ...order }));
    return {
      size: account.size,
      averagePrice: this.#venue.price,
      legs: account.legs.map((leg) => ({ ...leg })),
      executions: [...this.#venue.executions],
      openOrders: () => orders,
    };
  }

  /** An order by its client order id, over or not; `null`: there never was one. */
  find(clientOrderId: string): Promise<Readonly<VenueOrder> | null> {
    return this.line.call("find", clientOrderId, () => {
      const order = this.#own(clientOrderId);
      return order === undefined ? null : { ...order };
    });
  }

  /** Everything that has happened on the account, oldest first. */
  history(): Promise<readonly VenueEvent[]> {
    const events = this.line.call("history", "", () => {
      this.feed.lost = 0;
      return [...this.#venue.events];
    });
    return new Promise((resolve, reject) => {
      const late = this.#time.schedule(historyMs, () =>
        reject(new LineError("answer_lost", "the history does not come")),
      );
      events.then(resolve, reject).finally(late);
    });
  }

  #own(clientOrderId: string): VenueOrder | undefined {
    const order = this.#venue.find(clientOrderId);
    return order?.owner === this.#runId ? order : undefined;
  }
}
