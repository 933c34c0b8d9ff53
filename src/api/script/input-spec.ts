/** What an input takes. */
export type InputKind =
  | "int"
  | "float"
  | "bool"
  | "string"
  /** A text of several lines. */
  | "text_area"
  /** `#RRGGBB` or `#RRGGBBAA`; `na` for none. */
  | "color"
  /** The name of a price. */
  | "source"
  /** The name of an enum's field. */
  | "enum"
  /** TradingView's notation; empty for the chart's. */
  | "timeframe"
  | "symbol"
  /** `0930-1600:23456` */
  | "session"
  /** Epoch ms; in a settings file also a date as text, UTC. */
  | "time"
  | "price";

/** One input as a script declares it. */
export interface InputSpec {
  readonly kind: InputKind;
  readonly title: string;
  readonly default: number | boolean | string;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly step?: number | undefined;
  readonly options?: readonly (number | string)[] | undefined;
  readonly group?: string | undefined;
  readonly tooltip?: string | undefined;
  /** Inputs of the same name share a line in a dialog. */
  readonly inline?: string | undefined;
  /** The script wants the user to look at it before it runs. */
  readonly confirm?: boolean | undefined;
}
