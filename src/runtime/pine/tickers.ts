import { RuntimeFailure } from "../../kernel/errors.ts";
import { formatTickerId, parseTickerId } from "../security/ticker-id.ts";

type Text = string | null | undefined;

interface Modifiers {
  readonly session?: Text;
  readonly adjustment?: Text;
  readonly backadjustment?: Text;
  readonly settlement_as_close?: Text;
}

/** `ticker`: ids of symbols and of what is to be made of their bars. */
export class PineTickers {
  readonly #own: string;

  /** @param own the symbol of the run */
  constructor(own: string) {
    this.#own = own;
  }

  new({
    prefix,
    ticker,
    ...modifiers
  }: Modifiers & { readonly prefix: Text; readonly ticker: Text }): string {
    const symbol = prefix === null || prefix === undefined || prefix === "" ? ticker : `${prefix}:${ticker}`;
    return formatTickerId({ symbol: symbol ?? "", isHeikinAshi: false, modifiers: given(modifiers) });
  }

  modify({ tickerid, ...modifiers }: Modifiers & { readonly tickerid: Text }): string {
    const id = parseTickerId(tickerid ?? "");
    return formatTickerId({ ...id, modifiers: { ...id.modifiers, ...given(modifiers) } });
  }

  standard(symbol: Text): string {
    return parseTickerId(symbol ?? this.#own).symbol;
  }

  inherit(from: Text, symbol: Text): string {
    return formatTickerId({ ...parseTickerId(from ?? ""), symbol: parseTickerId(symbol ?? "").symbol });
  }

  heikinashi(symbol: Text): string {
    return formatTickerId({ ...parseTickerId(symbol ?? this.#own), isHeikinAshi: true });
  }

  renko(): never {
    throw madeOfPrices("renko");
  }

  pointfigure(): never {
    throw madeOfPrices("pointfigure");
  }

  kagi(): never {
    throw madeOfPrices("kagi");
  }

  linebreak(): never {
    throw madeOfPrices("linebreak");
  }
}

function given(modifiers: Modifiers): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(modifiers).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string" && entry[1] !== "regular",
    ),
  );
}

function madeOfPrices(chart: string): RuntimeFailure {
  return new RuntimeFailure(`ticker.${chart}: bars that are made of price moves are not supported`, {
    hint: "ticker.heikinashi and plain bars are",
  });
}
