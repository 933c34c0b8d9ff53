import { RuntimeFailure } from "../../kernel/errors.ts";
import { type ElementKind, isNumeric } from "../lib/collections/element.ts";
import { NumberArray } from "../lib/collections/number-array.ts";
import { ObjectArray } from "../lib/collections/object-array.ts";
import type { Asker } from "./asker.ts";
import { Call } from "./call.ts";
import type { Context } from "./context.ts";
import { copyOut } from "./copy-out.ts";
import { isBeside, secondsOf, type Site } from "./request.ts";
import type { Answer } from "./sources.ts";

/** `request.security_lower_tf(...)` at one place. */
export class LowerTimeframeCall extends Call<Context> {
  readonly #kinds: ElementKind | readonly ElementKind[];

  constructor(asker: Asker, site: Site, kinds: ElementKind | readonly ElementKind[]) {
    super(asker, site);
    this.#kinds = kinds;
  }

  /** The values of all shorter bars within this bar, as an array, or one for each member of a tuple. */
  next(symbol: string | null, timeframe: string | null): unknown {
    const { asker, site } = this;
    const context = site.isIdle ? null : this.linkTo(symbol, timeframe);
    if (context === null) return this.#arrays([]);
    const { clock, feed, sources } = asker.host;
    if (isBeside(context.feed, feed)) context.bringTo(clock.index, asker.nowMs, clock.isForming === true);
    else context.bring(asker.nowMs);
    const endMs = sources.endsOf(feed).scheduled(clock.index);
    return this.#arrays(context.valuesIn(feed.columns.openTimeMs[clock.index]!, endMs));
  }

  capture(value: unknown): unknown {
    this.asker.host.inside!.context.capture(value);
    return this.#arrays([]);
  }

  protected override link(answer: Answer): Context | null {
    const { asker, site } = this;
    const own = asker.host.feed;
    if (secondsOf(answer.feed) <= secondsOf(own)) return asker.contextFor(site, answer, true);
    if (site.options.ignore_invalid_timeframe === true) return null;
    throw new RuntimeFailure(
      `${site.caller}: ${answer.feed.timeframe} is longer than the chart's ${own.timeframe}`,
      { hint: "request.security asks for longer timeframes" },
    );
  }

  #arrays(values: readonly unknown[]): unknown {
    const kinds = this.#kinds;
    if (typeof kinds === "string") return arrayOf(kinds, values);
    return kinds.map((kind, member) =>
      arrayOf(
        kind,
        values.map((value) => (value as readonly unknown[])[member]),
      ),
    );
  }
}

function arrayOf(kind: ElementKind, values: readonly unknown[]): unknown {
  return isNumeric(kind)
    ? NumberArray.of(kind, values as number[])
    : ObjectArray.of(
        kind,
        values.map((value) => copyOut(value)),
      );
}
