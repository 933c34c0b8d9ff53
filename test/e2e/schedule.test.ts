/** pyne schedule against a crontab of its own. */
import { describe, expect, test } from "bun:test";
import { chmodSync, existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { binary, type Outcome, Sandbox } from "./pyne.ts";

/** A sandbox with a workdir and a crontab, and how to run pyne in it. */
async function scheduler() {
  const box = await Sandbox.withWorkdir();
  const { bin, table } = box.crontab();
  const env = { PATH: bin };
  return {
    box,
    table,
    bin,
    pyne: (...words: string[]): Promise<Outcome> => box.pyneWith({ env }, ...words),
    with: (more: Record<string, string>, ...words: string[]): Promise<Outcome> =>
      box.pyneWith({ env: { ...env, ...more } }, ...words),
    crontab: (): string => (existsSync(table) ? readFileSync(table, "utf8") : ""),
    [Symbol.dispose]: () => box[Symbol.dispose](),
  };
}

/** Runs a line of the crontab as cron does: a plain shell, hardly any environment. */
async function asCron(line: string, home: string): Promise<{ code: number; output: string }> {
  const command = line.split(" ").slice(5).join(" ");
  expect(command).not.toContain("%");
  const child = Bun.spawn(["/bin/sh", "-c", command], {
    cwd: "/",
    env: { HOME: home, PATH: "/usr/bin:/bin", SHELL: "/bin/sh" },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, errors, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, output: out + errors };
}

test("a job's whole life: added, listed, run by cron, listed again, removed; nothing else is touched", async () => {
  using cron = await scheduler();
  const { box } = cron;
  const others = "MAILTO=me\n# mine \u00e9\n0 5 * * 1 tar -zcf /x %\n";
  writeFileSync(cron.table, others);

  const added = await cron.pyne("schedule", "add", "*/15 * * * *", "--", "data", "info", "demo", "--json");
  const line = `*/15 * * * * PYNE_HOME=${box.pyneHome} ${binary} -w ${box.workdir} schedule run data-info-demo -- data info demo --json # pyne:data-info-demo`;
  expect([added.exitCode, added.stdout]).toEqual([0, `${line}\n`]);
  expect(added.stderr).toMatch(
    /^data-info-demo runs next at \d{4}-\d\d-\d\d \d\d:(00|15|30|45)\nits log is .*\n$/,
  );
  expect(cron.crontab()).toBe(`${others}${line}\n`);

  expect((await cron.pyne("schedule", "list")).stdout).toMatch(
    /^name +schedule +next run +last run +exit +command\ndata-info-demo +\*\/15 \* \* \* \* +\d{4}-.* - +- +data info demo --json\n$/,
  );
  expect(await asCron(line, box.home)).toEqual({ code: 0, output: "" });
  const log = readFileSync(join(box.workdir, "output/logs/schedule-data-info-demo.log"), "utf8");
  expect(log).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ start: pyne data info demo --json\n/);
  expect(log).toContain(`"bars":2000`);
  expect(log).toMatch(/Z end: exit code 0 after \d+\.\d s\n$/);

  const list = JSON.parse((await cron.pyne("schedule", "list", "--json")).stdout);
  expect(list).toMatchObject({
    workdir: box.workdir,
    jobs: [
      {
        name: "data-info-demo",
        schedule: "*/15 * * * *",
        last_exit_code: 0,
        running: false,
        command: ["data", "info", "demo", "--json"],
        line,
      },
    ],
  });
  expect(Date.parse(list.jobs[0].next_run)).toBeGreaterThan(Date.parse(list.jobs[0].last_run));

  const removed = await cron.pyne("schedule", "remove", "data-info-demo");
  expect([removed.exitCode, removed.stdout]).toEqual([0, "data-info-demo is no longer scheduled\n"]);
  expect(cron.crontab()).toBe(others);
  const empty = await cron.pyne("schedule", "list");
  expect([empty.exitCode, empty.stdout]).toEqual([0, ""]);
  expect(empty.stderr).toContain("nothing is scheduled in");
});

test("names and paths that would trip a shell and cron", async () => {
  using box = new Sandbox();
  const { bin, table } = box.crontab();
  const workdir = join(box.root, "100% 'my' \u00e4 bars");
  const env = { PATH: bin, PYNE_HOME: join(box.root, "h%me") };
  expect((await box.pyneWith({ env }, "init", workdir)).exitCode).toBe(0);
  const odd = ["$(touch /tmp/never)", "a b", "50%", "it's", ";|&>", ""];
  const words = ["-w", workdir, "schedule", "add", "@hourly", "-n", "odd", "--", "data", "info", ...odd];
  expect((await box.pyneWith({ env }, ...words)).exitCode).toBe(0);
  const line = readFileSync(table, "utf8").trimEnd();
  // The command has too many arguments: what counts is that they arrive as they were.
  expect(await asCron(line, box.home)).toEqual({ code: 2, output: "" });
  const log = readFileSync(join(workdir, "output/logs/schedule-odd.log"), "utf8");
  expect(log).toContain(`start: pyne data info ${odd.join(" ")}\n`);
  const list = await box.pyneWith({ env }, "-w", workdir, "schedule", "list", "--json");
  expect(JSON.parse(list.stdout).jobs[0]).toMatchObject({
    command: ["data", "info", ...odd],
    last_exit_code: 2,
  });
  expect((await box.pyneWith({ env }, "-w", workdir, "schedule", "remove", "--all")).exitCode).toBe(0);
  expect(readFileSync(table, "utf8")).toBe("");
});

test("adding the same again changes nothing; something else under the name is refused unless it replaces", async () => {
  using cron = await scheduler();
  const add = (...words: string[]): Promise<Outcome> => cron.pyne("schedule", "add", ...words);
  await add("@daily", "-n", "x", "--", "data", "info", "demo");
  const before = cron.crontab();
  expect((await add("0 0 * * *", "-n", "x", "--", "pyne", "data", "info", "demo")).exitCode).toBe(0);
  expect(cron.crontab()).toBe(before);
  const refused = await add("@hourly", "-n", "x", "--", "data", "info", "demo");
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toContain(`there is a job called "x" already: 0 0 * * * `);
  expect(cron.crontab()).toBe(before);
  expect((await add("@hourly", "-n", "x", "--replace", "--", "data", "info", "demo")).exitCode).toBe(0);
  expect(cron.crontab()).toBe(before.replace("0 0 * * *", "0 * * * *"));
});

test("jobs of another workdir are neither shown nor removed", async () => {
  using cron = await scheduler();
  await cron.pyne("init", "other");
  await cron.pyne("schedule", "add", "@daily", "-n", "x", "--", "data", "info", "demo");
  await cron.pyne("-w", "other", "schedule", "add", "@daily", "-n", "x", "--", "data", "info", "demo");
  expect(cron.crontab().trimEnd().split("\n")).toHaveLength(2);
  await cron.pyne("-w", "other", "schedule", "remove", "--all");
  const list = JSON.parse((await cron.pyne("schedule", "list", "--json")).stdout);
  expect(list.jobs.map((job: { name: string }) => job.name)).toEqual(["x"]);
});

test("--dry-run prints the line and needs no crontab program", async () => {
  using box = await Sandbox.withWorkdir();
  const { exitCode, stdout, stderr } = await box.pyne(
    ..."schedule add @daily --dry-run -- data info demo".split(" "),
  );
  expect([exitCode, stderr]).toEqual([0, ""]);
  expect(stdout).toEndWith("schedule run data-info-demo -- data info demo # pyne:data-info-demo\n");
});

test("secrets of the environment are not written down, and it says so", async () => {
  using cron = await scheduler();
  const { stderr } = await cron.with(
    { PYNE_CONFIG_FOO_KEY: "s3cret", HTTPS_PROXY: "http://me:s3cret@proxy", NO_PROXY: "localhost" },
    ..."schedule add @daily -- data info demo".split(" "),
  );
  expect(stderr).toContain("warning: HTTPS_PROXY may hold a secret and is not written down");
  expect(stderr).toContain("warning: PYNE_CONFIG_FOO_KEY may hold a secret");
  expect(cron.crontab()).not.toContain("s3cret");
  expect(cron.crontab()).toContain(" NO_PROXY=localhost ");
});

test("an executable that the PATH knows by a link is written down by the link, which an update moves", async () => {
  using cron = await scheduler();
  symlinkSync(binary, join(cron.bin, "pyne"));
  const { stdout } = await cron.pyne(..."schedule add @daily -- data info demo".split(" "));
  expect(stdout).toContain(` ${join(cron.bin, "pyne")} -w `);
});

describe("mistakes", () => {
  test.each([
    [["add", "* * * *", "--", "data", "info"], 2, `"* * * *" has 4 fields instead of 5`],
    [["add", "61 * * * *", "--", "data", "info"], 2, `the minute "61" is wrong`],
    [["add", "@hourly"], 2, "COMMAND is missing"],
    [["add"], 2, "SCHEDULE is missing"],
    [["add", "@hourly", "--", "dta", "update"], 2, "did you mean data?"],
    [["add", "@hourly", "--", "data", "updat"], 2, `"updat" is not a command of pyne data`],
    [["add", "@hourly", "--", "data"], 2, `"" is not a command of pyne data`],
    [["add", "@hourly", "--", "schedule", "list"], 2, "a schedule cannot schedule"],
    [["add", "@hourly", "-n", "a/b", "--", "data", "info"], 2, `"a/b" is not a name for a job`],
    [["add", "@hourly", "--", "data", "info", "x".repeat(1000)], 2, "cron takes 990"],
    [["add", "@hourly", "--", "data", "info", "a\nb"], 2, "a line break cannot stand in a crontab"],
    [["remove"], 2, "NAME is missing"],
    [["remove", "x", "--all"], 2, "contradict"],
    [["remove", "nothing"], 1, `no job of this workdir is called "nothing"`],
    [["run", "../x", "--", "data", "info"], 2, `"../x" is not a name`],
  ] as const)("%j", async (words, code, message) => {
    using cron = await scheduler();
    const { exitCode, stdout, stderr } = await cron.pyne("schedule", ...words);
    expect([exitCode, stdout]).toEqual([code, ""]);
    expect(stderr).toContain(message);
    expect(cron.crontab()).toBe("");
  });

  test("no crontab program: what to do instead", async () => {
    using box = await Sandbox.withWorkdir();
    const add = await box.pyne(..."schedule add @daily -- data info demo".split(" "));
    expect(add.exitCode).toBe(1);
    expect(add.stderr).toMatch(
      /^error: there is no crontab program on this machine\nhint: install cron .*systemd timer run: .* schedule run data-info-demo -- data info demo\n$/,
    );
    expect((await box.pyne("schedule", "list")).exitCode).toBe(1);
    expect((await box.pyne("schedule", "remove", "--all")).exitCode).toBe(1);
  });

  test("a crontab that may not be read is not mistaken for an empty one", async () => {
    using cron = await scheduler();
    const program = join(cron.bin, "crontab");
    writeFileSync(program, "#!/bin/sh\necho 'you (me) are not allowed to use this program' >&2\nexit 1\n");
    chmodSync(program, 0o755);
    const { exitCode, stderr } = await cron.pyne(..."schedule add @daily -- data info demo".split(" "));
    expect(exitCode).toBe(1);
    expect(stderr).toContain("the crontab could not be read: you (me) are not allowed to use this program");
  });

  test("a crontab program that takes the table and forgets it", async () => {
    using cron = await scheduler();
    const program = join(cron.bin, "crontab");
    writeFileSync(program, "#!/bin/sh\n[ $1 = -l ] && exit 0\n/bin/cat > /dev/null\n");
    const { exitCode, stderr } = await cron.pyne(..."schedule add @daily -- data info demo".split(" "));
    expect(exitCode).toBe(1);
    expect(stderr).toContain("crontab took the new table but shows another one");
  });
});

describe("a run", () => {
  test("by a timer of another kind: listed without a schedule, also where there is no crontab", async () => {
    using box = await Sandbox.withWorkdir();
    const failed = await box.pyne(..."schedule run mine -- data info nothing".split(" "));
    expect(failed).toEqual({ exitCode: 1, stdout: "", stderr: "" });
    const log = readFileSync(join(box.workdir, "output/logs/schedule-mine.log"), "utf8");
    expect(log).toContain(`  error: there is no data file "nothing"\n`);
    expect(log).toContain("end: exit code 1");
    const list = await box.pyne("schedule", "list");
    expect(list.exitCode).toBe(0);
    expect(list.stdout).toMatch(/\nmine +not in the crontab +- +\d{4}-.* 1 +-\n$/);
    expect(list.stderr).toContain("warning: there is no crontab program");
  });

  test("that is still going leaves the next one out; a signal ends it, and its command with it", async () => {
    using cron = await scheduler();
    const { box } = cron;
    const ready = join(box.root, "ready");
    box.plugin(
      "waiter",
      `import { CLIPlugin } from "pynecore/plugin";
import { defineCommand } from "citty";
import { writeFileSync } from "node:fs";
export default class Waiter extends CLIPlugin {
  static override cli() {
    return defineCommand({
      meta: { name: "waiter", description: "Waits" },
      run: () => {
        writeFileSync(${JSON.stringify(ready)}, "");
        return new Promise((resolve) => setTimeout(resolve, 3_600_000));
      },
    });
  }
}
`,
    );
    const words = ["schedule", "run", "slow", "--", "waiter"];
    const child = Bun.spawn([binary, ...words], {
      cwd: box.folder,
      env: box.environment(),
      stdout: "ignore",
      stderr: "ignore",
    });
    while (!existsSync(ready)) await Bun.sleep(5);
    expect((await box.pyne(...words)).exitCode).toBe(75);
    const list = JSON.parse((await cron.pyne("schedule", "list", "--json")).stdout);
    expect(list.jobs[0]).toMatchObject({ name: "slow", running: true, last_exit_code: null });
    child.kill("SIGTERM");
    expect(await child.exited).toBe(143);
    const log = readFileSync(join(box.workdir, "output/logs/schedule-slow.log"), "utf8");
    expect(log).toContain("left out: the run before it has not ended");
    expect(log).toContain("end: exit code 143");
  }, 120_000);

  test("that was killed is told from one that goes on", async () => {
    using cron = await scheduler();
    cron.box.write(
      "project/workdir/cache/schedule/x.json",
      JSON.stringify({ started: 1_700_000_000_000, ended: null, exit_code: null }),
    );
    expect((await cron.pyne("schedule", "list")).stdout).toContain("killed");
  });
});
