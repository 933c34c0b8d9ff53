/** http-csv against a server on loopback: what it asks, what it reads, and what it makes of every way to fail. */
import { describe, expect, test } from "bun:test";

import { HttpCsvPlugin } from "../../plugins/http-csv/index.ts";
import { retryAfter } from "../../plugins/http-csv/request.ts";
import { parseSession } from "../../plugins/http-csv/sessions.ts";
import { addressOf, isTemplate } from "../../plugins/http-csv/template.ts";
import { defaultsOf } from "../../src/api/config/fields.ts";
import type { Bar } from "../../src/kernel/bar.ts";
import { learnSecrets } from "../../src/config/ensure-config.ts";
import { validateField } from "../../src/config/heal.ts";
import { BarServer, csvOf, RudeServer } from "./bar-server.ts";
import { hour, ManualClock, settle } from "./fixtures.ts";

type Config = HttpCsvPlugin["config"];
const start = Date.UTC(2024, 0, 1);
const at = (index: number): number => start + index * hour;
const { signal } = new AbortController();
const query = "/bars?symbol={symbol}&tf={timeframe}&from={from}&to={to}&limit={limit}";

function provider(
  config: Partial<Config>,
  symbol = "X",
  timeframe = "60",
  clock?: ManualClock,
): HttpCsvPlugin {
  const full = { ...defaultsOf(HttpCsvPlugin.Config), url: "http://127.0.0.1:1/", ...config } as Config;
  learnSecrets(HttpCsvPlugin.Config, full);
  return new HttpCsvPlugin({
    name: "http-csv",
    config: full,
    symbol,
    timeframe,
    ...(clock ? { clock } : {}),
  });
}

async function download(
  plugin: HttpCsvPlugin,
  from = at(0),
  to = at(5),
  more: object = {},
): Promise<Bar[][]> {
  const pages: Bar[][] = [];
  for await (const page of plugin.download({ from, to, signal, ...more })) pages.push([...page]);
  return pages;
}

/** The bars of a body, whatever was asked. */
async function read(body: string, config: Partial<Config> = {}, withExtra = false): Promise<Bar[]> {
  using server = new BarServer(() => new Response(body));
  return (
    await download(provider({ url: `${server.origin}/`, ...config }), 0, at(10_000), { withExtra })
  ).flat();
}

/** Rows of a table, filled up to one length. */
function rows<Row extends readonly unknown[]>(length: number, table: readonly Row[]): Required<Row>[] {
  return table.map(
    (row) => Array.from({ length }, (_, index) => row[index] ?? {}) as unknown as Required<Row>,
  );
}

const failure = (promise: Promise<unknown>): Promise<Record<string, unknown>> =>
  promise.then(
    () => ({ message: "it did not fail" }),
    (error: Error) => ({
      message: error.message,
      retryable: (error as { retryable?: unknown }).retryable,
      retryAfterMs: (error as { retryAfterMs?: unknown }).retryAfterMs,
      hint: (error as { hint?: unknown }).hint,
      everything: `${Bun.inspect(error)} ${error.stack} ${JSON.stringify(error)}`,
    }),
  );

