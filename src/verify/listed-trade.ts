import type { WallTime } from "./cells.ts";

/** A trade as an export lists it. */
export interface ListedTrade {
  /** As numbered by the list, or by its place in it. */
  readonly number: number;
  readonly side: "long" | "short";
  readonly entryTime: WallTime;
  readonly entryPrice: number;
  /** Empty where the list says nothing. */
  readonly entrySignal: string;
  readonly exitTime: WallTime | undefined;
  readonly exitPrice: number;
  readonly exitSignal: string;
  /** Positive; NaN where the list says nothing. */
  readonly quantity: number;
  /** Still open at the end of the list. */
  readonly isOpen: boolean;
}
