import { RuntimeFailure } from "../../kernel/errors.ts";
import type { ElementKind } from "../lib/collections/element.ts";
import { Asker } from "../security/asker.ts";
import { LowerTimeframeCall } from "../security/lower-timeframe-call.ts";
import type { Inside, RequestHost, RequestOptions, RequestProgram, Site } from "../security/request.ts";
import { SecurityCall } from "../security/security-call.ts";

/** `request`. */
export class PineRequests {
  /** Somebody has asked for a rate. */
  asksRates = false;
  readonly #asker: Asker;

  constructor(host: RequestHost) {
    this.#asker = new Asker(host);
  }

  security(
    options: RequestOptions,
    program: RequestProgram,
    na: unknown,
    id: number,
    needs?: readonly number[],
  ): SecurityCall {
    return new SecurityCall(this.#asker, this.#site("request.security", options, program, na, id, needs));
  }

  security_lower_tf(
    options: RequestOptions,
    program: RequestProgram,
    kinds: ElementKind | readonly ElementKind[],
    id: number,
    needs?: readonly number[],
  ): LowerTimeframeCall {
    const na = Array.isArray(kinds) ? kinds.map(() => Number.NaN) : Number.NaN;
    const site = this.#site("request.security_lower_tf", options, program, na, id, needs);
    return new LowerTimeframeCall(this.#asker, site, kinds);
  }

  /** There are no users' repositories: na. */
  seed(_options: object, _program: RequestProgram, na: unknown): SeedCall {
    return new SeedCall(na);
  }

  /** One unit of a currency in another, of the last bar that is over; 1 when there is nothing to convert. */
  currency_rate(from: string | null, to: string | null, _ignore?: boolean): number {
    this.asksRates = true;
    return this.#asker.rate(from ?? "", to ?? "");
  }

  dividends(args: Ignoring): number {
    return unavailable("request.dividends", args.ignore_invalid_symbol);
  }

  splits(args: Ignoring): number {
    return unavailable("request.splits", args.ignore_invalid_symbol);
  }

  earnings(args: Ignoring): number {
    return unavailable("request.earnings", args.ignore_invalid_symbol);
  }

  financial(args: Ignoring): number {
    return unavailable("request.financial", args.ignore_invalid_symbol);
  }

  economic(_country: string, _field: string, _gaps?: string, ignore?: boolean): number {
    return unavailable("request.economic", ignore);
  }

  quandl(_ticker: string, _gaps?: string, _index?: number, ignore?: boolean): number {
    return unavailable("request.quandl", ignore);
  }

  /** There is no volume by price: na. */
  footprint(): null {
    return null;
  }

  save(): void {
    this.#asker.save();
  }

  restore(): void {
    this.#asker.restore();
  }

  #site(
    caller: string,
    options: RequestOptions,
    program: RequestProgram,
    na: unknown,
    id: number,
    needs: readonly number[] | undefined,
  ): Site {
    const taken = this.#asker.host.takePlace(id);
    const isWhole = needs !== undefined;
    const { inside } = this.#asker.host;
    return {
      caller,
      options,
      program,
      na,
      lookahead: options.lookahead ?? "lookahead_off",
      place: isWhole ? taken : undefined,
      needs: isWhole ? new Set(needs) : undefined,
      isTarget: isWhole && inside?.place === taken,
      isIdle:
        inside?.needs?.has(id) === false ||
        // A value that is made of itself begins as na.
        (isWhole && isWithin(inside?.outer, taken)),
    };
  }
}

function isWithin(inside: Inside | undefined, place: string): boolean {
  for (let at = inside; at !== undefined; at = at.outer) if (at.place === place) return true;
  return false;
}

interface Ignoring {
  readonly ignore_invalid_symbol?: boolean;
}

function unavailable(caller: string, ignore: boolean | undefined): number {
  if (ignore === true) return Number.NaN;
  throw new RuntimeFailure(`${caller}: there is no source of such figures`, {
    hint: "with ignore_invalid_symbol = true the value is na",
  });
}

/** `request.seed(...)`. */
class SeedCall {
  readonly isTarget = false;
  readonly isSettled = true;
  readonly #na: unknown;

  constructor(na: unknown) {
    this.#na = na;
  }

  next(_source: string | null, _symbol: string | null): unknown {
    return this.#na;
  }

  capture(value: unknown): unknown {
    return value;
  }
}
