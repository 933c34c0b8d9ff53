/** The books of trading through the executable: looking into them, proving them, and reaching a run that is live. */
import { describe, expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";

import { type Outcome, Sandbox } from "./pyne.ts";

const turn = `//@version=6
strategy("Turn", default_qty_value=1)
if bar_index % 6 == 0
    strategy.entry("Long", strategy.long, alert_message="go " + syminfo.ticker)
strategy.exit("Protect", "Long", loss=20000, profit=20000, alert_message="out", alert_loss="stopped")
if bar_index % 6 == 3
    strategy.close("Long", comment="time", alert_message="late")
`;
const id = "turn@paper-demo-1D:demo:1D";

async function workdir(paper: string): Promise<Sandbox> {
  const box = await Sandbox.withWorkdir();
  box.write(join(box.workdir, "scripts/turn.pine"), turn);
  box.write(join(box.workdir, "config/plugins/paper.toml"), paper);
  return box;
}

const trade = (box: Sandbox, ...more: string[]): Promise<Outcome> =>
  box.pyne("run", "turn", "paper:demo@1D", "--broker", "--no-log-ohlcv", ...more);

const broker = (box: Sandbox, ...args: string[]): Promise<Outcome> => box.pyne("broker", ...args);

async function json<Answer>(box: Sandbox, ...args: string[]): Promise<Answer> {
  const { stdout, stderr } = await broker(box, ...args, "--json");
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as Answer;
}

function edit(box: Sandbox, query: string): void {
  using db = new Database(join(box.workdir, "output/logs/broker.sqlite"));
  db.run(query);
}

describe("the books of a paper session", () => {
  test("say what was traded, prove it, and can be copied", async () => {
    using box = await workdir('start = "-60"\n');
    const traded = await trade(box);
    expect(traded.exitCode).toBe(0);
    // What an order says is an alert when it has filled.
    expect(traded.stderr.match(/ALERT: go DEMO/g)).toHaveLength(10);
    const said: Record<string, string> = {};
    for (const command of ["runs", "show turn", "orders turn", "events turn --kind fill", "audit turn"]) {
      const { exitCode, stdout, stderr } = await broker(box, ...command.split(" "));
      expect([command, exitCode, stderr]).toEqual([command, 0, ""]);
      said[command] = stdout;
    }
    expect(said["runs"]).toMatch(/^ *1 +ended +1 +\d+ +19 .*turn@paper-demo-1D:demo:1D$/m);
    expect(said["show turn"]).toStartWith(`${id}: ended`);
    expect(said["orders turn"]).toMatch(/entry Long +buy +1 +1 .* filled/);
    expect(said["orders turn"]).toMatch(/close Long +sell +1 +1 .* filled/);
    expect(said["orders turn"]).toMatch(/exit Protect of Long +sell +1 +0 .* cancelled/);
    expect(said["events turn --kind fill"]!.trimEnd().split("\n").length).toBe(19);
    expect(said["audit turn"]).toMatch(/1 process, \d+ lines, \d+ writes, 19 fills\nwhole\n$/);

    interface Told {
      readonly leg_type: string;
      readonly comment: string | null;
      readonly alert_message: string | null;
    }
    const { orders } = await json<{ orders: Told[] }>(box, "orders", "turn");
    const told = orders.map((order) => `${order.leg_type} ${order.comment} ${order.alert_message}`);
    expect([...new Set(told)].toSorted()).toEqual([
      "close time late",
      "entry null go DEMO",
      "sl null stopped",
      "tp null out",
    ]);

    const typo = await broker(box, "events", "turn", "--kind", "fills");
    expect(typo).toEqual({
      exitCode: 0,
      stdout: "",
      stderr: expect.stringContaining(" fact_written, fill, "),
    });

    const copy = await broker(box, "backup", "copies/books.sqlite");
    expect(copy.exitCode).toBe(0);
    const file = join(box.folder, "copies/books.sqlite");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    using db = new Database(file, { readonly: true });
    expect(db.query("SELECT COUNT(*) FROM fills").values()).toEqual([[19]]);

    // The copy in the place of the books is the books.
    const books = join(box.workdir, "output/logs/broker.sqlite");
    await Bun.write(books, Bun.file(file));
    expect((await broker(box, "audit", "turn")).stdout).toEndWith("whole\n");
  });

  test("show whatever was changed in them", async () => {
    using box = await workdir('start = "-60"\n');
    await trade(box);
    const books = join(box.workdir, "output/logs/broker.sqlite");
    await broker(box, "backup", "whole.sqlite");
    const whole = await Bun.file(join(box.folder, "whole.sqlite")).bytes();
    for (const [query, finding] of [
      ["UPDATE events SET payload = '{}' WHERE id = 12", /line 12 \(\w+, row 12\) of instance 1 was changed/],
      ["DELETE FROM events WHERE id = 12", /line 13 .* follows line 11: lines are missing/],
      ["DELETE FROM events WHERE id = (SELECT MAX(id) FROM events)", /lines were taken away or added/],
      ["UPDATE fills SET qty = 2 WHERE number = 3", /fill F3 is not what the log says/],
      ["DELETE FROM fills WHERE number = 19", /the position is 1, the fills add up to 0/],
      ["UPDATE run_state SET position = 7", /the position is 7, the fills add up to 1/],
      ["UPDATE lots SET qty = 5", /the position is 1, what it is made of adds up to 5/],
      [
        "UPDATE orders SET filled_qty = 2 WHERE filled_qty = 1 AND leg_type = 'entry'",
        /order \S+ has filled 2, its fills add up to 1/,
      ],
    ] as const) {
      await Bun.write(books, whole);
      edit(box, query);
      const { exitCode, stdout } = await broker(box, "audit", "turn");
      expect(stdout).toMatch(finding);
      expect(exitCode).toBe(1);
    }
    const audit = await json<{ ok: boolean; findings: unknown[] }>(box, "audit", "turn");
    expect([audit.ok, audit.findings.length]).toEqual([false, 10]);
  });

  test("are known by a number, an id, a label or a part that only one has; what is wrong is said", async () => {
    using box = await workdir('start = "-20"\n');
    const none = await broker(box, "runs");
    expect(none.stderr).toContain("nothing has been traded in this workdir");
    expect(none.exitCode).toBe(1);
    for (const label of ["red", "blue"]) await trade(box, "--run-label", label);
    for (const name of ["1", `${id}#red`, "red", "#r"])
      expect((await broker(box, "show", name)).stdout).toStartWith(`${id}#red: ended`);
    await Bun.write(join(box.folder, "taken"), "mine");
    const refusals: [string, string][] = [
      ["show turn", '"turn" may be any of 2 runs'],
      ["show green", `there is no run "green"\nhint: name one of ${id}#blue, ${id}#red`],
      ["audit 3", 'there is no run "3"'],
      ["orders red --last 0", '--last: "0"'],
      ["events", "RUN"],
      ["pause red", "is not live: ended"],
      ["flatten blue", "is not live: ended"],
      ["backup taken", "exists already"],
      ["backup .", "is a folder"],
      ["burn", "burn"],
    ];
    for (const [command, message] of refusals) {
      const { exitCode, stderr } = await broker(box, ...command.split(" "));
      expect([command, stderr]).toEqual([command, expect.stringContaining(message)]);
      expect([command, exitCode]).toEqual([command, 2]);
    }
    expect(await Bun.file(join(box.folder, "taken")).text()).toBe("mine");
    expect(existsSync(join(box.folder, "burn"))).toBe(false);
  });
});

interface Run {
  readonly position: number;
  readonly paused: boolean;
}

interface Event {
  readonly kind: string;
  readonly payload: {
    readonly command?: string;
    readonly envelope?: { readonly intent: { readonly kind: string } };
  };
}

test("a run that trades is paused, resumed, flattened and stopped from outside", async () => {
  // A bar every 40 ms.
  using box = await workdir('start = "-1900"\nspeed = "2160000"\n');
  const process = box.start(["run", "turn", "paper:demo@1D", "--broker", "--no-log-ohlcv"]);
  const { child } = process;
  await process.until(/live after/);
  const said = process.rest();
  const look = async (): Promise<Run> => (await json<{ runs: Run[] }>(box, "runs")).runs[0]!;
  const until = async (
    what: string,
    isSo: (run: NonNullable<Awaited<ReturnType<typeof look>>>) => boolean,
  ) => {
    for (let times = 0; times < 300; times++) {
      const run = await look();
      if (isSo(run)) return run;
      if (child.exitCode !== null) break;
      await Bun.sleep(20);
    }
    throw new Error(`never ${what}: ${child.exitCode === null ? "it still runs" : await said}`);
  };
  await until("in the market", ({ position }) => position === 1);
  const paused = await broker(box, "pause", "turn");
  expect(paused.stdout).toStartWith(`${id}: paused`);
  // Exits go on.
  const calm = await until("flat", ({ position }) => position === 0);
  expect(calm.paused).toBe(true);
  expect((await broker(box, "runs", "--live")).stdout).toContain("live, paused");
  expect((await broker(box, "resume", "turn")).exitCode).toBe(0);
  await until("in the market again", ({ position }) => position === 1);
  expect((await broker(box, "flatten", "turn", "--json")).exitCode).toBe(0);
  await until("flattened", ({ position }) => position === 0);
  const open = await json<{ orders: unknown[] }>(box, "orders", "turn", "--open");
  expect(open.orders).toEqual([]);
  expect((await broker(box, "stop", "turn")).stdout).toStartWith(`${id}: stopping`);
  expect(await child.exited).toBe(0);
  expect((await broker(box, "stop", "turn")).stderr).toContain("is not live: stopped");

  const { events } = await json<{ events: Event[] }>(box, "events", "turn", "--last", "100000");
  const story = events.flatMap(({ kind, payload }) => {
    if (kind === "fact_operator") return [payload.command!];
    return kind === "effect_place" && payload.envelope!.intent.kind === "entry" ? ["entry"] : [];
  });
  expect(story.filter((word, at) => word !== "entry" || story[at - 1] !== "entry")).toEqual([
    "entry",
    "pause",
    "resume",
    "entry",
    "flatten",
    "stop",
  ]);
  expect((await broker(box, "audit", "turn")).stdout).toEndWith("whole\n");
});
