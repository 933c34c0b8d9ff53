/** Keys as a test writes them: `down /btc enter` is typed one input at a time; words that are keys are keys. */
import type { Input, KeyName } from "../../../src/cli/tui/keys.ts";
import type { Screen, Step } from "../../../src/cli/tui/screen.ts";
import { fitLine, type Line, type Size } from "../../../src/cli/tui/text.ts";

const names: Readonly<Record<string, KeyName>> = {
  up: "up",
  down: "down",
  left: "left",
  right: "right",
  pgup: "page-up",
  pgdn: "page-down",
  home: "home",
  end: "end",
  tab: "tab",
  "shift-tab": "shift-tab",
  enter: "enter",
  esc: "escape",
  back: "backspace",
};

/** The inputs of a line of keys. */
export function typed(line: string): Input[] {
  return line
    .split(" ")
    .filter((word) => word !== "")
    .flatMap((word): Input[] => {
      const key = names[word];
      if (key !== undefined) return [{ type: "key", key }];
      const paste = /^paste\((.*)\)$/.exec(word)?.[1];
      if (paste !== undefined) return [{ type: "paste", text: paste }];
      return [...word].map((text) => ({ type: "text", text }));
    });
}

/** The text of lines, without tones, trailing blanks cut. */
function plain(lines: readonly Line[]): string[] {
  return lines.map((line) =>
    line
      .map((span) => span.text)
      .join("")
      .trimEnd(),
  );
}

/** A screen under test: state, time, everything it asked for, and how it ended. */
export class Bench<State, Event, Effect, Done> {
  readonly effects: Effect[] = [];
  done: Done | undefined;
  nowMs = 1_700_000_000_000;

  constructor(
    private readonly screen: Screen<State, Event, Effect, Done>,
    public state: State,
    readonly size: Size = { width: 80, height: 24 },
  ) {}

  /** Types a line of keys. */
  type(line: string): this {
    for (const input of typed(line)) this.take(this.screen.update(this.state, input, this.nowMs));
    return this;
  }

  send(event: Event | { type: "tick" } | { type: "interrupted" }): this {
    this.take(this.screen.update(this.state, event, this.nowMs));
    return this;
  }

  /** Lets time pass; the screen is woken whenever it asked to be. */
  pass(ms: number): this {
    const end = this.nowMs + ms;
    for (let due = this.screen.wakeAtMs(this.state); due !== undefined && due <= end;) {
      this.nowMs = Math.max(this.nowMs, due);
      this.send({ type: "tick" });
      const next = this.screen.wakeAtMs(this.state);
      if (next === due) throw new Error("it wants to be woken for what it has just been woken for");
      due = next;
    }
    this.nowMs = end;
    return this;
  }

  /** The effects asked for since the last time. */
  asked(): Effect[] {
    return this.effects.splice(0);
  }

  get lines(): string[] {
    const lines = this.screen.view(this.state, this.size, this.nowMs);
    return plain(lines.map((line) => fitLine(line, this.size.width)));
  }

  get text(): string {
    return this.lines.join("\n");
  }

  /** Texts shown in a tone. */
  toned(tone: string): string {
    return this.screen
      .view(this.state, this.size, this.nowMs)
      .flatMap((line) => line.filter((span) => span.tone === tone).map((span) => span.text))
      .join("\n");
  }

  private take(step: Step<State, Effect, Done>): void {
    this.state = step.state;
    this.effects.push(...(step.effects ?? []));
    this.done ??= step.done;
  }
}
