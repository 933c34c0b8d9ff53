import type { ScriptModule } from "../../api/script/declaration.ts";
import { messageOf } from "../../kernel/errors.ts";
import { type RunOptions, runScript } from "../../runtime/run.ts";
import type { Feed, FeedRequest, Feeds, MissingFeed } from "../../runtime/security/feeds.ts";
import { keyOf, type RunFeeds } from "./run-feeds.ts";

/** One thing that a script needs. */
export interface DataNeed {
  readonly symbol: string;
  readonly timeframe: string;
  readonly status: "merged" | "file" | "missing";
  /** How the file was found. */
  readonly how: "named" | "mapped" | "found" | null;
  readonly file: string | null;
  /** Why it is missing. */
  readonly reason: string | null;
  /** What to type next. */
  readonly hint: string | null;
}

/** What a script needs besides its chart, by groups. */
export interface DataNeeds {
  readonly sameSymbol: readonly DataNeed[];
  readonly crossSymbol: readonly DataNeed[];
  /** Asked for after the first bar: more may be asked for on other data. */
  readonly dynamic: readonly DataNeed[];
  /** The script ended early; what it needs after that is not known. */
  readonly failure: string | null;
}

/**
 * Finds out what a script needs by running it: what is missing is na and does not end the run. Nothing else of the run
 * is looked at.
 */
export async function dataNeeds(
  script: ScriptModule,
  options: RunOptions,
  feeds: RunFeeds,
  chartSymbol: string,
): Promise<DataNeeds> {
  const asked = new Map<
    string,
    { readonly request: FeedRequest; readonly bar: number; missing?: MissingFeed }
  >();
  let bar = 0;
  const listening: Feeds = {
    toleratesMissing: true,
    history: () => feeds.history(),
    rate: (from, to) => feeds.rate(from, to),
    named(request): Feed | undefined {
      asked.set(keyOf(request), { request, bar });
      return feeds.named(request);
    },
    find(request): Feed | MissingFeed {
      const answer = feeds.find(request);
      if ("missing" in answer) asked.get(keyOf(request))!.missing = answer;
      return answer;
    },
  };
  let failure: string | null = null;
  try {
    await runScript(script, {
      ...options,
      feeds: listening,
      observer: { onBarStart: (_bar, index) => void (bar = index) },
    });
  } catch (error) {
    failure = messageOf(error);
  }
  const needs = [...asked.values()].map(({ request, missing, bar: at }) => ({
    request,
    isDynamic: at > 0,
    need: needOf(request, missing, feeds, chartSymbol),
  }));
  const group = (wanted: (one: (typeof needs)[number]) => boolean): DataNeed[] =>
    needs.filter(wanted).map(({ need }) => need);
  return {
    sameSymbol: group(({ request, isDynamic }) => !isDynamic && request.isChart),
    crossSymbol: group(({ request, isDynamic }) => !isDynamic && !request.isChart),
    dynamic: group(({ isDynamic }) => isDynamic),
    failure,
  };
}

function needOf(
  request: FeedRequest,
  missing: MissingFeed | undefined,
  feeds: RunFeeds,
  chartSymbol: string,
): DataNeed {
  const file = feeds.found.get(keyOf(request));
  return {
    symbol: request.isChart ? chartSymbol : request.symbol,
    timeframe: request.timeframe,
    status: missing !== undefined ? "missing" : file === undefined ? "merged" : "file",
    how: file?.how ?? null,
    file: file?.path ?? null,
    reason: missing?.missing ?? null,
    hint: missing?.hint ?? null,
  };
}

const howTexts = { named: "named by --security", mapped: "by the symbol map", found: "" } as const;

/** The needs as lines for people. */
export function needsLines(
  chart: { readonly symbol: string; readonly timeframe: string; readonly file: string },
  needs: DataNeeds,
): string[] {
  const lines = [`chart             ${chart.symbol} ${chart.timeframe}  ${chart.file}`];
  const groups = [
    ["same symbol", needs.sameSymbol],
    ["other symbols", needs.crossSymbol],
    ["while it runs", needs.dynamic],
  ] as const;
  for (const [title, group] of groups) {
    for (const [index, need] of group.entries())
      lines.push(`${(index === 0 ? title : "").padEnd(18)}${needText(need)}`);
  }
  if (lines.length === 1) lines.push("the script asks for nothing else");
  return lines;
}

function needText({ symbol, timeframe, status, how, file, reason, hint }: DataNeed): string {
  const name = `${symbol} ${timeframe}`;
  if (status === "merged") return `${name}  merged from the chart's bars`;
  if (status === "file") {
    const text = how === null ? "" : howTexts[how];
    return `${name}  ${file}${text === "" ? "" : ` (${text})`}`;
  }
  return `${name}  missing: ${reason}${hint === null ? "" : `\n${" ".repeat(20)}${hint}`}`;
}
