import { Call } from "./call.ts";
import type { Context } from "./context.ts";
import { copyOut } from "./copy-out.ts";
import { isBeside, secondsOf } from "./request.ts";
import type { Answer } from "./sources.ts";

interface SecurityLink {
  readonly context: Context;
  /** Its bars are those of the run that asks. */
  readonly isBeside: boolean;
  /** A shorter timeframe of which the first bar is wanted. */
  readonly isFirst: boolean;
  readonly hasGaps: boolean;
  /** What amounts are multiplied by comes from this currency; absent: nothing to convert. */
  readonly currency: string | undefined;
  /** The value was taken over at this version. */
  version: number;
  value: unknown;
}

/** `request.security(...)` at one place. */
export class SecurityCall extends Call<SecurityLink> {
  /** The value on this bar. */
  next(symbol: string | null, timeframe: string | null): unknown {
    const { site, asker } = this;
    const link = site.isIdle ? null : this.linkTo(symbol, timeframe);
    if (link === null) return site.na;
    const { context } = link;
    const { clock } = asker.host;
    if (link.isBeside) context.bringTo(clock.index, asker.nowMs, clock.isForming === true);
    else context.bring(asker.nowMs);
    if (link.hasGaps && !link.isBeside && !context.endedAfter(asker.beforeMs)) return site.na;
    if (link.isFirst) return this.#firstOf(link);
    if (link.version !== context.version) {
      link.version = context.version;
      link.value = copyOut(context.value);
    }
    return link.currency === undefined ? link.value : this.#converted(link.value, link.currency);
  }

  /** Takes the value at this place of a copy of the script. */
  capture(value: unknown): unknown {
    this.asker.host.inside!.context.capture(value);
    return value;
  }

  protected override link(answer: Answer): SecurityLink {
    const { asker, site } = this;
    const { feed } = asker.host;
    const isFirst = site.lookahead === "lookahead_on" && secondsOf(answer.feed) < secondsOf(feed);
    const { currency } = site.options;
    const own = answer.feed.symInfo.currency;
    const link: SecurityLink = {
      context: asker.contextFor(site, answer, isFirst),
      isBeside: isBeside(answer.feed, feed),
      isFirst,
      hasGaps: site.options.gaps === "gaps_on",
      currency: typeof currency === "string" && currency !== "" && currency !== own ? own : undefined,
      version: -1,
      value: site.na,
    };
    // An empty bar keeps what was: that goes back with the bar.
    let saved = link.value;
    if (isFirst) asker.keep({ save: () => (saved = link.value), restore: () => (link.value = saved) });
    return link;
  }

  /** The first of the shorter bars within this bar; an empty bar keeps what was. */
  #firstOf(link: SecurityLink): unknown {
    const { clock, feed } = this.asker.host;
    const values = link.context.valuesIn(feed.columns.openTimeMs[clock.index]!, Infinity);
    if (values.length > 0) link.value = copyOut(values[0]);
    return link.currency === undefined ? link.value : this.#converted(link.value, link.currency);
  }

  #converted(value: unknown, from: string): unknown {
    const rate = this.asker.rate(from, this.site.options.currency!);
    if (typeof value === "number") return value * rate;
    if (!Array.isArray(value)) return value;
    return value.map((member: unknown) => (typeof member === "number" ? member * rate : member));
  }
}
