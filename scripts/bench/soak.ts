/**
 * A paper session that is killed again and again: the executable trades a file at a hundred times its speed and is
 * killed every minute, at a moment nobody chose. In the end its books must be whole, and say what the venue says and
 * what a session that was left alone says.
 *
 * `bun run bench soak --minutes=30 --kill-seconds=60 --speed=100 --seed=N`
 */
import { Database } from "bun:sqlite";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { linearCongruential } from "../../src/kernel/random.ts";
import { binary, Sandbox } from "../../test/e2e/pyne.ts";

/** Entries at the market and resting, turned around, protected, amended, cancelled and closed: a write a bar or two. */
const script = `//@version=6
strategy("Soak", default_qty_value=1, pyramiding=3, calc_on_order_fills=false)
n = bar_index % 12
if n == 1
    strategy.entry("Long", strategy.long, qty=3)
if n == 2 or n == 3
    strategy.entry("Dip", strategy.long, qty=2, limit=close - 0.05 * n)
if n == 5
    strategy.cancel("Dip")
if n == 7
    strategy.entry("Short", strategy.short, qty=2, stop=low - 0.02)
strategy.exit("Half", "Long", qty_percent=50, profit=15)
strategy.exit("Rest", "Long", stop=low - 0.3, limit=high + 0.3)
strategy.exit("Cover", "Short", loss=30, profit=20)
if n == 10
    strategy.close_all()
plot(strategy.position_size, "size")
plot(strategy.equity, "equity")
`;

const runId = "soak@paper-soak:market:1";
/** Bars that only warm the script up. */
const warmUpBars = 50;

interface Market {
  readonly bars: number;
  readonly speed: string;
}

/** Starts it, and kills it after a while. @returns whether it had come to its end by itself */
async function live(box: Sandbox, killMs: number): Promise<boolean> {
  const child = Bun.spawn(
    [binary, "run", "soak", "paper:market@1", "--broker", "--no-log-ohlcv", "--quiet"],
    {
      cwd: box.folder,
      env: box.environment(),
      stdin: "ignore",
      stdout: "ignore",
      stderr: "pipe",
    },
  );
  const kill = setTimeout(() => child.kill("SIGKILL"), killMs);
  const [text, code] = await Promise.all([new Response(child.stderr).text(), child.exited]);
  clearTimeout(kill);
  if (child.signalCode === "SIGKILL") return false;
  if (code !== 0) throw new Error(`the run ended with ${code}: ${text.slice(-2_000)}`);
  return true;
}

async function prepared(market: Market): Promise<Sandbox> {
  const box = await Sandbox.withWorkdir();
  box.write(join(box.workdir, "scripts/soak.pine"), script);
  box.write(
    join(box.workdir, "config/plugins/paper.toml"),
    `account = "soak"\nstart = "-${market.bars}"\nspeed = "${market.speed}"\nupdates_per_bar = 4\nslices = 2\ntaker_fee = 0.05\n`,
  );
  const data = join(box.workdir, "data/market.ohlcv");
  const write = Bun.spawn(
    [process.execPath, join(import.meta.dir, "write-data.ts"), data, String(market.bars + warmUpBars)],
    { stdio: ["ignore", "inherit", "inherit"] },
  );
  if ((await write.exited) !== 0) throw new Error("the data file could not be written");
  return box;
}

/** What the two sides have of the executions: `id side qty price fee`, sorted, and the position they lead to. */
function fillsOf(box: Sandbox): { readonly [side in "books" | "venue"]: string[] } {
  const read = (file: string, query: string): string[] => {
    using db = new Database(join(box.workdir, "output/logs", file), { readonly: true });
    return db
      .query<Record<string, string | number>, []>(query)
      .all()
      .map((row) => Object.values(row).join(" "))
      .toSorted();
  };
  const position = (values: string[], query: string, file: string): string[] => [
    ...values,
    `position ${read(file, query).join()}`,
  ];
  const columns = "fill_id, client_order_id, side, qty, price, fee";
  return {
    books: position(
      read("broker.sqlite", `SELECT ${columns} FROM fills`),
      "SELECT position FROM run_state",
      "broker.sqlite",
    ),
    venue: position(
      read("paper-soak.sqlite", `SELECT ${columns} FROM fills`),
      "SELECT size_after FROM fills ORDER BY rowid DESC LIMIT 1",
      "paper-soak.sqlite",
    ),
  };
}

