import { cash10, decimalProduct, decimalSum } from "../../kernel/decimal.ts";

/** How a broker is paid. */
export interface CommissionModel {
  readonly type: "percent" | "cash_per_contract" | "cash_per_order";
  /** Percent of the traded money, or money per contract, or money per order. */
  readonly value: number;
  /** Money per 1.0 of price per contract, in the symbol's currency. */
  readonly pointvalue: number;
}

/**
 * The commission of one order, rounded once and split over its legs: the trades it closes and the one it opens. Every
 * leg books what is due up to it less what was booked before, so that the parts add up to the whole.
 */
export class CommissionPool {
  readonly #model: CommissionModel;
  /** Money per contract; of a fee per order the whole fee. */
  #rate = 0;
  #orderQuantity = 0;
  #legQuantity = 0;
  #booked = 0;
  #legs: number[] = [];

  constructor(model: CommissionModel) {
    this.#model = model;
  }

  /**
   * Starts an order.
   * @param quantity of the whole order
   * @param rate symbol currency to account currency
   */
  begin(price: number, quantity: number, rate: number): void {
    const { type, value, pointvalue } = this.#model;
    if (type === "percent" && value !== 0) {
      this.#rate = decimalProduct(price * rate, value, 2);
      if (pointvalue !== 1) this.#rate *= pointvalue;
      if (rate !== 1) this.#rate = cash10(this.#rate);
    } else {
      this.#rate = value;
    }
    this.#orderQuantity = quantity;
    this.#legQuantity = 0;
    this.#booked = 0;
    this.#legs.length = 0;
  }

  /** Starts a fill that a venue has charged for. @param fee in the account's currency */
  beginPaid(fee: number, quantity: number): void {
    this.#rate = this.#model.type === "cash_per_order" ? fee : fee / quantity;
    this.#orderQuantity = quantity;
    this.#legQuantity = 0;
    this.#booked = 0;
    this.#legs.length = 0;
  }

  /** The commission of the order's next leg. */
  leg(quantity: number): number {
    if (this.#rate === 0) return 0;
    const isFlat = this.#model.type === "cash_per_order";
    if (this.#legs.length === 0) {
      this.#legs.push(quantity);
      this.#legQuantity = quantity;
      if (!isFlat) return (this.#booked = cash10(this.#rate * quantity));
      if (quantity === this.#orderQuantity) return (this.#booked = cash10(this.#rate));
    } else {
      this.#legs.push(quantity);
      this.#legQuantity = decimalSum(this.#legQuantity, quantity);
    }
    const whole = isFlat ? this.#orderQuantity : this.#legQuantity;
    const total = cash10(isFlat ? this.#rate : this.#rate * whole);
    let due = 0;
    for (const leg of this.#legs) due = decimalSum(due, cash10((total * leg) / whole));
    const share = decimalSum(due, -this.#booked);
    this.#booked = due;
    return share;
  }
}
