/** System calls of a process and its threads, as `strace -f -y -s 8192` writes them. */

/** A call that has ended. */
export interface SystemCall {
  readonly name: string;
  /** What its descriptor is, of the first argument: a path, `TCP:[...]`. */
  readonly target: string;
  /** The arguments as they were printed. */
  readonly args: string;
  readonly result: number;
  /** Places in the order of things at which it began and ended. */
  readonly began: number;
  readonly ended: number;
}

/** In the order in which they ended. A call that another thread's interrupts is put together again. */
export function systemCalls(trace: string): SystemCall[] {
  const calls: SystemCall[] = [];
  const unfinished = new Map<string, { readonly text: string; readonly began: number }>();
  trace.split("\n").forEach((line, place) => {
    const [, thread = "", rest = ""] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
    if (rest.endsWith("<unfinished ...>")) {
      unfinished.set(thread, { text: rest.slice(0, -"<unfinished ...>".length), began: place });
      return;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/s.exec(rest);
    const start = resumed === null ? undefined : unfinished.get(thread);
    unfinished.delete(thread);
    const text = start === undefined ? rest : start.text + resumed![1]!;
    const call = /^(\w+)\((.*)\)\s+= (-?\d+)/s.exec(text);
    if (call === null) return;
    const [, name = "", args = "", result = ""] = call;
    const target = /^\d+<(.*?)>(?:,|$)/s.exec(args)?.[1] ?? "";
    calls.push({ name, target, args, result: Number(result), began: start?.began ?? place, ended: place });
  });
  return calls;
}
