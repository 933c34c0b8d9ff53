/**
 * The binary in a real terminal: a pseudo-terminal of a fixed size, keys typed into it, and a model of the screen
 * that understands the sequences pyne writes and refuses any other.
 */
import { binary, type Sandbox } from "./pyne.ts";

/** Bytes that keys send. */
export const keys = {
  up: "\u001b[A",
  down: "\u001b[B",
  right: "\u001b[C",
  left: "\u001b[D",
  home: "\u001b[H",
  end: "\u001b[F",
  pageUp: "\u001b[5~",
  pageDown: "\u001b[6~",
  tab: "\t",
  shiftTab: "\u001b[Z",
  enter: "\r",
  escape: "\u001b",
  backspace: "\u007f",
  interrupt: "\u0003",
  suspend: "\u001a",
  paste: (text: string) => `\u001b[200~${text}\u001b[201~`,
} as const;

/** Rows and columns of characters, the way a terminal keeps them: a wide character takes two cells. */
class ScreenModel {
  #cells: string[][] = [];
  #row = 0;
  #column = 0;
  #rest = "";
  /** On the alternate screen. */
  alternate = false;
  cursorShown = true;
  /** What was written while the alternate screen was not up. */
  plain = "";

  constructor(
    private width: number,
    private height: number,
  ) {
    this.#clear();
  }

  resize(width: number, height: number): void {
    this.width = width;
    this.height = height;
    this.#clear();
  }

  get lines(): string[] {
    return this.#cells.map((row) => row.join("").trimEnd());
  }

  #clear(): void {
    this.#cells = Array.from({ length: this.height }, () => Array<string>(this.width).fill(" "));
  }

  write(text: string): void {
    this.#rest += text;
    for (;;) {
      const match = /^(?:\u001b\[([?\d;]*)([A-Za-z])|[^\u001b])/u.exec(this.#rest);
      if (match === null) {
        if (this.#rest.length > 32)
          throw new Error(`not understood: ${JSON.stringify(this.#rest.slice(0, 32))}`);
        return;
      }
      this.#rest = this.#rest.slice(match[0].length);
      const [whole, parameters = "", final] = match;
      if (final === undefined) this.#put(whole);
      else this.#command(parameters, final);
    }
  }

  #put(character: string): void {
    if (!this.alternate) {
      this.plain += character;
      return;
    }
    const columns = Bun.stringWidth(character);
    const row = this.#cells[this.#row];
    if (row === undefined || this.#column + columns > this.width) throw new Error(`outside: ${character}`);
    row[this.#column] = character;
    if (columns === 2) row[this.#column + 1] = "";
    this.#column += columns;
  }

  #command(parameters: string, final: string): void {
    const sequence = parameters + final;
    if (sequence === "?1049h" || sequence === "?1049l") this.alternate = final === "h";
    else if (sequence === "?25h" || sequence === "?25l") this.cursorShown = final === "h";
    else if (sequence === "2J") this.#clear();
    else if (sequence === "2K") this.#cells[this.#row]?.fill(" ");
    else if (sequence === "K") return;
    else if (final === "H") {
      const [row = 1, column = 1] = parameters.split(";").map(Number);
      this.#row = row - 1;
      this.#column = column - 1;
    } else if (final !== "m" && !/^\?(7|2004)[hl]$/.test(sequence)) {
      throw new Error(`a sequence no screen of ours should send: ${JSON.stringify(sequence)}`);
    }
  }
}

/** How a terminal is made. */
export interface TerminalOptions {
  readonly width?: number;
  readonly height?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** One command in a terminal of its own. Ended with `await using`. */
export class TerminalRun implements AsyncDisposable {
  /** Everything the terminal received. */
  bytes = "";
  readonly #model: ScreenModel;
  readonly #child: Bun.Subprocess;
  #changed = Promise.withResolvers<void>();
  #failure: unknown;

  constructor(box: Sandbox, args: readonly string[], options: TerminalOptions = {}) {
    const { width = 80, height = 24 } = options;
    this.#model = new ScreenModel(width, height);
    const utf8 = new TextDecoder();
    this.#child = Bun.spawn([binary, ...args], {
      cwd: box.folder,
      env: box.environment({ TERM: "xterm-256color", PYNE_NO_LOGO: "1", ...options.env }),
      terminal: {
        cols: width,
        rows: height,
        data: (_, data) => {
          const text = utf8.decode(data, { stream: true });
          this.bytes += text;
          try {
            this.#model.write(text);
          } catch (error) {
            this.#failure ??= error;
          }
          this.#wakeUp();
        },
      },
    });
    void this.#child.exited.then(() => this.#wakeUp());
  }

  #wakeUp(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  /** The rows of the screen. */
  get lines(): string[] {
    return this.#model.lines;
  }

  get text(): string {
    return this.lines.join("\n");
  }

  /** What stands on the screen that was there before. */
  get plain(): string {
    return this.#model.plain;
  }

  /** Whether the terminal is as it was: its own screen, its cursor. */
  get restored(): boolean {
    return !this.#model.alternate && this.#model.cursorShown;
  }

  type(...input: string[]): void {
    this.#child.terminal?.write(input.join(""));
  }

  resize(width: number, height: number): void {
    this.#model.resize(width, height);
    this.#child.terminal?.resize(width, height);
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Waits until the screen holds a text, or does what a condition says. There is no other clock than the test's. */
  async until(wanted: string | RegExp | ((screen: string) => boolean)): Promise<void> {
    const met = (): boolean =>
      typeof wanted === "function"
        ? wanted(this.text)
        : typeof wanted === "string"
          ? this.text.includes(wanted)
          : wanted.test(this.text);
    for (;;) {
      const changed = this.#changed.promise;
      if (this.#failure !== undefined) throw this.#failure;
      if (met()) return;
      if (this.#child.exitCode !== null) {
        throw new Error(
          `it ended with ${this.#child.exitCode} before the screen showed ${wanted}:\n${this.plain}`,
        );
      }
      const late = AbortSignal.timeout(100_000);
      await Promise.race([
        changed,
        new Promise<never>((_, reject) =>
          late.addEventListener("abort", () =>
            reject(new Error(`the screen never showed ${wanted}:\n${this.text}`)),
          ),
        ),
      ]);
    }
  }

  /** The exit code, once everything the command wrote has been read. */
  async ended(): Promise<number> {
    const code = await this.#child.exited;
    // The pseudo-terminal may still hold the last bytes.
    for (let last = -1; last !== this.bytes.length;) {
      last = this.bytes.length;
      await Bun.sleep(10);
    }
    if (this.#failure !== undefined) throw this.#failure;
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null) this.#child.kill("SIGKILL");
    await this.#child.exited;
    this.#child.terminal?.close();
  }
}
