/**
 * A slow and obvious order simulator that keeps the quick one honest. It remembers two things alone: every order that
 * was ever placed, and every fill. Positions, trades and what belongs to which entry are computed from the fills again
 * and again; the next order to fill is found by looking at all of them. No trailing stops, no margin, no sizing by
 * money, no risk rules.
 */
import type { EntryArguments } from "../../../src/runtime/strategy/entry-command.ts";
import type { ExitArguments } from "../../../src/runtime/strategy/exit-command.ts";

interface RefOrder {
  readonly kind: "entry" | "normal" | "close";
  readonly id: string | null;
  readonly exitId: string;
  side: 1 | -1;
  qty: number;
  limit: number;
  stop: number;
  bar: number;
  arrival: number;
  state: "live" | "consumed" | "gone";
  isMarket: boolean;
  isExit: boolean;
  stopLimit: boolean;
  skipsFlip: boolean;
  flip: boolean;
  oca: string;
  ocaType: string;
  /** Number of the fill it belongs to. */
  binding: number | undefined;
  bound: number;
  reserved: number;
  unnamed: boolean;
  committed: boolean;
  profit: number;
  loss: number;
}

interface RefFill {
  readonly bar: number;
  readonly price: number;
  readonly side: 1 | -1;
  readonly closes: number;
  readonly opens: number;
  readonly entryId: string;
  readonly exitId: string;
  readonly binding: number | undefined;
  readonly ofId: string | null;
  readonly byExit: boolean;
}

interface RefBinding {
  readonly number: number;
  readonly id: string;
  readonly side: 1 | -1;
  readonly qty: number;
  readonly price: number;
  readonly byExit: boolean;
  left: number;
}

/** A trade as both simulators write it. */
export interface RefTrade {
  readonly entryId: string;
  readonly entryBar: number;
  readonly entryPrice: number;
  readonly size: number;
  readonly exitId?: string;
  readonly exitBar?: number;
  readonly exitPrice?: number;
  readonly profit?: number;
}

export interface RefRules {
  readonly pyramiding: number;
  /** In price. */
  readonly slippage: number;
  /** Percent. */
  readonly commission: number;
  readonly lot: number;
  readonly tick: number;
}

type Bar = {
  readonly index: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
};

const given = (value: number | undefined): number => value ?? Number.NaN;

export class Reference {
  readonly rules: RefRules;
  readonly orders: RefOrder[] = [];
  readonly fills: RefFill[] = [];
  #bar: Bar = { index: -1, open: NaN, high: NaN, low: NaN, close: NaN };
  #arrival = 0;
  #closedById = false;
  #entered = false;

  constructor(rules: RefRules) {
    this.rules = rules;
  }

  // What the fills amount to.

  position(): number {
    return this.fills.reduce((sum, { side, closes, opens }) => sum + side * (closes + opens), 0);
  }

  /** Which entries are open: an exit takes from its own, a close from those it names, then from the oldest. */
  bindings(): RefBinding[] {
    let list: RefBinding[] = [];
    for (const [number, fill] of this.fills.entries()) {
      let left = fill.closes;
      const take = (from: (binding: RefBinding) => boolean): void => {
        for (const binding of list.filter(from)) {
          const part = Math.min(left, binding.left);
          binding.left -= part;
          left -= part;
        }
      };
      if (fill.binding !== undefined) take((binding) => binding.number === fill.binding);
      else if (fill.ofId !== null) take((binding) => binding.id === fill.ofId);
      take(() => true);
      list = list.filter((binding) => binding.left > 0);
      const { side, opens, price, entryId: id, byExit } = fill;
      if (opens > 0) list.push({ number, id, side, qty: opens, left: opens, price, byExit });
    }
    return list;
  }

