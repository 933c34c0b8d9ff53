/**
 * A trade: an entry fill, or the part of it that one exit closed. Sizes are signed, money is in the account's
 * currency, percentages are of the money that the entry bound.
 */
export class Trade {
  readonly entryId: string;
  readonly entryComment: string;
  readonly entryBar: number;
  readonly entryTimeMs: number;
  /** Of an order that filled in parts the mean of those that have come. */
  entryPrice: number;
  size: number;
  /** Of the entry; once closed, of entry and exit. */
  commission: number;
  maxRunup = 0;
  maxRunupPercent = 0;
  maxDrawdown = 0;
  maxDrawdownPercent = 0;
  /** Of an open trade at the last close, less twice the entry's commission. */
  profit = 0;
  profitPercent = 0;
  exitId: string | undefined = undefined;
  exitComment: string | undefined = undefined;
  exitBar: number | undefined = undefined;
  exitTimeMs: number | undefined = undefined;
  exitPrice: number | undefined = undefined;
  /** Of all trades closed so far, this one included. */
  cumulativeProfit = 0;
  cumulativeProfitPercent = 0;

  constructor(
    entryId: string,
    entryComment: string,
    entryBar: number,
    entryTimeMs: number,
    entryPrice: number,
    size: number,
    commission: number,
  ) {
    this.entryId = entryId;
    this.entryComment = entryComment;
    this.entryBar = entryBar;
    this.entryTimeMs = entryTimeMs;
    this.entryPrice = entryPrice;
    this.size = size;
    this.commission = commission;
  }

  get isClosed(): boolean {
    return this.exitBar !== undefined;
  }

  /** Takes a part off, with its share of commission, run-up and drawdown. */
  split(part: number, rest: number): Trade {
    const share = Math.abs(part / this.size);
    const piece = new Trade(
      this.entryId,
      this.entryComment,
      this.entryBar,
      this.entryTimeMs,
      this.entryPrice,
      part,
      this.commission * share,
    );
    piece.maxRunup = this.maxRunup * share;
    piece.maxDrawdown = this.maxDrawdown * share;
    piece.maxRunupPercent = this.maxRunupPercent;
    piece.maxDrawdownPercent = this.maxDrawdownPercent;
    this.size = rest;
    this.commission -= piece.commission;
    this.maxRunup -= piece.maxRunup;
    this.maxDrawdown -= piece.maxDrawdown;
    return piece;
  }
}
