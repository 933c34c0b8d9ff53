import { RuntimeFailure } from "../../../kernel/errors.ts";
import type { CloseArguments } from "../../strategy/close-command.ts";
import type { ExitArguments } from "../../strategy/exit-command.ts";
import type { StrategyDesk } from "../../strategy/strategy-desk.ts";
import {
  type CloseCall,
  exitArguments,
  type ExitCall,
  orderArguments,
  type OrderCall,
  sideOf,
  type Text,
  type Writable,
} from "./order-calls.ts";
import { PineRisk } from "./risk.ts";
import { StrategyValues } from "./values.ts";

/** `strategy`: the desk under Pine's names. */
export class PineStrategy extends StrategyValues {
  readonly #desk: StrategyDesk;
  /** An exit is issued on nearly every bar of many scripts: its arguments have one object. */
  readonly #exitArguments: Writable<ExitArguments> = {};
  readonly risk: PineRisk;

  constructor(desk: StrategyDesk, version: number) {
    super(desk);
    this.#desk = desk;
    desk.prefersPrices = version < 6;
    this.risk = new PineRisk(desk);
  }

  entry(call: OrderCall): void {
    if (call.when !== false) this.#desk.entry(call.id, sideOf(call.direction), orderArguments(call));
  }

  order(call: OrderCall): void {
    if (call.when !== false) this.#desk.order(call.id, sideOf(call.direction), orderArguments(call));
  }

  exit(call: ExitCall): void {
    if (call.when !== false) this.#desk.exit(call.id, exitArguments(call, this.#exitArguments));
  }

  close(call: CloseCall): void {
    const { id, comment, alert_message, disable_alert, qty, qty_percent, immediately, when } = call;
    if (when === false) return;
    const texts = { comment: comment ?? "", alertMessage: alert_message ?? "", disableAlert: disable_alert };
    const args: CloseArguments = { qty, qtyPercent: qty_percent, immediately, ...texts };
    this.#desk.close(id, args);
  }

  close_all(comment?: Text | object, alert?: Text, immediately?: boolean, silent?: boolean): void {
    if (typeof comment === "object" && comment !== null) {
      const args = comment as {
        comment?: Text;
        alert_message?: Text;
        immediately?: boolean;
        disable_alert?: boolean;
        when?: boolean;
      };
      if (args.when !== false)
        this.close_all(args.comment, args.alert_message, args.immediately, args.disable_alert);
      return;
    }
    const texts = { comment: comment ?? "", alertMessage: alert ?? "", disableAlert: silent };
    this.#desk.closeAll({ immediately, ...texts });
  }

  cancel(id: string, when?: boolean): void {
    if (when !== false) this.#desk.cancel(id);
  }

  cancel_all(when?: boolean): void {
    if (when !== false) this.#desk.cancelAll();
  }
}

/** An indicator has no orders. */
export function noStrategy(): never {
  throw new RuntimeFailure("an indicator has no orders: strategy.* needs a strategy");
}

/** `strategy` on the bars of a request: an account without trades that takes no orders. */
export class SilentStrategy extends PineStrategy {
  override entry(): void {}
  override order(): void {}
  override exit(): void {}
  override close(): void {}
  override close_all(): void {}
  override cancel(): void {}
  override cancel_all(): void {}
}