/** Orders that the venue has taken and the books do not know, and the other way round. */
function strangeOrders(box: Sandbox): string[] {
  using db = new Database(join(box.workdir, "output/logs/broker.sqlite"), { readonly: true });
  db.run("ATTACH ? AS venue", [join(box.workdir, "output/logs/paper-soak.sqlite")]);
  return db
    .query<{ id: string }, []>(
      `SELECT 'venue only: ' || client_order_id AS id FROM venue.orders
         WHERE client_order_id NOT IN (SELECT client_order_id FROM main.orders)
       UNION ALL SELECT 'filled in the books only: ' || client_order_id FROM main.orders
         WHERE filled_qty > 0 AND client_order_id NOT IN (SELECT client_order_id FROM venue.orders)`,
    )
    .all()
    .map(({ id }) => id);
}

/** Lines of the one that the other has not (`-`), and the other way round, those of a trade together. */
const differences = (a: readonly string[], b: readonly string[]): string[] =>
  [
    ...a.filter((line) => !b.includes(line)).map((line) => `- ${line}`),
    ...b.filter((line) => !a.includes(line)).map((line) => `+ ${line}`),
  ].toSorted((one, other) => Number.parseInt(one.slice(2)) - Number.parseInt(other.slice(2)) || 0);

export async function bench(options: ReadonlyMap<string, string> = new Map()): Promise<void> {
  const number = (name: string, otherwise: number): number => Number(options.get(name) ?? otherwise);
  const minutes = number("minutes", 30);
  const speed = number("speed", 100);
  const killMs = number("kill-seconds", 60) * 1000;
  const seed = number("seed", Date.now() % 1_000_000);
  const random = linearCongruential(seed);
  const bars = Math.round(minutes * speed);
  console.log(
    `${bars} bars at ${speed} times their speed, killed every ${killMs / 1000} s or so, seed ${seed}`,
  );
  using box = await prepared({ bars, speed: String(speed) });
  const startedMs = performance.now();
  let kills = 0;
  while (!(await live(box, killMs * (0.5 + random())))) {
    kills++;
    if (kills % 5 === 0) console.log(`${kills} kills, ${seconds(startedMs)} s`);
  }
  console.log(`over after ${seconds(startedMs)} s and ${kills} kills`);

  using calm = await prepared({ bars, speed: "max" });
  if (!(await live(calm, 2 ** 31 - 1))) throw new Error("the calm session was killed");
  const audit = await box.pyne("broker", "audit", runId);
  console.log(audit.stdout.trimEnd());
  const { books, venue } = fillsOf(box);
  using db = new Database(join(box.workdir, "output/logs/broker.sqlite"), { readonly: true });
  const integrity = db.query<{ integrity_check: string }, []>("PRAGMA integrity_check").all();
  const trades = (of: Sandbox): string[] =>
    readFileSync(join(of.workdir, "output/soak_trade.csv"), "utf8").trimEnd().split("\n");
  const checks: readonly (readonly [string, readonly string[]])[] = [
    ["the audit passes", audit.exitCode === 0 ? [] : [audit.stdout + audit.stderr]],
    ["the file is sound", integrity.map((row) => row.integrity_check).filter((word) => word !== "ok")],
    [
      `the books' ${books.length - 1} fills are the venue's, and so is the position`,
      differences(venue, books),
    ],
    ["every order of the venue is one of the books, and the other way round", strangeOrders(box)],
    [
      `the ${trades(calm).length - 1} lines of the trade list are those of a session that was not killed`,
      differences(trades(calm), trades(box)),
    ],
  ];
  for (const [claim, against] of checks) {
    console.log(`${against.length === 0 ? "yes" : "NO "}  ${claim}`);
    for (const line of against.slice(0, 40)) console.log(`       ${line}`);
  }
  if (checks.some(([, against]) => against.length > 0)) process.exitCode = 1;
}

const seconds = (sinceMs: number): string => ((performance.now() - sinceMs) / 1000).toFixed(0);
