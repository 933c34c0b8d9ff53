import type { LegType } from "../../api/broker/orders.ts";
import type { WantedIntent } from "./desired.ts";

/** What the script has to say with an order; nothing follows from it. */
export interface OrderWords {
  readonly comment?: string;
  readonly alertMessage?: string;
}

/** Its words for one leg of an intent: those of its way of filling, where there are such. */
export function wordsOf(intent: WantedIntent, leg: LegType): OrderWords {
  const { comment, alertMessage } = intent;
  if (intent.kind !== "exit") return said(comment, alertMessage);
  switch (leg) {
    case "tp":
      return said(intent.commentProfit ?? comment, intent.alertProfit ?? alertMessage);
    case "sl":
      return said(intent.commentLoss ?? comment, intent.alertLoss ?? alertMessage);
    case "trail":
      return said(intent.commentTrailing ?? comment, intent.alertTrailing ?? alertMessage);
    case "entry":
    case "close":
      return said(comment, alertMessage);
  }
}

function said(comment: string | undefined, alertMessage: string | undefined): OrderWords {
  return {
    ...(comment === undefined ? {} : { comment }),
    ...(alertMessage === undefined ? {} : { alertMessage }),
  };
}
