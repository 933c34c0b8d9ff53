import { type Beginning, type PartWord, partVariable, readWord } from "./words.ts";
import { selfCommand } from "../../host/self.ts";
import { RuntimeFailure } from "../../kernel/errors.ts";

/** Longest start of a process before it begins a story, ms: a plugin has to be loaded. */
const loadMs = 120_000;

/** A process that plays stories, to be watched. */
export interface Watched {
  /** Words after `pyne broker lab`. */
  readonly words: readonly string[];
  /** A story is played as it is, without being made shorter. */
  readonly isBare?: boolean;
  /** Longest silence, ms of real time. */
  readonly patienceMs: number;
  readonly signal: AbortSignal;
  readonly onWord: (word: PartWord) => void;
  /** What else it writes. */
  readonly onOther: (line: string) => void;
}

/** How a part has ended. */
export type PartEnd =
  | { readonly kind: "over" }
  /** A story has not ended; the step that it was at, where that is known. */
  | { readonly kind: "hung"; readonly story: Beginning; readonly step: number | null }
  /** It has said why on stderr. */
  | { readonly kind: "failed"; readonly exitCode: number };

/**
 * Plays stories in another process and ends it when nothing is heard of it any more: in virtual time everything has an
 * end, but a plugin that does something for ever in one turn of the event loop keeps the lab from looking.
 *
 * @throws RuntimeFailure when the process ends without a word, or never begins
 */
export async function watchPart({
  words,
  isBare = false,
  patienceMs,
  signal,
  onWord,
  onOther,
}: Watched): Promise<PartEnd> {
  const child = Bun.spawn([...selfCommand(), "broker", "lab", ...words], {
    stdout: "pipe",
    stderr: "inherit",
    stdin: "ignore",
    env: { ...process.env, [partVariable]: isBare ? "bare" : "1" },
  });
  const abort = (): void => child.kill();
  signal.addEventListener("abort", abort, { once: true });
  let [story, step, isOver, hasHung] = [null as Beginning | null, null as number | null, false, false];
  const end = (): void => {
    hasHung = true;
    child.kill("SIGKILL");
  };
  let silence = setTimeout(end, Math.max(loadMs, patienceMs));
  try {
    for await (const line of linesOf(child.stdout)) {
      clearTimeout(silence);
      silence = setTimeout(end, patienceMs);
      const word = readWord(line);
      if (word === undefined) onOther(line);
      else if ("begins" in word) [story, step] = [word.begins, null];
      else if ("step" in word) step = word.step;
      else if ("over" in word) isOver = true;
      if (word !== undefined) onWord(word);
    }
    await child.exited;
  } finally {
    clearTimeout(silence);
    signal.removeEventListener("abort", abort);
  }
  signal.throwIfAborted();
  if (isOver) return { kind: "over" };
  if (hasHung && story !== null) return { kind: "hung", story, step };
  if (!hasHung && child.exitCode !== null && child.exitCode > 0)
    return { kind: "failed", exitCode: child.exitCode };
  throw new RuntimeFailure(
    story === null
      ? "the process that plays the stories has not begun one"
      : `the process that played ${story.name} has ended without a result`,
  );
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncIterable<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}
