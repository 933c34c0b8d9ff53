/** Schedules: expressions, quoting, other people's lines in a crontab, logs that stay small. */
import { afterAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { carriedEnv } from "../../src/cli/schedule/carried-env.ts";
import {
  commandLine,
  cronEntries,
  type CronJob,
  cronLine,
  withLine,
  withoutLines,
} from "../../src/cli/schedule/crontab-text.ts";
import { keptLogs, linesOf, LogFile } from "../../src/cli/schedule/log-file.ts";
import { shellWord, shellWords } from "../../src/cli/schedule/shell-words.ts";
import { canonicalCron, nextCron } from "../../src/kernel/cron.ts";

const folder = mkdtempSync(join(tmpdir(), "pyne-schedule-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("an expression", () => {
  test.each([
    ["*/15 * * * *", "*/15 * * * *"],
    ["  0   9  * * MON-Friday ", "0 9 * * 1-5"],
    ["0 0 1 jan,July *", "0 0 1 1,7 *"],
    ["0 0 * * fri-sun", "0 0 * * 5-7"],
    ["0 0 * * sun", "0 0 * * 0"],
    ["5/10 08 * * *", "5-59/10 8 * * *"],
    ["1,2,30-40/5 * * * *", "1,2,30-40/5 * * * *"],
    ["@hourly", "0 * * * *"],
    ["@Midnight", "0 0 * * *"],
    ["0 0 29 2 *", "0 0 29 2 *"],
  ])("%p is %p", (text, expected) => {
    expect(canonicalCron(text)).toBe(expected);
  });

  test.each([
    ["* * * *", `"* * * *" has 4 fields instead of 5: minute hour day month weekday`],
    ["a b c d e f", "has 6 fields"],
    ["", "has 0 fields"],
    ["60 * * * *", `the minute "60" is wrong: "60" is not 0 to 59`],
    ["* 24 * * *", `the hour "24" is wrong`],
    ["* * 0 * *", `the day of the month "0" is wrong: "0" is not 1 to 31`],
    ["* * * 13 *", `the month "13" is wrong: "13" is not 1 to 12 or a name`],
    ["* * * * 8", `the weekday "8" is wrong: "8" is not 0 to 7 or a name`],
    ["* * * * mo", `"mo" is not 0 to 7 or a name`],
    ["* 22-2 * * *", "the range 22-2 runs backwards"],
    ["*/0 * * * *", "a step is 1 to 59, not 0"],
    ["1,,2 * * * *", `"" is no *, number, name, range or step`],
    ["1-2-3 * * * *", `"1-2-3" is no *`],
    ["0 0 30 2 *", "never comes"],
    ["@reboot", "no time of the clock"],
    ["@often", `"@often" is not a schedule`],
  ])("%p is refused", (text, message) => {
    expect(() => canonicalCron(text)).toThrow(message);
  });

  test.each([
    ["*/15 * * * *", "UTC", "2024-05-06T07:15:00.000Z"],
    ["0 9 * * 1-5", "UTC", "2024-05-06T09:00:00.000Z"],
    ["0 9 * * *", "America/New_York", "2024-05-06T13:00:00.000Z"],
    ["0 0 1 * *", "UTC", "2024-06-01T00:00:00.000Z"],
  ])("%s in %s comes next at %s", (expression, zone, expected) => {
    const next = nextCron(expression, Date.UTC(2024, 4, 6, 7, 8), zone);
    expect(new Date(next!).toISOString()).toBe(expected);
  });
});

describe("words of a shell", () => {
  const word = fc.string({
    unit: fc.constantFrom(..."aB9/ %'\"$`\\#&;|<>()*?~!=é€{}-".split("")),
    maxLength: 12,
  });

  test("come out of the shell as they went in, and hold no percent sign and no line break", () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), (words) => {
        const line = words.map(shellWord).join(" ");
        expect(line).not.toContain("%");
        const shell = Bun.spawnSync(["/bin/sh", "-c", `printf '%s\\n' ${line}`], { env: {} });
        expect(shell.stdout.toString()).toBe(`${words.join("\n")}\n`);
        expect(shellWords(line)).toEqual(words);
      }),
      { numRuns: 40 },
    );
  });

  test.each(["a > b", "a 2>&1", "$HOME", "'open", "a; b", "`x`"])("%p is more than words", (line) => {
    expect(shellWords(line)).toBeUndefined();
  });
});

const job = (name: string, changes: Partial<CronJob> = {}): CronJob => ({
  name,
  schedule: "*/15 * * * *",
  workdir: "/srv/my bars",
  command: ["data", "update"],
  program: ["/usr/local/bin/pyne"],
  env: {},
  ...changes,
});