  /** Closed trades, then the open ones: first in, first out. */
  trades(): RefTrade[] {
    const closed: RefTrade[] = [];
    let open: RefTrade[] = [];
    const fee = (price: number, qty: number): number => (price * qty * this.rules.commission) / 100;
    for (const fill of this.fills) {
      let left = fill.closes;
      while (left > 0) {
        const [trade, ...rest] = open;
        if (trade === undefined) throw new Error("closed more than was open");
        const part = Math.min(left, Math.abs(trade.size));
        const sign = Math.sign(trade.size);
        const gross = sign * part * (fill.price - trade.entryPrice);
        closed.push({
          ...trade,
          size: sign * part,
          exitId: fill.exitId,
          exitBar: fill.bar,
          exitPrice: fill.price,
          profit: gross - fee(trade.entryPrice, part) - fee(fill.price, part),
        });
        left -= part;
        const remaining = Math.abs(trade.size) - part;
        open = remaining > 0 ? [{ ...trade, size: sign * remaining }, ...rest] : rest;
      }
      if (fill.opens > 0)
        open.push({
          entryId: fill.entryId,
          entryBar: fill.bar,
          entryPrice: fill.price,
          size: fill.side * fill.opens,
        });
    }
    return [...closed, ...open];
  }

  // A bar.

  step(bar: Bar): void {
    this.#bar = bar;
    this.#closedById = false;
    this.#open(bar.open);
    const { open, high, low, close } = bar;
    const [near, far] = high - open < open - low ? [high, low] : [low, high];
    this.#walk(open, near);
    this.#walk(near, far);
    this.#walk(far, close);
  }

