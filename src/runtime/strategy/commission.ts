import { cash10 } from "./grid.ts";

/** How a broker is paid. */
export interface CommissionModel {
  readonly type: "percent" | "cash_per_contract" | "cash_per_order";
  /** Percent of the traded money, or money per contract, or money per order. */
  readonly value: number;
  /** Money per 1.0 of price per contract. */
  readonly pointvalue: number;
}

/** The commission of one whole order, rounded once. */
export function commissionOf(model: CommissionModel, price: number, quantity: number): number {
  switch (model.type) {
    case "percent":
      return cash10(price * model.value * 0.01 * model.pointvalue * quantity);
    case "cash_per_contract":
      return cash10(model.value * quantity);
    case "cash_per_order":
      return cash10(model.value);
  }
}
