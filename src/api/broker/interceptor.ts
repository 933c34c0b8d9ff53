/**
 * What a plugin says to an order before it is sent, where it knows a reason that the engine cannot know: a margin that
 * the venue computes, a price band, a limit of the account. What is absent stays as the script has it.
 */
export interface InterceptorResult {
  /** Of an entry: it is not sent, and the script is told. An exit is never refused. */
  readonly rejected?: boolean;
  /** Why, for the log and the screen. */
  readonly rejectReason?: string;
  /** Of an entry: contracts, fewer than the script asks for. */
  readonly modifiedQty?: number;
  /** Another limit price, of an exit its profit; only where the order has one. */
  readonly modifiedLimit?: number;
  /** Another stop price, of an exit its loss; only where the order has one. */
  readonly modifiedStop?: number;
}
