import type { BarColumns } from "../kernel/bar.ts";
import { zonedFormatter } from "../kernel/zone.ts";
import type { RunResult } from "../runtime/run.ts";
import { type Action, actionsOn, type Divergence, positionBefore } from "../verify/divergence.ts";
import { gradeShares, type Verdict } from "../verify/grade.ts";
import type { PlacedTrade } from "../verify/placed.ts";
import { tableLines } from "./table.ts";
import { grouped } from "../kernel/counted.ts";

/** What a comparison with an exported list says, as lines and as an object. Pure. */

/** Something that an order did on a bar. */
export interface OrderNote {
  readonly bar: number;
  readonly text: string;
}

/** All that there is to say. */
export interface VerifyReport {
  readonly verdict: Verdict;
  /** The zone in which the list tells its times. */
  readonly zone: string;
  readonly exchangeZone: string;
  /** Share of listed prices that their bars traded at. */
  readonly tradedShare: number;
  readonly listed: readonly PlacedTrade[];
  readonly ours: readonly PlacedTrade[];
  readonly result: RunResult;
  readonly divergence: Divergence | undefined;
  /** Orders around the divergence. */
  readonly orders: readonly OrderNote[];
}

/** Bars shown before and after a divergence. */
export const barsAround = { before: 3, after: 1 } as const;

/** Digits of a plotted value: more than a chart shows. */
const plotDigits = 9;

const label = (name: string, text: string): string => `${name.padEnd(18)}${text}`;

/** The lines for a person. */
export function verifyLines(report: VerifyReport): string[] {
  const { verdict, zone, exchangeZone } = report;
  const { listedCount, ourCount, matching, share, pairs, missing, extra, outside, open } = verdict;
  const differing = pairs.length - matching;
  const place = zone === exchangeZone ? `${zone}, the exchange's` : zone;
  const lines = [
    label("grade", verdict.grade),
    label("trades", `${grouped(listedCount)} listed, ${grouped(ourCount)} ours`),
    label("matching", `${grouped(matching)} (${percent(share)}): side, bars, and prices within 0.01 %`),
    label("differing", `${grouped(differing)}${differing === 0 ? "" : `: ${differenceCounts(verdict)}`}`),
    label("missing", `${grouped(missing.length)} listed that we do not have`),
    label("extra", `${grouped(extra.length)} ours that are not listed`),
    label("open at the end", `${grouped(open.listed)} listed, ${grouped(open.ours)} ours`),
    label("times", zone === "as written" ? "with their offset from UTC" : `in ${place}`),
  ];
  if (verdict.otherQuantity > 0)
    lines.push(
      label("quantities", `${grouped(verdict.otherQuantity)} matching trades have another quantity`),
    );
  if (outside.length > 0)
    lines.push(
      label(
        "outside",
        `${grouped(outside.length)} listed trades are not within the data; they were left out`,
      ),
    );
  return [...lines, ...divergenceLines(report)];
}

/** What would help, for a person. */
export function verifyHints({ verdict, result, listed, tradedShare }: VerifyReport): string[] {
  const hints: string[] = [];
  if (tradedShare < 0.9) {
    hints.push(
      `${percent(tradedShare)} of the listed prices were traded on their bars: is the list of this symbol, exchange and timeframe?`,
    );
  }
  const first = listed.reduce(
    (bar, { entryBar }) => (entryBar < 0 ? bar : Math.min(bar, entryBar)),
    Infinity,
  );
  const early = verdict.extra.filter(({ exitBar }) => exitBar < first).length;
  const from = result.columns.openTimeMs[first];
  if (early > 0 && from !== undefined) {
    const date = new Date(from).toISOString().slice(0, 10);
    hints.push(
      `${grouped(early)} of ours are older than the list, which begins on ${date}: the chart may not have had these bars (--from)`,
    );
  }
  if (verdict.outside.length > 0)
    hints.push(
      "the chart had bars that the data has not: download them, or export the list for a shorter range",
    );
  return hints;
}

function differenceCounts({ pairs }: Verdict): string {
  const counts = new Map<string, number>();
  for (const { differences } of pairs)
    for (const what of differences) counts.set(what, (counts.get(what) ?? 0) + 1);
  return [...counts].map(([what, times]) => `${what} ${grouped(times)}`).join(", ");
}

function divergenceLines(report: VerifyReport): string[] {
  const { divergence, listed, ours, orders, result, exchangeZone } = report;
  if (divergence === undefined) return [];
  const { bar, differences } = divergence;
  const time = zonedFormatter(exchangeZone)(result.columns.openTimeMs[bar] ?? 0);
  const what =
    differences.length > 0
      ? `other ${differences.join(", ")}`
      : divergence.ours === undefined
        ? "a trade that we do not have"
        : "a trade that is not listed";
  const doing = (trades: readonly PlacedTrade[]): string => {
    const actions = actionsOn(trades, bar);
    return actions.length === 0 ? "nothing" : actions.map(actionText).join("; ");
  };
  const notes = orders.map(({ bar: at, text }) => `  bar ${at}: ${text}`);
  return [
    "",
    `first divergence: bar ${bar}, ${time}: ${what}`,
    label("  listed", doing(listed)),
    label("  ours", doing(ours)),
    ...whole(divergence),
    label("  position before", `listed ${positionText(listed, bar)}, ours ${positionText(ours, bar)}`),
    ...(notes.length === 0 ? [] : ["", "our orders:", ...notes]),
    "",
    ...barTable(result, bar, exchangeZone),
  ];
}

