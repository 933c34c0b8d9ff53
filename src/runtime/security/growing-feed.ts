import type { Bar, BarColumns } from "../../kernel/bar.ts";
import type { SymInfo } from "../../kernel/syminfo.ts";
import { LiveColumns } from "../live-columns.ts";
import type { Room } from "../room.ts";
import type { LiveEdge, LiveFeed } from "./feeds.ts";
import type { LiveMoment } from "./live-moment.ts";

/** The bars of another symbol or timeframe of a live run: history first, then what its stream brings. */
export class GrowingFeed implements LiveFeed, LiveEdge {
  readonly columns: LiveColumns;
  readonly symInfo: SymInfo;
  readonly timeframe: string;
  readonly live: LiveEdge = this;
  readonly forms = true;
  goesOn = true;
  version = 0;
  #isForming = false;

  constructor(history: BarColumns, symInfo: SymInfo, timeframe: string) {
    this.columns = new LiveColumns(history);
    this.symInfo = symInfo;
    this.timeframe = timeframe;
  }

  get room(): Room {
    return this.columns.room;
  }

  get closed(): number {
    return this.columns.length - (this.#isForming ? 1 : 0);
  }

  /** The bar after the last closed one stands like this. */
  tick(bar: Bar): void {
    this.#take(bar, true);
  }

  /** It is over. */
  close(bar: Bar): void {
    this.#take(bar, false);
  }

  sync(): void {}

  /** What is not newer than the last closed bar is none of its business. */
  #take(bar: Bar, isForming: boolean): void {
    const { columns, closed } = this;
    if (closed > 0 && bar.openTimeMs <= columns.openTimeMs[closed - 1]!) return;
    if (this.#isForming) columns.put(bar);
    else columns.append(bar);
    this.#isForming = isForming;
    this.version++;
  }
}

/** How far the chart has come. */
export class ChartEdge implements LiveEdge {
  readonly forms = true;
  readonly goesOn = true;
  readonly room: Room;
  readonly #columns: BarColumns;
  readonly #moment: LiveMoment;

  constructor(columns: BarColumns, room: Room, moment: LiveMoment) {
    this.#columns = columns;
    this.room = room;
    this.#moment = moment;
  }

  get closed(): number {
    return this.#columns.length - (this.#moment.isForming ? 1 : 0);
  }

  get version(): number {
    return this.#moment.number;
  }

  sync(): void {}
}
