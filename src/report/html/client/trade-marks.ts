import { Layer, type Sight } from "./layer.ts";
import type { Report } from "./report.ts";
import type { Theme } from "./theme.ts";

/** Bars closer together than this, in px, get no arrows, only lines. */
const roomForArrows = 1.5;
const roomForNames = 9;

/**
 * Trades on the prices: a line from entry to exit in the colour of its result, arrows where there is room, a band over
 * the selected one. Draws only what is in view.
 */
export class TradeMarks extends Layer {
  selected = -1;
  theme: Theme;
  readonly #report: Report;

  constructor(report: Report, theme: Theme) {
    super(
      (sight) => this.#drawBand(sight),
      (sight) => this.#drawTrades(sight),
    );
    this.#report = report;
    this.theme = theme;
  }

  #exitBar(trade: number): number {
    const bar = this.#report.trades.exitBar[trade] ?? Number.NaN;
    return bar === bar ? bar : this.#report.head.bars - 1;
  }

  #drawBand({ context, height, x }: Sight): void {
    if (this.selected < 0) return;
    const from = x(this.#report.trades.entryBar[this.selected] ?? 0);
    const to = x(this.#exitBar(this.selected));
    context.fillStyle = `${this.theme.accent}22`;
    context.fillRect(from - 4, 0, to - from + 8, height);
  }

  #drawTrades({ context, from, to, spacing, x, y }: Sight): void {
    const { trades, head } = this.#report;
    context.lineJoin = "round";
    for (let trade = 0; trade < head.trades; trade++) {
      const [entry, exit] = [trades.entryBar[trade] ?? 0, this.#exitBar(trade)];
      if (exit < from || entry > to) continue;
      const [x1, y1] = [x(entry), y(trades.entryPrice[trade] ?? 0)];
      const [x2, y2] = [x(exit), y(trades.exitPrice[trade] ?? 0)];
      if (Number.isNaN(x1 + y1 + x2 + y2)) continue;
      const chosen = trade === this.selected;
      const won = (trades.profit[trade] ?? 0) >= 0;
      const colour = won ? this.theme.profit : this.theme.loss;
      context.strokeStyle = colour;
      context.lineWidth = chosen ? 2.5 : 1.25;
      context.setLineDash(spacing > 3 ? [4, 3] : []);
      context.beginPath();
      context.moveTo(x1, y1);
      context.lineTo(x2, y2);
      context.stroke();
      if (spacing < roomForArrows && !chosen) continue;
      context.setLineDash([]);
      const long = (trades.size[trade] ?? 0) > 0;
      this.#arrow(context, x1, y1, long ? -1 : 1, long ? this.theme.up : this.theme.down, true);
      const open = trades.exitBar[trade] !== trades.exitBar[trade];
      if (!open) this.#arrow(context, x2, y2, long ? 1 : -1, colour, false);
      if (spacing >= roomForNames || chosen) this.#name(context, trade, x1, y1, long);
    }
  }

  /** A triangle that points at the price: up for what buys, down for what sells; exits are hollow. */
  #arrow(
    context: CanvasRenderingContext2D,
    x: number,
    y: number,
    direction: 1 | -1,
    colour: string,
    filled: boolean,
  ): void {
    const size = 5;
    const tip = y - direction * 2;
    context.beginPath();
    context.moveTo(x, tip);
    context.lineTo(x - size, tip - direction * size * 1.7);
    context.lineTo(x + size, tip - direction * size * 1.7);
    context.closePath();
    context.fillStyle = filled ? colour : this.theme.surface;
    context.fill();
    context.lineWidth = 1.5;
    context.strokeStyle = colour;
    context.stroke();
  }

  #name(context: CanvasRenderingContext2D, trade: number, x: number, y: number, long: boolean): void {
    const { trades, head } = this.#report;
    const text = `${trade + 1} ${head.signals[trades.entrySignal[trade] ?? 0] ?? ""}`.slice(0, 24);
    context.font = "11px system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = long ? "top" : "bottom";
    context.lineWidth = 3;
    context.strokeStyle = this.theme.surface;
    const at = long ? y + 14 : y - 14;
    context.strokeText(text, x, at);
    context.fillStyle = this.theme.text;
    context.fillText(text, x, at);
  }
}