describe("a crontab", () => {
  test("a job is one line", () => {
    expect(cronLine(job("data-update", { env: { PYNE_HOME: "/srv/100%" } }))).toBe(
      `*/15 * * * * PYNE_HOME='/srv/100'"$(printf '\\045')" /usr/local/bin/pyne -w '/srv/my bars' schedule run data-update -- data update # pyne:data-update`,
    );
  });

  test("what is written is read again", () => {
    const text = fc.string({ maxLength: 15 }).filter((value) => !/[\n\r\0]/.test(value));
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), text, text, (command, workdir, home) => {
        const one = job("x", { command, workdir: `/${workdir}`, env: { PYNE_HOME: `/${home}` } });
        expect(cronEntries(cronLine(one))).toEqual([
          {
            name: "x",
            line: cronLine(one),
            schedule: one.schedule,
            workdir: one.workdir,
            job: one,
            timezone: undefined,
          },
        ]);
      }),
      { numRuns: 200 },
    );
  });

  const others = [
    "MAILTO=me@example.org",
    "# pyne:not-a-job",
    "#*/15 * * * * /usr/local/bin/pyne -w /x schedule run off -- data update # pyne:off",
    "0 5 * * 1 tar -zcf /var/backups/home.tgz /home/ # pynex:no",
    "@daily  echo 50\\% done",
    "",
    "  ",
    "\ttab \xff\xfe",
    "no final newline",
  ];

  test("adding and removing leaves every other byte as it was", () => {
    const lines = fc.array(fc.constantFrom(...others), { maxLength: 8 });
    fc.assert(
      fc.property(lines, fc.boolean(), (kept, ended) => {
        const text = kept.length === 0 ? "" : kept.join("\n") + (ended ? "\n" : "");
        const line = cronLine(job("a"));
        const added = withLine(text, line);
        expect(added.startsWith(text)).toBe(true);
        expect(cronEntries(added).map(({ name }) => name)).toEqual(["a"]);
        const whole = text === "" || text.endsWith("\n") ? text : `${text}\n`;
        expect(withoutLines(added, [line])).toBe(whole);
        const other = cronLine(job("a", { schedule: "0 * * * *" }));
        expect(withLine(added, other, line)).toBe(withLine(text, other));
      }),
      { numRuns: 100 },
    );
  });

  test("a line that somebody changed is still ours; its workdir is found, its command shown as it is", () => {
    const line = cronLine(job("a")).replace(" # pyne", " >> /tmp/my.log 2>&1 # pyne");
    expect(cronEntries(`CRON_TZ=Asia/Tokyo\n${line}\n`)).toEqual([
      {
        name: "a",
        line,
        schedule: "*/15 * * * *",
        workdir: "/srv/my bars",
        job: undefined,
        timezone: "Asia/Tokyo",
      },
    ]);
    const nice = cronLine(job("a", { program: ["nice", "-n", "10", "/usr/bin/pyne"] }));
    expect(cronEntries(nice)[0]?.job?.command).toEqual(["data", "update"]);
  });

  test("cron's own percent signs cannot be in a line of ours", () => {
    expect(commandLine(job("a", { command: ["run", "100%", "%"], workdir: "/%" }))).not.toContain("%");
  });
});

describe("the environment of a run", () => {
  test.each([
    ["the folder of plugins always", { HOME: "/home/me" }, {}, []],
    ["paths become absolute", { PYNE_DATA_DIR: "bars" }, { PYNE_DATA_DIR: "/cwd/bars" }, []],
    [
      "proxies go along, without passwords",
      { HTTPS_PROXY: "http://proxy:3128", HTTP_PROXY: "http://me:secret@proxy" },
      { HTTPS_PROXY: "http://proxy:3128" },
      ["HTTP_PROXY"],
    ],
    [
      "values of plugins' configuration may be keys",
      { PYNE_CONFIG_FOO_KEY: "secret", PYNE_QUIET: "1" },
      {},
      ["PYNE_CONFIG_FOO_KEY"],
    ],
  ])("%s", (_name, env, expected, left) => {
    expect(carriedEnv(env, "/cwd", "/the/pyne")).toEqual({
      env: { PYNE_HOME: "/the/pyne", ...expected },
      left,
    });
  });
});

describe("a log", () => {
  test("starts anew at its limit and keeps so many old ones", () => {
    const path = join(folder, "rotate/x.log");
    {
      using log = new LogFile(path, { limit: 100, now: () => Date.UTC(2024, 4, 6, 7, 8, 9, 10) });
      for (let number = 0; number < 30; number++) log.line(`line ${number}`);
    }
    const files = readdirSync(join(folder, "rotate")).toSorted();
    expect(files).toEqual(["x.log", ...Array.from({ length: keptLogs }, (_, age) => `x.log.${age + 1}`)]);
    expect(readFileSync(path, "utf8")).toBe(
      [27, 28, 29].map((number) => `2024-05-06T07:08:09Z line ${number}\n`).join(""),
    );
    const all = [...files.slice(1).toReversed(), "x.log"].map((file) =>
      readFileSync(join(folder, "rotate", file), "utf8"),
    );
    for (const text of all) expect(text.length).toBeLessThanOrEqual(100);
    const numbers = [...all.join("").matchAll(/line (\d+)/g)].map((match) => Number(match[1]));
    expect(numbers).toEqual(
      Array.from({ length: numbers.length }, (_, index) => 30 - numbers.length + index),
    );
  });

  test("goes on where it ended; a line longer than the limit is still one line", () => {
    const path = join(folder, "again.log");
    writeFileSync(path, "old\n");
    using log = new LogFile(path, { limit: 50 });
    log.line("x".repeat(80));
    expect(readFileSync(`${path}.1`, "utf8")).toBe("old\n");
    expect(readFileSync(path, "utf8")).toContain("x".repeat(80));
  });

  test("lines of bytes that come in pieces, in the middle of a character, without an end", async () => {
    const bytes = new TextEncoder().encode(`eins\r\nzwölf\n\n${"z".repeat(40_000)}\nlast`);
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let at = 0; at < bytes.length; at += 7) controller.enqueue(bytes.slice(at, at + 7));
        controller.close();
      },
    });
    const lines = await Array.fromAsync(linesOf(stream));
    expect(lines.slice(0, 3)).toEqual(["eins", "zwölf", ""]);
    expect(lines.slice(3, -1).join("")).toBe("z".repeat(40_000));
    expect(lines.at(-1)).toBe("last");
  });
});
