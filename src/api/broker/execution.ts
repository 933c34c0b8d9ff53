import type { Side } from "./orders.ts";

/** One execution at the venue: what the books keep of it, and what the broker lab's venue tells of it. */
export interface Execution {
  /** The same on every way that it can come. */
  readonly fillId: string;
  readonly clientOrderId: string;
  readonly side: Side;
  readonly qty: number;
  readonly price: number;
  readonly fee: number;
  readonly feeCurrency: string;
  readonly timeMs: number;
}