/** The two trades from end to end, where the bar alone does not show them. */
function whole({ listed, ours }: Divergence): string[] {
  const text = (trade: PlacedTrade): string =>
    `#${trade.number} ${trade.side}, bar ${trade.entryBar} at ${price(trade.entryPrice)} to bar ${trade.exitBar} at ${price(trade.exitPrice)}`;
  return [
    ...(listed === undefined ? [] : [label("  trade listed", text(listed))]),
    ...(ours === undefined ? [] : [label("  trade ours", text(ours))]),
  ];
}

function actionText({ kind, trade }: Action): string {
  const quantity = Number.isNaN(trade.quantity) ? "" : ` ${price(trade.quantity)}`;
  const signal = kind === "entry" ? trade.entrySignal : trade.exitSignal;
  const at = price(kind === "entry" ? trade.entryPrice : trade.exitPrice);
  return `${kind} ${trade.side}${quantity} at ${at}${signal === "" ? "" : ` "${signal}"`}`;
}

function positionText(trades: readonly PlacedTrade[], bar: number): string {
  const position = positionBefore(trades, bar);
  return Number.isNaN(position) ? "unknown" : price(position);
}

const price = (value: number): string => (Number.isNaN(value) ? "na" : String(value));

/** Bars and plots around the divergence, the bar itself marked. */
function barTable(result: RunResult, bar: number, zone: string): string[] {
  const { columns, plots } = result;
  const format = zonedFormatter(zone);
  const prices = [columns.open, columns.high, columns.low, columns.close];
  const header = ["", "bar", "time", "open", "high", "low", "close", ...plots.map(({ title }) => title)];
  const rows = barsNear(columns, bar).map((index) => [
    index === bar ? ">" : "",
    String(index),
    format(columns.openTimeMs[index] ?? 0)
      .slice(0, 16)
      .replace("T", " "),
    ...prices.map((values) => price(values[index] ?? Number.NaN)),
    ...plots.map(({ values }) => price(Number((values[index] ?? Number.NaN).toPrecision(plotDigits)))),
  ]);
  return tableLines(
    [header, ...rows],
    header.map((_, index) => index).filter((index) => index > 2 || index === 1),
  );
}

function barsNear(columns: BarColumns, bar: number): number[] {
  const from = Math.max(0, bar - barsAround.before);
  const to = Math.min(columns.length - 1, bar + barsAround.after);
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

/** The object of `--json`. */
export function verifyObject(report: VerifyReport): object {
  const { verdict, zone, result, divergence, orders, listed, ours } = report;
  const time = (bar: number): string | null => {
    const timeMs = result.columns.openTimeMs[bar];
    return timeMs === undefined ? null : new Date(timeMs).toISOString();
  };
  const trade = (one: PlacedTrade | undefined): object | null =>
    one === undefined
      ? null
      : {
          number: one.number,
          side: one.side,
          entry_bar: one.entryBar,
          entry_time: time(one.entryBar),
          entry_price: finite(one.entryPrice),
          entry_signal: one.entrySignal,
          exit_bar: one.exitBar,
          exit_time: time(one.exitBar),
          exit_price: finite(one.exitPrice),
          exit_signal: one.exitSignal,
          quantity: finite(one.quantity),
        };
  return {
    grade: verdict.grade,
    grade_shares: gradeShares,
    share: verdict.share,
    listed: verdict.listedCount,
    ours: verdict.ourCount,
    matching: verdict.matching,
    other_quantity: verdict.otherQuantity,
    outside: verdict.outside.length,
    open: verdict.open,
    timezone: zone,
    differing: verdict.pairs
      .filter(({ differences }) => differences.length > 0)
      .map((pair) => ({ listed: trade(pair.listed), ours: trade(pair.ours), differences: pair.differences })),
    missing: verdict.missing.map(trade),
    extra: verdict.extra.map(trade),
    first_divergence:
      divergence === undefined
        ? null
        : {
            bar: divergence.bar,
            time: time(divergence.bar),
            listed: trade(divergence.listed),
            ours: trade(divergence.ours),
            differences: divergence.differences,
            position_before: {
              listed: finite(positionBefore(listed, divergence.bar)),
              ours: finite(positionBefore(ours, divergence.bar)),
            },
            orders,
            plots: barsNear(result.columns, divergence.bar).map((bar) => ({
              bar,
              time: time(bar),
              close: finite(result.columns.close[bar] ?? Number.NaN),
              ...Object.fromEntries(
                result.plots.map(({ title, values }) => [title, finite(values[bar] ?? Number.NaN)]),
              ),
            })),
          },
  };
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

function percent(share: number): string {
  // 99.996 % is not all of them.
  return `${(Math.floor(share * 10_000) / 100).toFixed(2)} %`;
}
