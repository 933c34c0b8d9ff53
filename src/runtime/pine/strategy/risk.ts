import type { RiskUnit } from "../../strategy/risk-rules.ts";
import type { StrategyDesk } from "../../strategy/strategy-desk.ts";
import { sideOf } from "./order-calls.ts";

/** `strategy.risk`. */
export class PineRisk {
  readonly #desk: StrategyDesk;

  constructor(desk: StrategyDesk) {
    this.#desk = desk;
  }

  allow_entry_in(direction: string): void {
    this.#desk.risk.allowed = direction === "all" ? 0 : sideOf(direction);
  }

  max_cons_loss_days(count: number): void {
    this.#desk.risk.maxLossDays = count;
  }

  max_drawdown(value: number, type: string): void {
    this.#desk.risk.maxDrawdown = { value, unit: type as RiskUnit };
  }

  max_intraday_filled_orders(count: number): void {
    this.#desk.risk.maxDayFills = count;
  }

  max_intraday_loss(value: number, type: string): void {
    this.#desk.risk.maxIntradayLoss = { value, unit: type as RiskUnit };
  }

  max_position_size(contracts: number): void {
    this.#desk.risk.maxPosition = Math.abs(contracts);
  }
}
