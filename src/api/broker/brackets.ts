import type { Side } from "./orders.ts";

/** A refused bracket of a position that is open: what it takes to close the position and clean up. Survives JSON. */
export interface BracketAttachRejectContext {
  readonly intentKey: string;
  /** The universal key of the position. */
  readonly positionClientOrderId: string;
  readonly positionSide: Side;
  readonly qty: number;
  readonly symbol: string;
  /** The venue's id of the position, where there is one. */
  readonly positionDealId?: string;
  readonly fromEntry?: string;
  readonly exitId?: string;
  readonly filledQty?: number;
  readonly errorCode?: string;
  readonly errorMessage?: string;
}
