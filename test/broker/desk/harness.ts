/** A strategy at a venue desk: bars as text in, what it wants as text out, fills as text in between. */
import { strategy, type StrategySettings } from "pynecore";

import type { EntryIntent } from "../../../src/api/broker/intents.ts";
import type { LeftBehind } from "../../../src/broker/desk/history.ts";
import { type Evaluation, VenueDesk } from "../../../src/broker/desk/venue-desk.ts";
import { intentKey, type Wanted } from "../../../src/broker/engine/desired.ts";
import { keyColumn } from "../../../src/broker/store/key-text.ts";
import type { Notice } from "../../../src/broker/engine/effects.ts";
import { type KeptExits, noExits } from "../../../src/broker/engine/kept-exits.ts";
import type { Fill } from "../../../src/broker/engine/fill.ts";
import type { PositionBook } from "../../../src/broker/engine/state.ts";
import { barAt } from "../../../src/kernel/bar.ts";
import { LiveRun } from "../../../src/runtime/live-run.ts";
import type { RunObserver } from "../../../src/runtime/observer.ts";
import { symbol } from "../../runtime/fixtures.ts";
import { type Actions, barsOf, minute, written } from "../../runtime/strategy/harness.ts";

export const startMs = Date.UTC(2024, 0, 1);

export interface VenueSituation {
  readonly settings?: StrategySettings;
  readonly observer?: RunObserver;
  /** Fills of an earlier process. */
  readonly fills?: readonly Fill[];
  readonly left?: Partial<LeftBehind>;
  readonly book?: PositionBook;
  /** The account keeps a position for each order. */
  readonly isSideBySide?: boolean;
  /** Bars of the warm-up. */
  readonly history?: string;
}

/**
 * A fill as `L buy 2@100.5`, `TP<L sell 1@110` (`TP<L.tp`, `.sl`, `.trail`), `close L sell 1@99`, `close sell 1@99`;
 * `by NAME` in the end names the order, `fee N` what it cost, `at N` the minute after the start.
 */
export function fillOf(text: string, id = text): Fill {
  const pattern =
    /^(close )?(?:(\S+?)(?:<(\w+)(?:\.(tp|sl|trail))?)? )?(buy|sell) ([\d.]+)@([\d.]+)(?: by (\S+))?(?: fee (\S+))?(?: at (\S+))?$/;
  const [, close, name = "", from, leg, side, qty, price, order, fee, at] = pattern.exec(text)!;
  const isExit = from !== undefined;
  const legType = isExit ? ((leg ?? "tp") as Fill["legType"]) : close === undefined ? "entry" : "close";
  const key = isExit ? `x\0${name}\0${from}` : close === undefined ? `e\0${name}` : `c\0\0${name}`;
  return {
    fillId: id,
    clientOrderId: order ?? `${key}#`,
    exchangeOrderId: "v",
    intentKey: key,
    legType,
    pineId: name,
    fromEntry: from ?? null,
    side: side as Fill["side"],
    qty: Number(qty),
    price: Number(price),
    fee: Number(fee ?? 0),
    feeCurrency: "USD",
    timeMs: startMs + Number(at ?? 1000) * minute,
  };
}

const part = (name: string, value: unknown): string => (value === undefined ? "" : ` ${name} ${value}`);

/** `e|L#1 buy 2 limit 99`. */
export function wish({ key, generation, intent, ready }: Wanted): string {
  if (key !== intentKey(intent)) throw new Error(`${keyColumn(key)} is not the key of its intent`);
  const head = `${keyColumn(key)}#${generation} ${intent.side} ${intent.qty}`;
  if (intent.kind === "entry") return `${head}${part("limit", intent.limit)}${part("stop", intent.stop)}`;
  if (intent.kind === "close") return `${head}${intent.immediately ? " now" : ""}`;
  const trail =
    intent.trailPrice === undefined ? "" : ` trail ${intent.trailPrice}-${intent.trailOffsetTicks}`;
  return `${head}${part("tp", intent.tpPrice)}${part("sl", intent.slPrice)}${trail}${intent.isPartialQtyBracket ? " part" : ""}${part("ready", ready)}`;
}

/** A strategy that has gone live. */
export class AtVenue {
  readonly run: LiveRun;
  /** What was wanted, evaluation by evaluation. */
  readonly told: string[][] = [];
  /** The exits of its book, as they were told last. */
  exits: KeptExits = noExits;
  /** The entry that was wanted last. */
  entry!: EntryIntent;
  #desk: VenueDesk | undefined;
  #bars = 0;

  constructor(actions: Actions, situation: VenueSituation = {}) {
    const script = strategy("test", { initialCapital: 100_000, ...situation.settings }, (s) => () => {
      const byBar = actions(s);
      if (byBar !== undefined) byBar[s.barIndex]?.();
    });
    const history = barsOf(situation.history ?? "100");
    this.#bars = history.length;
    const onEvaluated = ({ wanted, exits }: Evaluation): void => {
      this.told.push(wanted.map(wish));
      this.exits = exits;
      for (const { intent } of wanted) if (intent.kind === "entry") this.entry = intent;
    };
    this.run = new LiveRun(script, {
      history,
      symInfo: symbol({ period: "1", mincontract: 0.01 }),
      timeframe: "1",
      ...(situation.observer === undefined ? {} : { observer: situation.observer }),
      desk: (rules, symInfo, options) =>
        (this.#desk = new VenueDesk(rules, symInfo, options, {
          symbol: "TEST",
          periodMs: minute,
          fills: situation.fills ?? [],
          isSideBySide: situation.isSideBySide ?? false,
          lastGeneration: 0,
          onEvaluated,
        })),
    });
    void this.run.warmUp();
    this.run.goLive();
    const size = situation.book?.size ?? Number.NaN;
    this.desk.takeOver(
      { orders: [], exits: noExits, exitStates: new Map(), ...situation.left },
      situation.book ?? { size: this.#sizeOf(situation), lots: [] },
    );
    if (size === size && this.desk.positionSize !== size) throw new Error("the desk does not agree");
  }

  #sizeOf({ fills = [] }: VenueSituation): number {
    return fills.reduce((sum, { side, qty }) => sum + (side === "buy" ? qty : -qty), 0);
  }

  get desk(): VenueDesk {
    return this.#desk!;
  }

  /** Closes bars; returns what is wanted after the last of them. */
  bars(text: string): string[] {
    const columns = barsOf(text, { startMs: startMs + this.#bars * minute });
    for (let index = 0; index < columns.length; index++) this.run.close(barAt(columns, index));
    this.#bars += columns.length;
    return this.last;
  }

  /** Fills, then what is wanted because of them. */
  fill(...texts: string[]): string[] {
    for (const text of texts) this.take({ kind: "fill", fill: fillOf(text) });
    this.desk.refresh();
    return this.last;
  }

  take(notice: Notice): void {
    this.desk.take(notice);
  }

  get last(): string[] {
    return this.told.at(-1) ?? [];
  }

  /** Closed trades, then open ones. */
  get trades(): string[] {
    return [...this.desk.closedTrades, ...this.desk.openTrades].map(written);
  }
}
