import type { SymInfo } from "../../kernel/syminfo.ts";
import type { Fill } from "../engine/fill.ts";

/** Fees as venues charge them, in the account's currency. */
export class FeeRate {
  readonly #symbol: SymInfo;
  readonly #accountCurrency: string;
  readonly #warn: ((message: string) => void) | undefined;
  #hasWarned = false;

  constructor(symbol: SymInfo, accountCurrency: string, warn: ((message: string) => void) | undefined) {
    this.#symbol = symbol;
    this.#accountCurrency = accountCurrency;
    this.#warn = warn;
  }

  /** @param rate the symbol's currency in the account's */
  of({ fee, feeCurrency, price }: Fill, rate: number): number {
    if (fee === 0 || feeCurrency === "" || feeCurrency === this.#accountCurrency) return fee;
    if (feeCurrency === this.#symbol.currency) return fee * rate;
    if (feeCurrency === this.#symbol.basecurrency) return fee * price * rate;
    if (!this.#hasWarned)
      this.#warn?.(
        `fees are charged in ${feeCurrency}, for which there is no rate: they are not in the trade list`,
      );
    this.#hasWarned = true;
    return 0;
  }
}
