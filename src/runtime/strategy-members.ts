import type {
  CloseOrder,
  Direction,
  RiskCommands,
  StrategyCommands,
  StrategyFigures,
} from "../api/script/orders.ts";
import { RuntimeFailure } from "../kernel/errors.ts";
import type { Side } from "../kernel/price-path.ts";
import type { StrategyDesk } from "./strategy/strategy-desk.ts";

/** What a strategy's context has beyond an indicator's. In an indicator every member says that it needs a strategy. */
export function strategyMembers(desk: StrategyDesk | undefined): {
  readonly context: StrategyCommands & StrategyFigures;
  readonly close: CloseOrder;
} {
  const orders = (member: string): StrategyDesk => {
    if (desk !== undefined) return desk;
    throw new RuntimeFailure(`an indicator has no orders: ${member} needs a strategy`);
  };
  const context: StrategyCommands & StrategyFigures = {
    entry: (id, direction, options) => orders("entry()").entry(id, sideOf(direction), options),
    order: (id, direction, options) => orders("order()").order(id, sideOf(direction), options),
    exit: (id, options) => orders("exit()").exit(id, options),
    closeAll: (options = {}) => orders("closeAll()").closeAll(options),
    cancel: (id) => orders("cancel()").cancel(id),
    cancelAll: () => orders("cancelAll()").cancelAll(),
    risk: riskCommands(() => orders("risk").risk),
    get positionSize() {
      return orders("positionSize").positionSize;
    },
    get positionAvgPrice() {
      return orders("positionAvgPrice").positionAveragePrice;
    },
    get positionEntryName() {
      return orders("positionEntryName").openTrades[0]?.entryId ?? "";
    },
    get initialCapital() {
      return orders("initialCapital").rules.initialCapital;
    },
    get accountCurrency() {
      return orders("accountCurrency").accountCurrency;
    },
    get equity() {
      return orders("equity").equity;
    },
    get netProfit() {
      return orders("netProfit").netProfit;
    },
    get openProfit() {
      return orders("openProfit").openProfit;
    },
    get grossProfit() {
      return orders("grossProfit").grossProfit;
    },
    get grossLoss() {
      return orders("grossLoss").grossLoss;
    },
    get maxDrawdown() {
      return orders("maxDrawdown").maxDrawdown;
    },
    get maxRunup() {
      return orders("maxRunup").maxRunup;
    },
    get closedTrades() {
      return orders("closedTrades").closedTrades.length;
    },
    get openTrades() {
      return orders("openTrades").openTrades.length;
    },
    get winTrades() {
      return orders("winTrades").winTrades;
    },
    get lossTrades() {
      return orders("lossTrades").lossTrades;
    },
    get evenTrades() {
      return orders("evenTrades").evenTrades;
    },
    get marginLiquidationPrice() {
      return orders("marginLiquidationPrice").liquidationPrice;
    },
    get capitalHeld() {
      return orders("capitalHeld").capitalHeld;
    },
    closedTrade: (number) => orders("closedTrade()").closedTrades[number],
    openTrade: (number) => orders("openTrade()").openTrades[number],
    defaultEntryQty: (price) => orders("defaultEntryQty()").defaultQuantity(price),
    convertToAccount: (value) => orders("convertToAccount()").toAccount(value),
    convertToSymbol: (value) => orders("convertToSymbol()").toSymbol(value),
  };
  return { context, close: (id, options = {}) => orders("close()").close(id, options) };
}

function riskCommands(rules: () => StrategyDesk["risk"]): RiskCommands {
  return {
    allowEntryIn: (direction) => void (rules().allowed = direction === "all" ? 0 : sideOf(direction)),
    maxDrawdown: (value, unit) => void (rules().maxDrawdown = { value, unit }),
    maxIntradayLoss: (value, unit) => void (rules().maxIntradayLoss = { value, unit }),
    maxConsLossDays: (days) => void (rules().maxLossDays = days),
    maxIntradayFilledOrders: (count) => void (rules().maxDayFills = count),
    maxPositionSize: (contracts) => void (rules().maxPosition = Math.abs(contracts)),
  };
}

function sideOf(direction: Direction): Side {
  return direction === "long" ? 1 : -1;
}
