import type { LegType, Side } from "../../api/broker/orders.ts";

/** One execution, as it is stored: an account never books a fill id twice. */
export interface Fill {
  readonly fillId: string;
  readonly clientOrderId: string;
  readonly exchangeOrderId: string;
  readonly intentKey: string;
  /** Number of the order of the script that it is for; absent in books of earlier versions. */
  readonly generation?: number;
  readonly legType: LegType;
  readonly pineId: string;
  readonly fromEntry: string | null;
  readonly side: Side;
  readonly qty: number;
  readonly price: number;
  readonly fee: number;
  readonly feeCurrency: string;
  readonly timeMs: number;
  /** What the script says with the order, which its trade goes by. */
  readonly comment?: string;
}
