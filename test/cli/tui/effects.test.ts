/** What the browser asks for, done with a provider and a download runner that a test plays. */
import { describe, expect, test } from "bun:test";

import type { ProviderPlugin } from "../../../src/api/plugins/provider.ts";
import type { BrowserEvent } from "../../../src/cli/tui/browser.ts";
import { browserEffects, type Downloads } from "../../../src/cli/tui/browser-effects.ts";
import type { WizardRequest } from "../../../src/cli/tui/wizard-state.ts";
import type { DownloadConflict } from "../../../src/data/download/types.ts";
import { DataError } from "../../../src/kernel/errors.ts";

const day = 86_400_000;
const start = Date.UTC(2024, 0, 1);
const request: WizardRequest = {
  symbol: "BTC",
  timeframe: "1D",
  from: start,
  to: undefined,
  truncate: false,
};
const conflict: DownloadConflict = {
  path: "data/venue_BTC_1D.ohlcv",
  requestedFromMs: start,
  firstStoredMs: start + 60 * day,
  lastStoredMs: start + 99 * day,
  bars: 40,
};
const result = "1,200 bars added";

/** Performs one effect and collects what it emits; time moves when the test says so. */
function stage(run: Downloads["start"], provider: Partial<ProviderPlugin<object>> = {}) {
  const events: BrowserEvent[] = [];
  const interrupt = new AbortController();
  const over = new AbortController();
  const time = { nowMs: start };
  const perform = browserEffects({
    instance: () => Promise.resolve(provider as ProviderPlugin<object>),
    downloads: {
      exists: (symbol, timeframe) => symbol === "BTC" && timeframe === "1D",
      start: run,
    },
    clock: { nowMs: () => time.nowMs, sleep: () => Promise.resolve() },
    signal: interrupt.signal,
  });
  const emit = (event: BrowserEvent): void => void events.push(event);
  return {
    events,
    time,
    interrupt,
    perform: (effect: Parameters<typeof perform>[0]) => perform(effect, emit, over.signal),
    texts: () =>
      events.map((event) =>
        "message" in event ? event.message : event.type === "progress" ? event.progress.text : event.type,
      ),
  };
}

describe("a download", () => {
  test("tells how far it is, how fast, and what is left", async () => {
    const play = stage(async (asked, { onWait, onStart, onProgress, onRetry }) => {
      expect(asked).toEqual(request);
      onWait?.();
      onStart?.({ fromMs: 0, toMs: 1, legs: [], fetchAll: false, totalMs: 1, resumeMs: undefined });
      onProgress?.({ bars: 100, lastMs: start, fraction: 0.1 });
      play.time.nowMs += 2000;
      onProgress?.({ bars: 1200, lastMs: start + day, fraction: 0.25 });
      onRetry?.({ attempt: 2, retries: 5, waitMs: 4000, error: new DataError("the venue is busy") });
      return result;
    });
    await play.perform({ type: "download", request });
    expect(play.texts()).toEqual([
      "the file is in use by another pyne process: waiting for it",
      "asking the venue",
      expect.stringMatching(/^ 10 %  100 bars  2024-01-01 00:00 /),
      " 25 %  1,200 bars  2024-01-02 00:00  600 bars/s  0:06 left",
      "the venue is busy; trying again in 4.0 s (2 of 5)",
      result,
    ]);
    expect(play.events.slice(1, 5)).toMatchObject(
      [0, 0.1, 0.25, 0.25].map((fraction) => ({ progress: { fraction } })),
    );
  });

  test("everything there is has no end to be seen", async () => {
    const play = stage(async (_, { onStart, onProgress }) => {
      onStart?.({ fromMs: 0, toMs: 1, legs: [], fetchAll: true, totalMs: 0, resumeMs: undefined });
      play.time.nowMs += 10_000;
      onProgress?.({ bars: 100, lastMs: start, fraction: undefined });
      return result;
    });
    await play.perform({ type: "download", request });
    expect(play.texts().slice(0, 2)).toEqual(["asking the venue", "100 bars  2024-01-01 00:00  10 bars/s"]);
    expect(play.events[0]).toMatchObject({ progress: { fraction: undefined } });
  });

  test("a failure is one line", async () => {
    const play = stage(() => Promise.reject(new DataError("the venue\nhas gone home")));
    await play.perform({ type: "download", request });
    expect(play.events).toEqual([{ type: "not-downloaded", message: "the venue has gone home" }]);
  });

  test.each(["backfill", "abort"] as const)("a conflict waits for its answer: %s", async (answer) => {
    let decision: string | undefined;
    const play = stage(async (_, { onConflict }) => {
      decision = await onConflict?.(conflict);
      return result;
    });
    const running = play.perform({ type: "download", request });
    expect(play.texts()).toEqual([
      "venue_BTC_1D.ohlcv begins at 2024-03-01 00:00 UTC; you asked for bars from 2024-01-01 00:00 UTC on",
    ]);
    await Promise.resolve();
    expect(decision).toBeUndefined();
    void play.perform({ type: "answer", answer });
    await running;
    expect(decision).toBe(answer);
  });

  test("the end of the process is an answer, and it changes nothing", async () => {
    let decision: string | undefined;
    const play = stage(async (_, { onConflict }) => {
      decision = await onConflict?.(conflict);
      return result;
    });
    const running = play.perform({ type: "download", request });
    play.interrupt.abort();
    await running;
    expect(decision).toBe("abort");
  });
});

test("a file is looked for at once", () => {
  const play = stage(() => Promise.resolve(result));
  void play.perform({ type: "look", symbol: "BTC", timeframe: "1D" });
  void play.perform({ type: "look", symbol: "BTC", timeframe: "60" });
  expect(play.events).toEqual([
    { type: "looked", symbol: "BTC", timeframe: "1D", exists: true },
    { type: "looked", symbol: "BTC", timeframe: "60", exists: false },
  ]);
});

test("a provider that cannot describe a symbol says why", async () => {
  const answered = Promise.withResolvers<void>();
  const play = stage(() => Promise.resolve(result), {
    getSymbolInfo: () => Promise.reject(new DataError("nobody knows BTC")),
  });
  play.events.push = (...events) => {
    answered.resolve();
    return Array.prototype.push.apply(play.events, events);
  };
  void play.perform({ type: "ask", symbol: "BTC" });
  await answered.promise;
  expect(play.events).toEqual([{ type: "no-info", symbol: "BTC", message: "nobody knows BTC" }]);
});