  #open(price: number): void {
    this.#entered = false;
    if (this.position() === 0)
      for (const leg of this.#exits()) if (!leg.unnamed && !this.#awaits(leg)) leg.state = "gone";
    const markets = this.#live().filter((order) => order.isMarket);
    const jumped = this.#live()
      .filter((order) => !order.isMarket && (jumps(order, price) || reachesStop(order, price)))
      .toSorted((a, b) => lowest(a) - lowest(b) || a.arrival - b.arrival)
      .filter((order) => {
        if (!order.isExit || order.binding !== undefined || order.id === null) return true;
        if (!order.unnamed && !this.#awaits(order)) order.state = "gone";
        return false;
      })
      .filter((order) => {
        if (!order.stopLimit) return true;
        order.stopLimit = false;
        order.stop = Number.NaN;
        order.arrival = ++this.#arrival;
        return jumps(order, price);
      });
    for (const order of markets) if (order.state === "live") this.#atOpen(order, price, "market");
    const batch = [...jumped.filter(({ isExit }) => !isExit), ...jumped.filter(({ isExit }) => isExit)];
    for (const order of batch) if (order.isExit && order.state === "live") order.committed = true;
    for (const order of batch)
      if (order.state === "live") this.#atOpen(order, price, isStopped(order, price) ? "stop" : "limit");
    this.#replaceUnnamed(price);
    if (this.#entered)
      for (const leg of this.#exits())
        if (leg.state === "live" && leg.binding !== undefined) {
          if (isLimited(leg, price)) this.#fill(leg, price);
          else if (isStopped(leg, price)) this.#fill(leg, price + leg.side * this.rules.slippage);
        }
  }

  #atOpen(order: RefOrder, price: number, trigger: "market" | "limit" | "stop"): void {
    const position = this.position();
    if (order.kind === "entry" && trigger === "market") {
      if (position * order.side > 0 && this.bindings().length >= this.rules.pyramiding) {
        order.state = "gone";
        return;
      }
      if (position * order.side < 0 && !order.skipsFlip) order.qty += Math.abs(position);
    }
    const filled = this.#fill(order, trigger === "limit" ? price : price + order.side * this.rules.slippage);
    if (filled && order.kind !== "close") this.#entered = true;
  }

  #replaceUnnamed(price: number): void {
    for (const leg of this.#exits()) {
      const position = this.position();
      if (position === 0 || leg.state !== "live" || !leg.unnamed || this.#awaits(leg)) continue;
      leg.state = "gone";
      if (Number.isNaN(leg.limit) && Number.isNaN(leg.stop)) continue;
      const exit: RefOrder = {
        ...leg,
        id: null,
        side: position > 0 ? -1 : 1,
        qty: Math.abs(position),
        state: "live",
        unnamed: false,
        binding: undefined,
        profit: Number.NaN,
        loss: Number.NaN,
        oca: "",
        arrival: ++this.#arrival,
      } as RefOrder;
      this.orders.push(exit);
      if (isStopped(exit, price)) this.#fill(exit, price + exit.side * this.rules.slippage);
      else if (isLimited(exit, price)) this.#fill(exit, price);
    }
  }

  /** Looks for the next level on the way again and again. */
  #walk(from: number, to: number): void {
    const way = Math.sign(to - from);
    if (way === 0) return;
    let at: readonly [number, number] = [way * from, -1];
    for (;;) {
      const next = this.#live()
        .filter((order) => !order.isMarket)
        .map((order) => ({ order, key: way * levelOn(way, order) }))
        .filter(
          ({ order, key }) => key <= way * to && (key > at[0] || (key === at[0] && order.arrival > at[1])),
        )
        .toSorted((a, b) => a.key - b.key || a.order.arrival - b.order.arrival)[0];
      if (next === undefined) return;
      const { order, key } = next;
      at = [key, order.arrival];
      if (order.isExit && order.binding === undefined && order.id !== null) continue;
      const level = way * key;
      const isStop = way === order.side;
      if (order.stopLimit) {
        order.stopLimit = false;
        order.stop = Number.NaN;
        order.arrival = ++this.#arrival;
        if (order.side > 0 ? level <= order.limit : level >= order.limit) this.#fill(order, level);
      } else this.#fill(order, isStop ? level + order.side * this.rules.slippage : level);
    }
  }

  #fill(order: RefOrder, price: number): boolean {
    const position = this.position();
    const isEntry = order.kind === "entry";
    if (isEntry && position * order.side > 0 && this.bindings().length >= this.rules.pyramiding) {
      order.state = "gone";
      return false;
    }
    const isOpposite = position * order.side < 0;
    const mayTurn = order.kind !== "close" || (order.id === null && !order.isExit && !this.#closedById);
    const closes = isOpposite ? Math.min(order.qty, Math.abs(position)) : 0;
    const rest = order.qty - closes;
    const opens = isOpposite ? (mayTurn ? rest : 0) : order.kind !== "close" || order.committed ? rest : 0;
    if (closes + opens === 0) {
      order.state = "gone";
      return false;
    }
    if (isOpposite && order.kind === "close" && order.id !== null && !order.isExit) this.#closedById = true;
    const common = {
      bar: this.#bar.index,
      side: order.side,
      exitId: order.exitId,
      binding: order.binding,
      ofId: order.kind === "close" ? order.id : null,
      entryId: order.kind === "close" ? order.exitId : (order.id ?? ""),
      byExit: order.kind === "close",
    };
    if (closes > 0) {
      this.fills.push({ ...common, price, closes, opens: 0 });
      this.#dropLegs();
    }
    if (opens > 0) {
      this.fills.push({ ...common, price, closes: 0, opens });
      if (order.kind !== "close") this.#bind(order.id ?? "", this.fills.length - 1, price, order.side);
    }
    order.committed = false;
    const isHeld =
      order.isExit && order.state === "live" && this.bindings().some((b) => b.number === order.binding);
    order.state = isHeld ? "consumed" : "gone";
    if (order.oca !== "" && order.ocaType !== "none") {
      for (const other of this.#live()) {
        if (other === order || other.isMarket || other.oca !== order.oca) continue;
        if (order.ocaType === "reduce") other.qty -= closes + opens;
        if (order.ocaType === "cancel" || other.qty <= 0) other.state = "gone";
      }
    }
    return true;
  }

  /** Legs whose entry is spent go; when flat all whose entry is not pending. */
  #dropLegs(): void {
    const open = new Set(this.bindings().map(({ number }) => number));
    for (const leg of this.orders) {
      if (!leg.isExit || leg.state === "gone" || leg.committed) continue;
      if (leg.binding !== undefined && !open.has(leg.binding)) leg.state = "gone";
      if (open.size === 0 && !this.#awaits(leg)) leg.state = "gone";
    }
  }

  #bind(id: string, number: number, price: number, side: 1 | -1): void {
    for (const leg of this.orders) {
      if (!leg.isExit || leg.state !== "live" || leg.binding !== undefined || leg.id !== id) continue;
      leg.binding = number;
      leg.side = side > 0 ? -1 : 1;
      leg.unnamed = false;
      leg.arrival = ++this.#arrival;
      this.#resolve(leg, price, side);
    }
  }

