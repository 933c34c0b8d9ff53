import { RuntimeFailure } from "../../kernel/errors.ts";

/**
 * The user's crontab, through the program that every cron brings. Its bytes are kept as they are, whatever encoding
 * they have: one character here is one byte there.
 */
export class Crontab {
  readonly #program: string;
  readonly #env: Readonly<Record<string, string | undefined>>;

  /**
   * @param command what a schedule would run, for the message when there is no cron to run it
   * @throws RuntimeFailure when there is no `crontab` on the PATH
   */
  constructor(env: Readonly<Record<string, string | undefined>>, command?: string) {
    const program = Bun.which("crontab", { PATH: env["PATH"] ?? "" });
    if (program === null) {
      const other =
        process.platform === "win32"
          ? "the Task Scheduler can run"
          : "install cron (Debian: apt install cron), or have a systemd timer run";
      throw new RuntimeFailure("there is no crontab program on this machine", {
        hint: command === undefined ? "nothing is scheduled without one" : `${other}: ${command}`,
      });
    }
    this.#program = program;
    // Its messages are read; they must not be translated.
    this.#env = { ...env, LC_ALL: "C" };
  }

  /** Empty when the user has none. */
  read(): string {
    const { exitCode, stdout, stderr } = this.#run(["-l"]);
    if (exitCode === 0) return stdout.toString("latin1");
    const complaint = stderr.toString().trim();
    if (/no crontab|no such file/i.test(complaint)) return "";
    throw failure("read", exitCode, complaint);
  }

  /** Replaces it, and makes sure that it was. */
  write(text: string): void {
    const { exitCode, stderr } = this.#run(["-"], Buffer.from(text, "latin1"));
    if (exitCode !== 0) throw failure("written", exitCode, stderr.toString().trim());
    if (this.read() !== text) {
      throw new RuntimeFailure("crontab took the new table but shows another one", {
        hint: "crontab -l shows what is in force",
      });
    }
  }

  #run(
    words: readonly string[],
    input?: Buffer,
  ): { exitCode: number | null; stdout: Buffer; stderr: Buffer } {
    return Bun.spawnSync([this.#program, ...words], {
      env: this.#env,
      stdin: input ?? "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
  }
}

function failure(what: string, exitCode: number | null, complaint: string): RuntimeFailure {
  const reason = complaint === "" ? `crontab ended with ${exitCode}` : complaint.split("\n").join("; ");
  return new RuntimeFailure(`the crontab could not be ${what}: ${reason}`);
}

/** Text of ours in the crontab's characters. */
export function toCrontab(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

/** The crontab's characters as text. */
export function fromCrontab(text: string): string {
  return Buffer.from(text, "latin1").toString("utf8");
}
