import type { StrategySettings } from "../../api/script/declaration.ts";
import type { CommissionModel } from "./commission.ts";

/** Settings of a strategy that the simulator obeys; what they mean stands with `StrategySettings`. */
export type StrategyRules = Required<
  Pick<
    StrategySettings,
    | "pyramiding"
    | "initialCapital"
    | "currency"
    | "defaultQtyType"
    | "defaultQtyValue"
    | "slippage"
    | "commissionValue"
    | "closeEntriesRule"
    | "marginLong"
    | "marginShort"
    | "processOrdersOnClose"
    | "calcOnOrderFills"
    | "calcOnEveryHistoryTick"
    | "useBarMagnifier"
    | "backtestFillLimitsAssumption"
  >
> & { readonly commissionType: CommissionModel["type"] };