  #resolve(leg: RefOrder, price: number, side: 1 | -1): void {
    const target = price + side * leg.profit * this.rules.tick;
    const stop = price - side * leg.loss * this.rules.tick;
    if (!Number.isNaN(target)) leg.limit = nearer(leg.limit, target, side);
    if (!Number.isNaN(stop)) leg.stop = nearer(leg.stop, stop, side > 0 ? -1 : 1);
  }

  // The script's commands.

  entry(kind: "entry" | "normal", id: string, side: 1 | -1, args: EntryArguments): void {
    const qty = this.#cut(args.qty ?? 1);
    if (!(qty > 0)) return;
    const [limit, stop] = [given(args.limit), given(args.stop)];
    const isMarket = Number.isNaN(limit) && Number.isNaN(stop);
    const pending = this.#pending(id);
    const before = isMarket && pending?.isMarket === true && pending.kind !== kind ? undefined : pending;
    const skipsFlip = before?.bar === this.#bar.index;
    const position = this.position();
    let flip = 0;
    if (kind === "entry" && !isMarket) {
      if (position * side > 0 && this.bindings().length >= this.rules.pyramiding) return;
      if (position * side < 0 && !skipsFlip) flip = Math.abs(position);
    }
    if (before !== undefined) before.state = "gone";
    this.#place({
      kind,
      id,
      exitId: id,
      side,
      qty: qty + flip,
      limit,
      stop,
      isMarket,
      stopLimit: !Number.isNaN(limit) && !Number.isNaN(stop),
      skipsFlip,
      flip: flip > 0,
      oca: args.ocaName ?? "",
      ocaType: args.ocaType ?? "none",
    });
  }

  exit(id: string, args: ExitArguments): void {
    const levels = [args.limit, args.stop, args.profit, args.loss];
    if (levels.every((level) => Number.isNaN(given(level)))) return;
    const position = this.position();
    const from = args.fromEntry ?? "";
    const open = this.bindings();
    if (from !== "") {
      for (const binding of open) if (binding.id === from) this.#leg(id, args, binding, undefined, false);
      const pending = this.#pending(from);
      if (pending !== undefined) this.#leg(id, args, undefined, pending, false);
      return;
    }
    for (const byExit of [true, false])
      for (const binding of open)
        if (binding.byExit === byExit) this.#leg(id, args, binding, undefined, false);
    const waiting = this.#live().filter((order) => order.kind !== "close" && order.side * position >= 0);
    for (const isMarket of [true, false])
      for (const order of waiting)
        if (order.isMarket === isMarket) this.#leg(id, args, undefined, order, true);
  }

  #leg(
    exitId: string,
    args: ExitArguments,
    binding: RefBinding | undefined,
    pending: RefOrder | undefined,
    unnamed: boolean,
  ): void {
    const entryId = binding?.id ?? pending?.id ?? "";
    const side = (binding?.side ?? pending?.side)!;
    const bound = binding?.qty ?? this.#willOpen(pending!);
    const family = this.orders.filter(
      (leg) => leg.isExit && leg.state !== "gone" && leg.id === entryId && leg.binding === binding?.number,
    );
    const own = family.find((leg) => leg.exitId === exitId);
    if (own?.state === "consumed") return;
    let free = bound;
    for (const leg of family)
      if (leg !== own && (leg.bound === bound || leg.bound === 0)) free -= leg.reserved;
    let qty = free;
    if (args.qty !== undefined) qty = Math.min(args.qty, free);
    else if (args.qtyPercent !== undefined) qty = Math.min((bound * args.qtyPercent) / 100, free);
    qty = this.#cut(qty);
    if (!(qty > 0)) return;
    const leg =
      own ??
      this.#place({ kind: "close", id: entryId, exitId, side: side > 0 ? -1 : 1, isExit: true, unnamed });
    leg.binding = binding?.number;
    leg.side = side > 0 ? -1 : 1;
    leg.qty = leg.reserved = qty;
    leg.bound = bound;
    leg.bar = this.#bar.index;
    leg.limit = given(args.limit);
    leg.stop = given(args.stop);
    leg.profit = given(args.profit);
    leg.loss = given(args.loss);
    leg.oca = args.ocaName ?? "";
    leg.ocaType = "reduce";
    leg.arrival = ++this.#arrival;
    if (binding !== undefined) this.#resolve(leg, binding.price, side);
  }

  #willOpen(order: RefOrder): number {
    const position = this.position();
    if (order.kind === "entry" && order.isMarket && position * order.side > 0) {
      if (this.bindings().length >= this.rules.pyramiding) return 0;
    }
    const closes = position * order.side < 0 && (order.flip || order.skipsFlip);
    return closes ? order.qty - Math.abs(position) : order.qty;
  }

  close(id: string | null, args: { readonly qty?: number; readonly qtyPercent?: number }): void {
    const position = this.position();
    if (position === 0) return;
    const open = this.bindings()
      .filter((binding) => id === null || binding.id === id)
      .reduce((sum, binding) => sum + binding.left, 0);
    let qty = open;
    if (args.qty !== undefined) qty = Math.min(args.qty, open);
    else if (args.qtyPercent !== undefined) qty = (open * args.qtyPercent) / 100;
    qty = this.#cut(qty);
    if (!(qty > 0)) return;
    this.#place({
      kind: "close",
      id,
      exitId: id === null ? "Close position order" : `Close entry(s) order ${id}`,
      side: position > 0 ? -1 : 1,
      qty,
      isMarket: true,
    });
  }

  cancel(id: string): void {
    const pending = this.#pending(id);
    if (pending !== undefined) pending.state = "gone";
    for (const leg of this.orders) if (leg.isExit && leg.exitId === id) leg.state = "gone";
  }

  cancelAll(): void {
    for (const order of this.orders) order.state = "gone";
  }

  // Looking orders up.

  #live(): RefOrder[] {
    return this.orders.filter(({ state }) => state === "live");
  }

  #exits(): RefOrder[] {
    return this.#live().filter(({ isExit }) => isExit);
  }

  /** A priced order comes before a market order of the same id. */
  #pending(id: string): RefOrder | undefined {
    const all = this.#live().filter((order) => order.kind !== "close" && order.id === id);
    return all.find((order) => !order.isMarket) ?? all[0];
  }

  #awaits(leg: RefOrder): boolean {
    return leg.binding === undefined && leg.id !== null && this.#pending(leg.id) !== undefined;
  }

  #place(order: Partial<RefOrder> & Pick<RefOrder, "kind" | "id" | "exitId" | "side">): RefOrder {
    const placed: RefOrder = {
      qty: 0,
      limit: Number.NaN,
      stop: Number.NaN,
      bar: this.#bar.index,
      arrival: ++this.#arrival,
      state: "live",
      isMarket: false,
      isExit: false,
      stopLimit: false,
      skipsFlip: false,
      flip: false,
      oca: "",
      ocaType: "none",
      binding: undefined,
      bound: 0,
      reserved: 0,
      unnamed: false,
      committed: false,
      profit: Number.NaN,
      loss: Number.NaN,
      ...order,
    };
    this.orders.push(placed);
    return placed;
  }

  #cut(qty: number): number {
    return Math.floor(qty / this.rules.lot) * this.rules.lot;
  }
}

/** The level of an order for a price that moves this way; `NaN`: it has none. */
function levelOn(way: number, order: RefOrder): number {
  if (way === order.side) return order.stop;
  return order.stopLimit ? Number.NaN : order.limit;
}

function isStopped({ side, stop }: RefOrder, price: number): boolean {
  return side > 0 ? price >= stop : price <= stop;
}

function isLimited({ side, limit }: RefOrder, price: number): boolean {
  return side > 0 ? price <= limit : price >= limit;
}

function jumps(order: RefOrder, price: number): boolean {
  return isStopped(order, price) || (!order.stopLimit && isLimited(order, price));
}

function reachesStop(order: RefOrder, price: number): boolean {
  return order.stopLimit && isStopped(order, price);
}

function lowest({ limit, stop }: RefOrder): number {
  return Math.min(Number.isNaN(limit) ? Infinity : limit, Number.isNaN(stop) ? Infinity : stop);
}

function nearer(given: number, other: number, away: number): number {
  if (Number.isNaN(given)) return other;
  return away > 0 ? Math.min(given, other) : Math.max(given, other);
}
