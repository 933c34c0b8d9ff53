/** The suite proven: each case has providers that break just that rule, and it is the one that says so. */
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import {
  conformanceCases,
  type ConformanceResult,
  type ConformanceTarget,
  testProvider,
} from "../../src/api/conformance/suite.ts";
import type { Bar, BarUpdate, DownloadRequest, SymInfo } from "../../src/api/plugin.ts";
import { NotSupportedError, ProviderError, TransientProviderError } from "../../src/api/plugin.ts";
import { hour, minute } from "../plugins/fixtures.ts";
import { bars, clock, Sound, start } from "./sound.ts";

async function results(
  plugin: typeof Sound,
  extra: Partial<ConformanceTarget> = {},
): Promise<ConformanceResult[]> {
  const target = {
    plugin,
    create: plugin.make(),
    clock,
    patienceMs: 1500,
    promptMs: 500,
    liveMs: 200,
    ...extra,
  };
  return Array.fromAsync(testProvider(target));
}

const failures = (list: readonly ConformanceResult[]): string[] =>
  list.filter((result) => result.status === "fail").map((result) => result.id);

/** The sound provider with other symbol information. */
function informed(change: (info: SymInfo) => unknown): typeof Sound {
  return class extends Sound {
    override async getSymbolInfo(): Promise<SymInfo> {
      const info = await super.getSymbolInfo();
      return { ...info, ...(change(info) as object) };
    }
  };
}

/** The sound provider with bars changed on their way; `request` is what was asked for. */
function serving(
  change: (pages: readonly (readonly Bar[])[], request: DownloadRequest) => readonly (readonly Bar[])[],
): typeof Sound {
  return class extends Sound {
    override async *download(request: DownloadRequest): AsyncGenerator<readonly Bar[]> {
      const pages: (readonly Bar[])[] = [];
      for await (const page of super.download(request)) pages.push(page);
      for (const page of change(pages, request)) {
        request.signal.throwIfAborted();
        yield page;
      }
    }
  };
}

/** The sound provider with another way of refusing what it does not know. */
function refusing(refusal: () => Promise<SymInfo>): typeof Sound {
  return class extends Sound {
    override getSymbolInfo(): Promise<SymInfo> {
      return this.symbol === "X" ? super.getSymbolInfo() : refusal();
    }
  };
}

/** The sound provider with another feed. */
function feeding(change: (feed: BarUpdate[]) => BarUpdate[]): typeof Sound {
  return class extends Sound {
    protected override feed = change(new FeedOf().updates);
  };
}
class FeedOf extends Sound {
  constructor() {
    super({ config: { symbol_map: {} }, symbol: "X", timeframe: "60" });
  }
  get updates(): BarUpdate[] {
    return this.feed;
  }
}

const each = (pages: readonly (readonly Bar[])[], change: (bar: Bar) => Bar): Bar[][] =>
  pages.map((page) => page.map(change));