describe("an address", () => {
  const values = {
    symbol: "A/B C",
    timeframe: "1h",
    from: 1_704_067_200_001,
    to: 1_704_153_600_000,
    limit: 5,
    api_key: "s3cret!",
  };
  test.each([
    ["{symbol}/{timeframe}/{limit}", "A%2FB%20C/1h/5"],
    ["{from}-{to}", "1704067200001-1704153600000"],
    ["{from_s}-{to_s}", "1704067201-1704153600"],
    ["{from_iso}_{to_iso}", "2024-01-01T00%3A00%3A01Z_2024-01-02T00%3A00%3A00Z"],
    ["{from_date}_{to_date}", "2024-01-01_2024-01-01"],
    ["{api_key}", "s3cret!"],
  ])("%s", (template, expected) => {
    expect(addressOf(`http://h/${template}`, values).href).toBe(`http://h/${expected}`);
  });

  test.each([
    ["http://h/{symbol}?from={from}&tf={timeframe}", "http://h/A%2FB%20C?from=1704067200001&tf=1h"],
    ["http://h/x?token=abc&key={api_key}&id=x{symbol}", "http://h/x?token=***&key=***&id=***"],
    ["http://h/{api_key}/x", "http://h/***/x"],
    ["https://user:pass@h/x", "https://h/x"],
  ])("%s is shown without what may be a key", (template, expected) => {
    expect(addressOf(template, values).shown).toBe(expected);
  });

  test.each([
    ["", true],
    ["https://h/{symbol}", true],
    ["HTTP://h/{from_iso}", true],
    ["ftp://h/{symbol}", false],
    ["file:///etc/passwd", false],
    ["h/{symbol}", false],
    ["https://h/{sumbol}", false],
    ["https:///", false],
  ])("%p may be an address: %p", (template, expected) => {
    expect(isTemplate(template)).toBe(expected);
  });

  test.each([
    ["Mars/Olympus", false],
    ["Europe/Paris", true],
    ["UTC+5:30", true],
  ])("the zone %s is one: %p", (name, known) => {
    const check = (): unknown =>
      validateField("timezone", HttpCsvPlugin.Config.entries["timezone"]!, name, "f.toml");
    if (known) expect(check()).toBe(name);
    else expect(check).toThrow("expected an IANA name");
  });

  test("a wrong one in the file is refused without being shown", () => {
    const entry = HttpCsvPlugin.Config.entries["url"]!;
    expect(() => validateField("url", entry, "ftp://h/?token=abcdef", "f.toml")).toThrow(
      "f.toml: url: expected an http or https address with known placeholders, received string",
    );
  });
});

describe("what it asks", () => {
  test("a window in pieces of page_size, each bar once, in pages of the limit", async () => {
    using server = new BarServer((url) => new Response(csvOf(url, start, hour, 50)));
    const plugin = provider({ url: `${server.origin}${query}`, page_size: 4, timeframes: { "60": "1h" } });
    const pages = await download(plugin, at(0), at(10));
    expect(pages.map((page) => page.length)).toEqual([4, 4, 2]);
    expect(pages.flat().map((bar) => bar.openTimeMs)).toEqual(
      Array.from({ length: 10 }, (_, index) => at(index)),
    );
    expect(server.requests.map(({ url }) => url.search)).toEqual([
      `?symbol=X&tf=1h&from=${at(0)}&to=${at(4)}&limit=4`,
      `?symbol=X&tf=1h&from=${at(4)}&to=${at(8)}&limit=4`,
      `?symbol=X&tf=1h&from=${at(8)}&to=${at(10)}&limit=4`,
    ]);
    expect((await download(plugin, at(0), at(5), { limit: 2 })).map((page) => page.length)).toEqual([
      2, 2, 1,
    ]);
  });

  test("a server that gives less than it is asked for is asked again behind its last bar", async () => {
    using server = new BarServer((url) => {
      url.searchParams.set("limit", "3");
      return new Response(csvOf(url, start, hour, 50));
    });
    const bars = (await download(provider({ url: `${server.origin}${query}` }), at(0), at(8))).flat();
    expect(bars.map((bar) => bar.openTimeMs)).toEqual(Array.from({ length: 8 }, (_, index) => at(index)));
  });

  test("everything at once where the address has no window, or page_size is 0", async () => {
    using server = new BarServer((url) => new Response(csvOf(url, start, hour, 50)));
    const all = { url: `${server.origin}${query}`, page_size: 0 };
    expect((await download(provider(all), at(0), at(30))).map((page) => page.length)).toEqual([30]);
    expect(server.requests.at(-1)?.url.searchParams.get("limit")).toBe("30");
    const plain = { url: `${server.origin}/?to=${at(9)}&from=0&limit=50`, page_size: 4 };
    expect((await download(provider(plain), at(2), at(7))).flat()).toHaveLength(5);
    expect(server.requests).toHaveLength(2);
  });

  test("headers carry the key", async () => {
    using server = new BarServer((url) => new Response(csvOf(url, start, hour, 50)));
    const headers = { Authorization: "Bearer {api_key}", "X-From": "pyne" };
    await download(provider({ url: `${server.origin}${query}`, api_key: "s3cret", headers }));
    expect(server.requests[0]?.headers.get("authorization")).toBe("Bearer s3cret");
    expect(server.requests[0]?.headers.get("x-from")).toBe("pyne");
  });

  test.each([
    ["no address", { url: "" }, "X", "has no address"],
    [
      "a symbol that is not listed",
      { url: "http://127.0.0.1:1/", symbols: ["A", "B"] },
      "X",
      'no symbol "X"; there are A, B',
    ],
    [
      "a timeframe that is not listed",
      { url: "http://127.0.0.1:1/", timeframes: { "1D": "d" } },
      "X",
      '"60" is not supported; supported: 1D',
    ],
  ])("nothing for %s", async (_name, config, symbol, message) => {
    expect(await failure(download(provider(config, symbol)))).toMatchObject({
      retryable: false,
      message: expect.stringContaining(message),
    });
  });
});

