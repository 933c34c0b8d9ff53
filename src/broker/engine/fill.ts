import type { Execution } from "../../api/broker/execution.ts";
import type { LegType } from "../../api/broker/orders.ts";

/** One execution, as it is stored: an account never books a fill id twice. */
export interface Fill extends Execution {
  readonly exchangeOrderId: string;
  readonly intentKey: string;
  /** Number of the order of the script that it is for; absent in books of earlier versions. */
  readonly generation?: number;
  readonly legType: LegType;
  readonly pineId: string;
  readonly fromEntry: string | null;
  /** What the script says with the order, which its trade goes by. */
  readonly comment?: string;
}
