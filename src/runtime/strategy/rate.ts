/** One unit of the symbol's currency in the account's, at a bar; `NaN`: not known. */
export type RateLookup = (timeMs: number) => number;

/** The rate between the symbol's currency and the account's, looked up at most once a bar. */
export class RateSource {
  /** Whether the two currencies differ. */
  readonly converts: boolean;
  /** This bar's rate; `NaN` when there is none. */
  current = 1;
  readonly #lookup: RateLookup | undefined;
  readonly #warn: () => void;
  #bar = -1;

  constructor(
    symbolCurrency: string,
    accountCurrency: string,
    lookup: RateLookup | undefined,
    onWarning: ((message: string) => void) | undefined,
  ) {
    this.converts = symbolCurrency !== accountCurrency;
    this.current = this.converts ? Number.NaN : 1;
    this.#lookup = lookup;
    let warned = false;
    this.#warn = () => {
      if (!warned)
        onWarning?.(
          `there is no rate from ${symbolCurrency} to ${accountCurrency}: money is counted in ${symbolCurrency} one to one`,
        );
      warned = true;
    };
  }

  /** The rate to count with on a bar: 1 when there is none, which is said once. */
  at(bar: number, timeMs: number): number {
    if (bar !== this.#bar) {
      this.#bar = bar;
      const rate = this.#lookup?.(timeMs) ?? Number.NaN;
      this.current = rate > 0 && Number.isFinite(rate) ? rate : Number.NaN;
      if (this.current !== this.current) this.#warn();
    }
    return this.current === this.current ? this.current : 1;
  }
}
