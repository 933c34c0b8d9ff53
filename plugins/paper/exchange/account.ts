import type { Grid, OrderDirection } from "pynecore/plugin";

/** The money and the position of an account. Plain, so that it can be written down. */
export interface AccountState {
  /** Without open profit. */
  balance: number;
  /** Signed. */
  size: number;
  /** 0 when flat. */
  averagePrice: number;
  feesPaid: number;
}

/** Fees as a venue takes them. */
export interface FeeRules {
  readonly type: "percent" | "per_contract";
  /** Percent of the traded money, or money per contract. */
  readonly maker: number;
  readonly taker: number;
}

/** What an execution costs. @param pointvalue money per 1.0 of price per contract */
export function feeOf(
  { type, maker, taker }: FeeRules,
  isMaker: boolean,
  qty: number,
  price: number,
  pointvalue: number,
): number {
  const rate = isMaker ? maker : taker;
  return type === "percent" ? (qty * price * pointvalue * rate) / 100 : qty * rate;
}

/** Nets an execution into the position: what closes is realised against the average price, the rest opens. */
export function book(
  account: AccountState,
  side: OrderDirection,
  qty: number,
  price: number,
  fee: number,
  pointvalue: number,
  grid: Grid,
): void {
  const { size, averagePrice } = account;
  const after = grid.lotTolerant(grid.add(size, side * qty));
  if (size * side < 0) {
    const closed = Math.min(qty, Math.abs(size));
    account.balance += closed * (price - averagePrice) * Math.sign(size) * pointvalue;
  }
  if (after === 0) account.averagePrice = 0;
  else if (size === 0 || size * after < 0) account.averagePrice = price;
  else if (size * side > 0)
    account.averagePrice = (averagePrice * Math.abs(size) + price * qty) / Math.abs(after);
  account.size = after;
  account.balance -= fee;
  account.feesPaid += fee;
}

/** Money that the account is worth with its position marked at a price. */
export function equityAt(
  { balance, size, averagePrice }: AccountState,
  price: number,
  pointvalue: number,
): number {
  return size === 0 ? balance : balance + size * (price - averagePrice) * pointvalue;
}