describe("what it reads", () => {
  const bar = { openTimeMs: at(0), open: 1, high: 3, low: 0.5, close: 2, volume: 10 };
  // A row as long as the parameters: a missing one would be taken for a callback.
  test.each(
    rows<[string, string, Partial<Config>?]>(3, [
      ["CSV", `time,open,high,low,close,volume\n${at(0)},1,3,0.5,2,10\n`],
      [
        "CSV in another order, with semicolons and quotes",
        `volume;"Close";low;high;open;DATE\r\n10;2;.5;3;1;"2024-01-01 00:00"\r\n`,
      ],
      ["CSV without a header", `${at(0)},1,3,.5,2,10`, { csv_header: false }],
      ["objects", JSON.stringify([{ t: at(0), o: 1, h: 3, l: 0.5, c: 2, v: 10 }])],
      [
        "objects under a usual name",
        JSON.stringify({
          s: "ok",
          data: [{ time: at(0) / 1000, open: "1", high: "3", low: "0.5", close: "2", volume: "10" }],
        }),
      ],
      [
        "lists at a path",
        JSON.stringify({ result: { list: [[`${at(0)}`, "1", "3", "0.5", "2", "10"]] } }),
        { rows_path: "result.list" },
      ],
      [
        "columns by name and number",
        JSON.stringify([[10, 2, 0.5, 3, 1, "x", at(0)]]),
        { columns: { time: "6", open: "4", high: "3", low: "2", close: "1", volume: "0" } },
      ],
      ["microseconds that are said to be", `t,o,h,l,c,v\n${at(0) * 1000},1,3,.5,2,10`, { time_unit: "us" }],
      ["nanoseconds by their digits", `t,o,h,l,c,v\n${at(0)}000000,1,3,.5,2,10`],
      ["seconds with a fraction", `t,o,h,l,c,v\n${at(0) / 1000}.0,1,3,.5,2,10`, { time_unit: "s" }],
      ["times of a zone", `t,o,h,l,c,v\n2023-12-31 19:00,1,3,.5,2,10`, { row_timezone: "America/New_York" }],
      [
        "times with a zone",
        `t,o,h,l,c,v\n2024-01-01T01:00:00+01:00,1,3,.5,2,10`,
        { row_timezone: "America/New_York" },
      ],
    ]),
  )("%s", async (_name, body, config) => {
    expect(await read(body, config)).toEqual([bar]);
  });

  test("nothing is nothing", async () => {
    for (const body of ["", "[]", '{"data":[]}', "time,open,high,low,close,volume\n", " \n"])
      expect(await read(body)).toEqual([]);
  });

  test("missing values are NaN, a volume may be said not to exist, further columns are extras", async () => {
    const body = `time,open,high,low,close,oi,note\n${at(0)},1,3,,null,7,x`;
    expect(await read(body, { columns: { volume: "" } }, true)).toEqual([
      {
        openTimeMs: at(0),
        open: 1,
        high: 3,
        low: Number.NaN,
        close: Number.NaN,
        volume: Number.NaN,
        extra: { oi: 7, note: "x" },
      },
    ]);
  });

  test("rows in any order, twice the same is once", async () => {
    const row = (index: number): string => `${at(index)},1,3,.5,2,10`;
    const bars = await read(["t,o,h,l,c,v", row(2), row(1), row(1), row(0)].join("\n"));
    expect(bars.map((one) => one.openTimeMs)).toEqual([at(0), at(1), at(2)]);
  });

  test.each(
    rows<[string, string, string, Partial<Config>?]>(4, [
      ["a web page", "<html>", "is a web page, not rows"],
      ["an object without rows", '{"error":"no","code":1}', "has no list of rows; it has error, code"],
      ["no list at the path", '{"a":{}}', 'no list at "a.b"; it has a', { rows_path: "a.b" }],
      ["text for JSON", "hello", "is not JSON", { format: "json" }],
      ["a missing column", "t,o,h,l,v\n1,1,1,1,1", "have no column close; they have t, o, h, l, v"],
      [
        "a column that is not there",
        "t,o,h,l,c,v\n1,1,1,1,1,1",
        "have no column last",
        { columns: { close: "last" } },
      ],
      [
        "a text for a price",
        `t,o,h,l,c,v\n${at(0)},1,1,1,1,1\n${at(1)},1,x,1,1,1`,
        "line 3 of http://127.0.0.1",
      ],
      ["a list for a price", JSON.stringify([[at(0), 1, [3], 1, 1, 1]]), "row 1 of http"],
      ["no time", JSON.stringify([[null, 1, 3, 1, 1, 1]]), "time is missing: null"],
      ["no such date", "t,o,h,l,c,v\n2024-13-01,1,1,1,1,1", "there is no such date"],
      ["a high below the close", `t,o,h,l,c,v\n${at(0)},1,1,1,2,1`, "line 2 of http"],
      ["a low above the open", `t,o,h,l,c,v\n${at(0)},1,2,1.5,2,1`, "low 1.5 is not the lowest"],
      [
        "two bars of one time",
        `t,o,h,l,c,v\n${at(0)},1,1,1,1,1\n${at(0)},2,2,2,2,1`,
        "two different bars of 2024-01-01T00:00:00.000Z",
      ],
      ["a row of another width", `t,o,h,l,c,v\n${at(0)},1,1,1,1\n${at(1)},1,1,1,1,1\n`, "line 2 of http"],
      ["a number among objects", '[{"t":1},5]', "row 2 of http"],
    ]),
  )("%s is refused for good, naming the place", async (_name, body, message, config) => {
    expect(await failure(read(body, config))).toMatchObject({
      retryable: false,
      message: expect.stringContaining(message),
    });
  });
});