const broken: readonly (readonly [id: string, how: string, plugin: typeof Sound])[] = [
  [
    "symbols-listed",
    "it lists none",
    class extends Sound {
      override getAvailableSymbols = () => Promise.resolve([]);
    },
  ],
  [
    "symbols-listed",
    "a symbol is blank",
    class extends Sound {
      override getAvailableSymbols = () => Promise.resolve(["X", " "]);
    },
  ],
  [
    "symbols-unique",
    "one is listed twice",
    class extends Sound {
      override getAvailableSymbols = () => Promise.resolve(["X", "Y", "X"]);
    },
  ],
  [
    "timeframes-canonical",
    "a name is in the exchange's spelling",
    class extends Sound {
      static override timeframes = { "60": "1h", "1D": "1d", "1h": "h" };
    },
  ],
  [
    "timeframes-canonical",
    "a multiplier is implied",
    class extends Sound {
      static override timeframes = { "60": "1h", D: "1d" };
    },
  ],
  [
    "timeframes-round-trip",
    "two share a word",
    class extends Sound {
      static override timeframes = { "60": "1h", "1D": "1d", "1440": "1d" };
    },
  ],
  [
    "timeframe-unsupported",
    "it is taken, and bars come",
    class extends Sound {
      static override toExchangeTimeframe(timeframe: string): string {
        return { "60": "1h", "1D": "1d" }[timeframe] ?? "1h";
      }
    },
  ],
  [
    "timeframe-unsupported",
    "it is a crash",
    class extends Sound {
      static override toExchangeTimeframe(timeframe: string): string {
        return { "60": "1h", "1D": "1d" }[timeframe]!.toString();
      }
    },
  ],
  [
    "brokers-listed",
    "a single venue lists brokers",
    class extends Sound {
      static override getListOfBrokers = () => Promise.resolve([{ id: "one" }]);
    },
  ],
  ["info-complete", "the currency is missing", informed(() => ({ currency: undefined }))],
  ["info-complete", "a point is worth nothing", informed(() => ({ pointvalue: 0 }))],
  ["info-tick", "the step is not the scale's", informed(() => ({ mintick: 0.1 }))],
  ["info-tick", "the scale is no whole number", informed(() => ({ pricescale: 0.5, mintick: 2 }))],
  ["info-sessions", "a market that never closes lists no hours", informed(() => ({ openingHours: [] }))],
  [
    "info-sessions",
    "days count from one",
    informed((info) => ({
      sessionStarts: info.sessionStarts.map(({ day, time }) => ({ day: day + 1, time })),
    })),
  ],
  [
    "info-sessions",
    "times lack their seconds",
    informed(() => ({ sessionEnds: [{ day: 0, time: "16:00" }] })),
  ],
  ["info-timezone", "there is no such zone", informed(() => ({ timezone: "Mars/Olympus" }))],
  ["info-type", "a venue's own word", informed(() => ({ type: "perpetual" }))],
  ["info-period", "another period than asked for", informed(() => ({ period: "15" }))],
  ["history-found", "there are none", serving(() => [])],
  [
    "times-ms",
    "seconds",
    serving((pages) => each(pages, (bar) => ({ ...bar, openTimeMs: bar.openTimeMs / 1000 }))),
  ],
  [
    "times-ms",
    "microseconds",
    serving((pages) => each(pages, (bar) => ({ ...bar, openTimeMs: bar.openTimeMs * 1000 }))),
  ],
  [
    "bars-valid",
    "the high is below the close",
    serving((pages) => each(pages, (bar) => ({ ...bar, high: bar.low }))),
  ],
  [
    "bars-valid",
    "prices are texts",
    serving((pages) => each(pages, (bar) => ({ ...bar, open: String(bar.open) as never }))),
  ],
  ["bars-valid", "a volume is negative", serving((pages) => each(pages, (bar) => ({ ...bar, volume: -1 })))],
  [
    "bars-spacing",
    "finer bars than asked for",
    class extends Sound {
      override within(from: number, to: number): readonly Bar[] {
        const fine = Array.from({ length: 600 }, (_, index) => start + 50 * hour + index * minute);
        return fine.filter((ms) => ms >= from && ms < to).map((openTimeMs) => ({ ...bars[0]!, openTimeMs }));
      }
    },
  ],
  ["pages-ascending", "the newest page first", serving((pages) => pages.toReversed())],
  [
    "pages-ascending",
    "each page begins with the last bar of the one before",
    serving((pages, { limit }) => {
      const all = pages.flat();
      if (limit !== 3) return pages;
      return Array.from({ length: Math.ceil((all.length - 1) / 2) }, (_, page) =>
        all.slice(page * 2, page * 2 + 3),
      );
    }),
  ],
  [
    "window-respected",
    "the end is inclusive",
    class extends Sound {
      override within(from: number, to: number): readonly Bar[] {
        return from < to ? super.within(from, to + 1) : [];
      }
    },
  ],
  [
    "window-from-inclusive",
    "the start is exclusive",
    class extends Sound {
      override within(from: number, to: number): readonly Bar[] {
        return super.within(from + 1, to);
      }
    },
  ],
  [
    "overlap-agrees",
    "prices depend on the window",
    serving((pages, { from }) => each(pages, (bar) => ({ ...bar, volume: bar.volume + (from % 7) }))),
  ],
  [
    "overlap-agrees",
    "the last bar of a window is missing",
    class extends Sound {
      override within(from: number, to: number): readonly Bar[] {
        return super.within(from, to - hour);
      }
    },
  ],
  [
    "empty-window",
    "it is taken for no window",
    class extends Sound {
      override within(from: number, to: number): readonly Bar[] {
        return from === to ? bars.slice(-3) : super.within(from, to);
      }
    },
  ],
  [
    "empty-window",
    "the future is the present",
    class extends Sound {
      override within(from: number, to: number): readonly Bar[] {
        return from > clock.nowMs() ? bars.slice(-3) : super.within(from, to);
      }
    },
  ],
  [
    "empty-window",
    "it never ends",
    serving((pages, { from, to }) => (from === to ? Array.from({ length: 1000 }, () => []) : pages)),
  ],
  ["limit-honoured", "pages are as large as they like", serving((pages) => [pages.flat()])],
  [
    "limit-honoured",
    "a bar is lost between two pages",
    serving((pages, { limit }) => (limit === 3 ? pages.map((page) => page.slice(0, 2)) : pages)),
  ],
  [
    "cancelled-before",
    "nobody looks at the signal at first",
    class extends Sound {
      override async *download(request: DownloadRequest): AsyncGenerator<readonly Bar[]> {
        const signal = request.signal.aborted ? new AbortController().signal : request.signal;
        yield* super.download({ ...request, signal });
      }
    },
  ],
  [
    "cancelled-during",
    "nobody looks at the signal later",
    class extends Sound {
      override async *download(request: DownloadRequest): AsyncGenerator<readonly Bar[]> {
        request.signal.throwIfAborted();
        yield* super.download({ ...request, signal: new AbortController().signal });
      }
    },
  ],
  [
    "cancelled-during",
    "it hangs",
    class extends Sound {
      override async *download(request: DownloadRequest): AsyncGenerator<readonly Bar[]> {
        request.signal.throwIfAborted();
        for await (const page of super.download({ ...request, signal: new AbortController().signal })) {
          if (request.signal.aborted) await new Promise(() => {});
          yield page;
        }
      }
    },
  ],
  [
    "cancelled-during",
    "a sleep goes on",
    class extends Sound {
      override async *download(request: DownloadRequest): AsyncGenerator<readonly Bar[]> {
        request.signal.throwIfAborted();
        for await (const page of super.download(request)) {
          if (request.limit === 1) void this.clock.sleep(100);
          yield page;
        }
      }
    },
  ],
  [
    "unknown-symbol",
    "it is described all the same",
    class extends Sound {
      override async getSymbolInfo(): Promise<SymInfo> {
        return this.symbol === "X" ? super.getSymbolInfo() : ({ ticker: this.symbol } as SymInfo);
      }
    },
  ],
  [
    "unknown-symbol",
    "it is a crash",
    refusing(() => Promise.reject(new TypeError("undefined is no object"))),
  ],
  [
    "unknown-symbol",
    "it is worth a retry",
    refusing(() => Promise.reject(new TransientProviderError("try again"))),
  ],
  [
    "live-connect",
    "it never connects",
    class extends Sound {
      override connect = () => Promise.resolve();
    },
  ],
  [
    "live-connect",
    "it always is",
    class extends Sound {
      override get isConnected() {
        return true;
      }
    },
  ],
  [
    "live-connect",
    "connecting takes for ever",
    class extends Sound {
      override connect = () => new Promise<void>(() => {});
    },
  ],
  ["live-updates", "an impossible bar", feeding((feed) => [{ ...feed[0]!, high: 1 }, ...feed])],
  [
    "live-updates",
    "seconds",
    feeding((feed) => feed.map((one) => ({ ...one, openTimeMs: one.openTimeMs / 1000 }))),
  ],
  [
    "live-updates",
    "nobody knows what is closed",
    feeding((feed) => feed.map(({ isClosed: _closed, ...bar }) => bar as BarUpdate)),
  ],
  ["live-ascending", "an older bar comes late", feeding((feed) => [feed[2]!, feed[0]!, ...feed.slice(3)])],
  [
    "live-closed-final",
    "a closed bar goes on",
    feeding((feed) => [feed[0]!, feed[1]!, feed[0]!, ...feed.slice(2)]),
  ],
  [
    "live-backfill",
    "it begins with the bar it was told",
    class extends Sound {
      override backfillClosedBars = (_symbol: string, _timeframe: string, since: number) =>
        Promise.resolve(bars.filter((bar) => bar.openTimeMs >= since));
    },
  ],
  [
    "live-backfill",
    "the newest bar first",
    class extends Sound {
      override backfillClosedBars = (_symbol: string, _timeframe: string, since: number) =>
        Promise.resolve(bars.filter((bar) => bar.openTimeMs > since).toReversed());
    },
  ],
  [
    "live-abort",
    "it waits all the same",
    class extends Sound {
      override watchOhlcv(symbol: string, timeframe: string, signal: AbortSignal): Promise<BarUpdate> {
        signal.throwIfAborted();
        return this.feed.length === 0 && this.patient
          ? new Promise(() => {})
          : super.watchOhlcv(symbol, timeframe, signal);
      }
      // The wait of the suite itself, at the end of the feed, is ended; the later one is not.
      patient = false;
      override backfillClosedBars(...args: [string, string, number]): Promise<Bar[]> {
        this.patient = true;
        return super.backfillClosedBars(...args);
      }
      override disconnect(): Promise<void> {
        this.patient = false;
        return super.disconnect();
      }
    },
  ],
  [
    "live-disconnect",
    "it stays connected",
    class extends Sound {
      override disconnect = () => Promise.resolve();
    },
  ],
  [
    "live-disconnect",
    "the second time is a mistake",
    class extends Sound {
      override disconnect(): Promise<void> {
        return this.connected ? super.disconnect() : Promise.reject(new Error("not connected"));
      }
    },
  ],
  [
    "live-reconnect",
    "the second connection is dead",
    class extends Sound {
      #connects = 0;
      override connect(): Promise<void> {
        if (++this.#connects > 1) throw new ProviderError("already used");
        return super.connect();
      }
    },
  ],
];

describe("a provider that keeps the rules", () => {
  test("passes; what cannot be looked at is skipped with a reason", async () => {
    const list = await results(Sound);
    expect(failures(list)).toEqual([]);
    expect(list.filter((result) => result.status === "skip")).toEqual([
      expect.objectContaining({ id: "brokers-listed", detail: "the provider has a single venue" }),
      expect.objectContaining({ id: "dead-connection" }),
    ]);
  });
});

/** The same symbols behind two brokers. */
class Several extends Sound {
  static override multiBroker = true;
  static override getListOfBrokers = () =>
    Promise.resolve([{ id: "first" }, { id: "second", name: "The second" }]);
  override async getSymbolInfo(): Promise<SymInfo> {
    if (this.symbol !== "first:X") throw new ProviderError("no such symbol");
    return {
      ...(await new Sound({
        config: { symbol_map: {} },
        symbol: "X",
        timeframe: this.timeframe,
      }).getSymbolInfo()),
    };
  }
}

describe("a provider with several brokers", () => {
  test.each([["first"], ["first:X"]])("passes when it is asked for %s", async (symbol) => {
    const list = await results(Several, { symbol });
    expect(failures(list)).toEqual([]);
    expect(list.filter((result) => result.status === "pass").length).toBeGreaterThan(25);
  });
  test("says nothing about symbols when no broker is named", async () => {
    const list = await results(Several);
    expect(failures(list)).toEqual([]);
    expect(list.find((one) => one.id === "symbols-listed")).toMatchObject({
      status: "skip",
      detail: "the provider has several brokers and none was named",
    });
  });
});

test("a provider that cannot list its symbols is looked at by the one that is named", async () => {
  class Unlisted extends Sound {
    override getAvailableSymbols = () => Promise.reject(new NotSupportedError("there is no list"));
  }
  const list = await results(Unlisted, { symbol: "X" });
  expect(failures(list)).toEqual([]);
  expect(list.find((one) => one.id === "symbols-listed")).toMatchObject({
    status: "skip",
    detail: "there is no list",
  });
  expect(list.find((one) => one.id === "bars-valid")?.status).toBe("pass");
});

describe("a provider that breaks one rule fails that case and no other", () => {
  test.each(broken)("%s: %s", async (id, _how, plugin) => {
    const list = await results(plugin);
    expect({ failures: failures(list), detail: list.find((one) => one.status === "fail")?.detail }).toEqual({
      failures: [id],
      detail: expect.any(String),
    });
  });

  test.each([
    ["as if all were well", () => Sound.make(), "ended as if all were well"],
    [
      "for good",
      () => (request: Parameters<ReturnType<typeof Sound.make>>[0]) =>
        new (class extends Sound {
          override download(): never {
            throw new ProviderError("no");
          }
        })({ config: { symbol_map: {} }, ...request }),
      "not retryable",
    ],
  ] as const)("dead-connection: it ends %s", async (_how, unreachable, detail) => {
    const list = await results(Sound, { unreachable: unreachable() });
    expect(failures(list)).toEqual(["dead-connection"]);
    expect(list.find((one) => one.id === "dead-connection")?.detail).toContain(detail);
  });

  test.each([
    ["none", []],
    ["one with a space", [{ id: "first" }, { id: "the second" }]],
    ["one twice", [{ id: "first" }, { id: "first" }]],
  ])("brokers-listed: %s", async (_how, list) => {
    const plugin = class extends Several {
      static override getListOfBrokers = () => Promise.resolve(list);
    };
    expect(failures(await results(plugin, { symbol: "first" }))).toEqual(["brokers-listed"]);
  });

  test("every case is proven", () => {
    const proven = new Set([...broken.map(([id]) => id), "dead-connection"]);
    expect(conformanceCases.map(({ id }) => id).filter((id) => !proven.has(id))).toEqual([]);
  });
});

test("the documentation says what each case demands", () => {
  const document = readFileSync(join(import.meta.dir, "../../docs/plugins.md"), "utf8");
  const section = document.slice(document.indexOf("| Case |"), document.indexOf("A case that cannot be"));
  const documented = [...section.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, id]) => id!);
  expect(documented).toEqual(conformanceCases.map(({ id }) => id));
});

test("an aborted suite ends with the signal's reason", async () => {
  const controller = new AbortController();
  const running = testProvider({ plugin: Sound, create: Sound.make(), clock, signal: controller.signal });
  await running.next();
  controller.abort(new Error("interrupted"));
  expect(await running.next().catch((error: Error) => error.message)).toBe("interrupted");
});
