import type { EntryArguments } from "../../strategy/entry-command.ts";
import type { ExitArguments } from "../../strategy/exit-command.ts";
import type { OcaType } from "../../strategy/order.ts";

/** Order calls as generated code makes them: only what was given, under Pine's names. */

/** Texts that are na are `null`. */
export type Text = string | null | undefined;

/** `strategy.entry` and `strategy.order`. */
export interface OrderCall {
  readonly id: string;
  readonly direction: string;
  readonly qty?: number;
  readonly limit?: number;
  readonly stop?: number;
  readonly oca_name?: Text;
  readonly oca_type?: Text;
  readonly comment?: Text;
  readonly alert_message?: Text;
  readonly disable_alert?: boolean;
  readonly when?: boolean;
}

/** `strategy.exit`. */
export interface ExitCall {
  readonly id: string;
  readonly from_entry?: Text;
  readonly qty?: number;
  readonly qty_percent?: number;
  readonly profit?: number;
  readonly limit?: number;
  readonly loss?: number;
  readonly stop?: number;
  readonly trail_price?: number;
  readonly trail_points?: number;
  readonly trail_offset?: number;
  readonly oca_name?: Text;
  readonly comment?: Text;
  readonly comment_profit?: Text;
  readonly comment_loss?: Text;
  readonly comment_trailing?: Text;
  readonly alert_message?: Text;
  readonly alert_profit?: Text;
  readonly alert_loss?: Text;
  readonly alert_trailing?: Text;
  readonly disable_alert?: boolean;
  readonly when?: boolean;
}

/** `strategy.close`. */
export interface CloseCall {
  readonly id: string;
  readonly comment?: Text;
  readonly alert_message?: Text;
  readonly disable_alert?: boolean;
  readonly qty?: number;
  readonly qty_percent?: number;
  readonly immediately?: boolean;
  readonly when?: boolean;
}

/** 1 for long, −1 for short. */
export const sideOf = (direction: string): 1 | -1 => (direction === "long" ? 1 : -1);

/** Arguments of an entry or a plain order for the desk. */
export function orderArguments(call: OrderCall): EntryArguments {
  return {
    qty: call.qty,
    limit: call.limit,
    stop: call.stop,
    ocaName: call.oca_name ?? "",
    ocaType: (call.oca_type ?? "none") as OcaType,
    comment: call.comment ?? "",
    alertMessage: call.alert_message ?? "",
    disableAlert: call.disable_alert,
  };
}

/** The one object of a caller that issues an exit on every bar. */
export type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** Arguments of an exit for the desk. @param args is filled in and returned */
export function exitArguments(call: ExitCall, args: Writable<ExitArguments>): ExitArguments {
  args.fromEntry = call.from_entry ?? "";
  args.qty = call.qty;
  args.qtyPercent = call.qty_percent;
  args.profit = call.profit;
  args.limit = call.limit;
  args.loss = call.loss;
  args.stop = call.stop;
  args.trailPrice = call.trail_price;
  args.trailPoints = call.trail_points;
  args.trailOffset = call.trail_offset;
  args.ocaName = call.oca_name ?? "";
  args.comment = call.comment ?? "";
  args.commentProfit = call.comment_profit ?? undefined;
  args.commentLoss = call.comment_loss ?? undefined;
  args.commentTrailing = call.comment_trailing ?? undefined;
  args.alertMessage = call.alert_message ?? "";
  args.alertProfit = call.alert_profit ?? undefined;
  args.alertLoss = call.alert_loss ?? undefined;
  args.alertTrailing = call.alert_trailing ?? undefined;
  args.disableAlert = call.disable_alert;
  return args;
}