describe("how it fails", () => {
  const secretConfig = { api_key: "k3y-in-url", headers: { "X-Key": "k3y-in-header" } };
  const withSecrets = `${query}&token=k3y-literal&k={api_key}`;

  test.each([
    [400, false, "does not take this request"],
    [401, false, "check api_key and headers"],
    [403, false, "check api_key and headers"],
    [404, false, "the symbol may not exist"],
    [408, true, undefined],
    [429, true, undefined],
    [500, true, undefined],
    [503, true, undefined],
  ])("status %d: retryable %p; no secret is shown", async (status, retryable, hint) => {
    const echo = "bad key k3y-in-url, k3y-in-header, k3y-literal\nmore";
    using server = new BarServer(() => new Response(echo, { status, headers: { "retry-after": "7" } }));
    const found = await failure(
      download(provider({ url: `${server.origin}${withSecrets}`, ...secretConfig })),
    );
    expect(found).toMatchObject({
      retryable,
      retryAfterMs: retryable ? 7000 : undefined,
      hint: hint === undefined ? undefined : expect.stringContaining(hint),
    });
    expect(found["message"]).toContain(`answered ${status}: bad key ***, ***, ***`);
    expect(found["everything"]).not.toContain("k3y");
  });

  test.each([
    ["7", 7000],
    ["Mon, 01 Jan 2024 00:01:00 GMT", 60_000],
    ["Sun, 31 Dec 2023 00:00:00 GMT", 0],
    ["soon", undefined],
    [null, undefined],
  ])("Retry-After %p is %p ms", (value, expected) => {
    expect(retryAfter(value, start)).toBe(expected);
  });

  test.each([
    ["a reset", null],
    ["a body shorter than announced", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[[1,2"],
    ["an unfinished chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[[1,2\r\n"],
    ["JSON that ends in the middle", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n[[1,2"],
    [
      "CSV that ends in the middle",
      "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nt,o,h,l,c,v\n1,1,1,1,1,1\n2,1",
    ],
    ["no HTTP", "hello\r\n\r\n"],
  ])("%s is worth a retry, and shows no secret", async (_name, said) => {
    await using server = await RudeServer.saying(said);
    const found = await failure(
      download(provider({ url: `${server.origin}${withSecrets}`, ...secretConfig })),
    );
    expect(found).toMatchObject({ retryable: true });
    expect(found["message"]).toContain("/bars?symbol=X");
    expect(found["everything"]).not.toContain("k3y");
  });

  test("silence ends after the timeout, which is named; nothing sleeps on", async () => {
    const clock = new ManualClock(start);
    const asked = Promise.withResolvers<void>();
    using server = new BarServer(() => {
      asked.resolve();
      return new Promise(() => {});
    });
    const found = failure(
      download(provider({ url: `${server.origin}${query}`, timeout: 5 }, "X", "60", clock)),
    );
    await asked.promise;
    clock.advance(5000);
    expect(await found).toMatchObject({
      retryable: true,
      message: expect.stringContaining("did not answer within 5 s"),
    });
    expect(clock.sleeping).toBe(0);
  });

  test("a cancelled request ends with the signal's reason; nothing sleeps on", async () => {
    const clock = new ManualClock(start);
    const asked = Promise.withResolvers<void>();
    using server = new BarServer(() => {
      asked.resolve();
      return new Promise(() => {});
    });
    const controller = new AbortController();
    const plugin = provider({ url: `${server.origin}${query}` }, "X", "60", clock);
    const found = failure(download(plugin, at(0), at(5), { signal: controller.signal }));
    await asked.promise;
    controller.abort(new Error("enough"));
    expect(await found).toMatchObject({ message: "enough" });
    await settle();
    expect(clock.sleeping).toBe(0);
  });

  test("an answer that is too large is given up", async () => {
    using server = new BarServer(() => new Response("x".repeat(20_000)));
    expect(await failure(download(provider({ url: `${server.origin}/`, max_body_mb: 0.01 })))).toMatchObject({
      retryable: false,
      message: expect.stringContaining("larger than 0.01 MB"),
      hint: expect.stringContaining("max_body_mb"),
    });
  });

  test("a redirect is not followed: headers go nowhere else", async () => {
    using other = new BarServer(() => new Response("[]"));
    using server = new BarServer(() => Response.redirect(`${other.origin}/elsewhere`, 302));
    expect(await failure(download(provider({ url: `${server.origin}/` })))).toMatchObject({
      retryable: false,
      message: expect.stringContaining("redirects to another address"),
    });
    expect(other.requests).toEqual([]);
  });
});

describe("symbols", () => {
  test.each([
    ["JSON texts", '["B","A","B"]'],
    ["JSON objects", '{"symbols":[{"symbol":"B","x":1},{"symbol":"A"}]}'],
    ["lines", "B\nA\n\n"],
    ["CSV with a column", "name,Ticker\nbee,B\nay,A\n"],
  ])("as %s", async (_name, body) => {
    using server = new BarServer(() => new Response(body));
    expect(await provider({ symbols_url: `${server.origin}/` }).getAvailableSymbols()).toEqual(["B", "A"]);
  });

  test("from the configuration, without asking anybody; or not at all", async () => {
    expect(await provider({ symbols: ["B", "A", "B"] }).getAvailableSymbols()).toEqual(["B", "A"]);
    expect(await failure(provider({}).getAvailableSymbols())).toMatchObject({
      message: "http-csv knows no list of symbols",
      hint: "set symbols or symbols_url in config/plugins/http-csv.toml",
    });
  });

  test.each([
    ["nothing", "[]", "lists no symbols"],
    ["numbers", "[1]", "row 1 of http"],
    ["no list", "{}", "has no list of symbols"],
  ])("%s is refused", async (_name, body, message) => {
    using server = new BarServer(() => new Response(body));
    const found = await failure(provider({ symbols_url: `${server.origin}/` }).getAvailableSymbols());
    expect(found["message"]).toContain(message);
  });
});

describe("symbol information", () => {
  test("from the configuration", async () => {
    const info = await provider({
      mintick: 0.25,
      basecurrency: "X",
      sessions: ["0930-1600:23456"],
    }).getSymbolInfo();
    expect(info).toMatchObject({
      ticker: "X",
      period: "60",
      mintick: 0.25,
      minmove: 25,
      pricescale: 100,
      basecurrency: "X",
    });
    expect(info.openingHours).toEqual(
      [0, 1, 2, 3, 4].map((on) => ({ day: on, start: "09:30:00", end: "16:00:00" })),
    );
    expect(info.sessionStarts).toHaveLength(5);
  });

  test.each([
    [0.01, 1, 100],
    [1, 1, 1],
    [5, 5, 1],
    [0.1, 1, 10],
    [0.00001, 1, 100_000],
    [1e-10, 1, 10_000_000_000],
    [0.125, 125, 1000],
  ])("a step of %p is %p / %p", async (mintick, minmove, pricescale) => {
    expect(await provider({ mintick }).getSymbolInfo()).toMatchObject({
      mintick: minmove / pricescale,
      minmove,
      pricescale,
    });
  });

  test("from the server, the rest from the configuration", async () => {
    const said = {
      type: "stock",
      pricescale: 8,
      currency: "EUR",
      timezone: "Europe/Paris",
      sessions: ["0900-1730:23456"],
    };
    using server = new BarServer((url) =>
      Response.json(url.pathname === "/flat/X" ? said : { symbol: said }),
    );
    for (const path of ["flat", "nested"]) {
      const info = await provider({
        symbol_info_url: `${server.origin}/${path}/{symbol}`,
        pointvalue: 5,
      }).getSymbolInfo();
      expect(info).toMatchObject({
        type: "stock",
        mintick: 0.125,
        currency: "EUR",
        pointvalue: 5,
        timezone: "Europe/Paris",
      });
      expect(info.openingHours[4]).toEqual({ day: 4, start: "09:00:00", end: "17:30:00" });
    }
  });

  test.each([
    ["a word for a number", { mintick: "small" }, "mintick"],
    ["an unknown type", { type: "perpetual" }, "type"],
    ["a session that is none", { sessions: ["always"] }, "sessions"],
  ])("%s is refused, naming the key", async (_name, said, key) => {
    using server = new BarServer(() => Response.json(said));
    const found = await failure(provider({ symbol_info_url: `${server.origin}/` }).getSymbolInfo());
    expect(found["message"]).toContain(`cannot be used: ${key}`);
  });

  test.each([
    ["0930-1600:23456", 5],
    ["0000-0000", 7],
    ["0930-1200,1300-1600:2", 2],
    ["1700-2400:1", 1],
    ["0930-1600:8", undefined],
    ["930-1600", undefined],
    ["2530-1600", undefined],
    ["0930-1600:2:3", undefined],
    ["", undefined],
  ])("the session %p has %p intervals", (text, count) => {
    expect(parseSession(text)?.length).toBe(count as never);
  });

  test("Pine's Sunday is the last day of a symbol's week", () => {
    expect(parseSession("0000-0000:17")).toEqual([
      { day: 6, start: "00:00:00", end: "00:00:00" },
      { day: 5, start: "00:00:00", end: "00:00:00" },
    ]);
  });
});
