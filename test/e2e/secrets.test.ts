/**
 * A plugin that leaks its key in every way that has been seen to happen, through the compiled binary: afterwards no byte
 * that was printed or written holds the key, in no spelling. Beside the key it always leaks a note that is no secret, so
 * that every way is seen to lead somewhere.
 */
import { Database } from "bun:sqlite";
import { beforeAll, afterAll, describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

import { type Outcome, Sandbox } from "./pyne.ts";
import { venue } from "./venue.ts";

const key = `s3cr+t/k&y"9Zq'lo%w-AbCd=7`;
const note = `n0te+t/k&y"9Zq'lo%w-AbCd=7`;

const leaky = `
import { defineConfig, ExchangeOrderRejectedError, field, ProviderError, secret, v } from "pynecore/plugin";
import Venue from "./venue.ts";

const texts = ({ api_key, note }, spell) => spell(api_key) + " beside " + spell(note);
const basic = (text) => "Basic " + btoa("user:" + text);
const url = (text) => "https://api.example/v1/order?apiKey=" + encodeURIComponent(text) + "&sign=00";

export default class Leaky extends Venue {
  static Config = defineConfig("Leaky", {
    api_key: field(v.pipe(v.string(), secret()), "", "Key"),
    note: field(v.string(), "", "No secret"),
  });
  get headers() {
    const { api_key, note } = this.config;
    return { Authorization: basic(api_key), "X-Note": basic(note), key: api_key, said: note };
  }
  say(spell = (text) => text) { return texts(this.config, spell); }
  nested() {
    const cause = Object.assign(new Error("request " + this.say(url)), { config: { headers: this.headers } });
    return new Error("no balance " + this.say(JSON.stringify), { cause });
  }
  async getSymbolInfo() {
    if (this.symbol === "CAUSE") throw this.nested();
    if (this.symbol === "GATHERED") throw new AggregateError([this.nested(), { headers: this.headers }], "all failed");
    if (this.symbol === "OBJECT") throw { status: 401, headers: this.headers };
    return { ...(await super.getSymbolInfo()), description: "from " + this.say(url) };
  }
  async *download(request) {
    if (this.symbol === "DOWNLOAD") throw new ProviderError("GET " + this.say(url) + " failed", { cause: this.nested() });
    yield* super.download(request);
  }
  async connect() {
    this.log.warn("signed in with " + this.say());
    console.log("verbose", this.headers);
    console.error(this.nested());
  }
  async getBalance() {
    if (this.symbol === "REJECTED") setTimeout(() => Promise.reject(Object.assign(this.nested(), { headers: this.headers })));
    if (this.symbol === "THROWN") setTimeout(() => { throw Object.assign(this.nested(), { headers: this.headers }); });
    if (this.symbol === "REJECTED" || this.symbol === "THROWN") await new Promise(() => {});
    return { USD: 1 };
  }
  async executeEntry(envelope) {
    const id = envelope.clientOrderId("e");
    this.storeCtx.logEvent("raw " + this.config.api_key, { clientOrderId: id, payload: { request: url(this.config.note), headers: this.headers, body: JSON.stringify(this.headers) } });
    this.storeCtx.upsertOrder(id, { extras: { headers: this.headers } });
    this.executeEntry = super.executeEntry;
    throw new ExchangeOrderRejectedError("refused: " + JSON.stringify(this.headers), { cause: this.nested() });
  }
  async *watchOrders(signal) {
    for await (const event of super.watchOrders(signal)) {
      yield event;
      if (event.order.reduceOnly) yield { eventType: this.say(), order: { headers: this.headers } };
    }
  }
}
`;

const script = `//@version=6
strategy("Step", default_qty_value=1)
if bar_index % 4 == 1
    strategy.entry("L", strategy.long)
if bar_index % 4 == 3
    strategy.close("L")
`;

const forms = (text: string): string[] => [
  text,
  encodeURIComponent(text),
  JSON.stringify(text).slice(1, -1),
  JSON.stringify(JSON.stringify(text)).slice(3, -3),
  btoa(text),
  // What stays of it behind "user:".
  btoa(`user:${text}`).slice(8, 36),
  Buffer.from(text).toString("hex"),
];

const holds = (text: string, what: string): boolean => forms(what).some((form) => text.includes(form));

describe("a secret", () => {
  let box: Sandbox;
  const runs = new Map<string, Outcome>();
  const config = (): string => join(box.workdir, "config/plugins/leaky.toml");

  beforeAll(async () => {
    box = await Sandbox.withWorkdir();
    const folder = box.plugin("leaky", leaky);
    box.write(join(folder, "src/venue.ts"), venue);
    box.write(join(box.workdir, "scripts/step.pine"), script);
    box.write(config(), `api_key = ${JSON.stringify(key)}\n\nnote = ${JSON.stringify(note)}\n`);
    const trade = (symbol: string, ...more: string[]): Promise<Outcome> =>
      box.pyne("run", "step", `leaky:${symbol}@1`, "--broker", "--json", "--debug", "--report", ...more);
    for (const symbol of ["FINE", "CAUSE", "GATHERED", "OBJECT", "REJECTED"])
      runs.set(symbol, await trade(symbol));
    runs.set("DOWNLOAD", await box.pyne("data", "download", "leaky:DOWNLOAD@1", "--debug"));
    runs.set("FETCH", await box.pyne("data", "download", "leaky:FETCH@1"));
    runs.set("list", await box.pyne("plugin", "list", "--json"));
    runs.set("info", await box.pyne("plugin", "info", "leaky"));
    runs.set("test", await box.pyne("plugin", "test", "leaky", "CAUSE", "--json"));
    runs.set("events", await box.pyne("broker", "events", "1", "--json"));
    runs.set("orders", await box.pyne("broker", "orders", "1", "--json"));
    // The last: the next command would clear what it leaves in the log of errors.
    runs.set("THROWN", await trade("THROWN"));
  }, 120_000);

  afterAll(() => box[Symbol.dispose]());

  /** Every file below the sandbox that holds a text, by path. */
  function filesWith(what: string): string[] {
    return readdirSync(box.root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => holds(readFileSync(path, "latin1"), what))
      .map((path) => relative(box.root, path))
      .toSorted();
  }

  const streamsWith = (what: string): string[] =>
    [...runs].flatMap(([name, { stdout, stderr }]) => [
      ...(holds(stdout, what) ? [`${name} stdout`] : []),
      ...(holds(stderr, what) ? [`${name} stderr`] : []),
    ]);

  test("is in no file but its own, and in no output: real-pyne-run-redacts-credential-from-unexpected-traceback", () => {
    expect(filesWith(key)).toEqual([relative(box.root, config())]);
    expect(streamsWith(key)).toEqual([]);
  });

  test("would have been: what is none got everywhere", () => {
    const files = filesWith(note).map((path) => path.replace(/^.*\//, ""));
    expect(files).toContain("leaky.toml");
    expect(files).toContain("error.log");
    expect(files.some((name) => name.startsWith("broker.sqlite"))).toBe(true);
    expect(files.some((name) => name.startsWith("leaky_") && name.endsWith(".toml"))).toBe(true);
    const streams = streamsWith(note);
    for (const name of ["FINE", "CAUSE", "GATHERED", "OBJECT", "REJECTED", "THROWN", "DOWNLOAD"])
      expect(streams).toContain(`${name} stderr`);
    expect(streams).toContain("FINE stdout");
    expect(streams).toContain("test stdout");
    expect(streams).toContain("events stdout");
  });

  test("that is left out leaves the rest readable", () => {
    expect(runs.get("CAUSE")?.stderr).toContain(`no balance "***" beside ${JSON.stringify(note)}`);
    expect(runs.get("OBJECT")?.stderr).toContain('"Authorization":"Basic ');
    expect(runs.get("REJECTED")?.exitCode).toBe(1);
    expect(runs.get("THROWN")?.exitCode).toBe(1);
    expect(runs.get("FINE")?.exitCode).toBe(0);
  });

  test("that was left out does not break the chain of the audit", async () => {
    const { exitCode } = await box.pyne("broker", "audit", "1");
    expect(exitCode).toBe(0);
    const db = new Database(join(box.workdir, "output/logs/broker.sqlite"), { readonly: true });
    const raw = db.query<{ payload: string }, []>("SELECT payload FROM events WHERE kind LIKE 'raw%'").all();
    db.close();
    expect(raw.map(({ payload }) => JSON.parse(payload) as object)).toEqual([
      expect.objectContaining({ headers: expect.objectContaining({ key: "***", said: note }) }),
    ]);
  });
});
