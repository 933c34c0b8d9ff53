import { requests } from "../venue/line.ts";
import { Violation } from "../violation.ts";
import type { Verb, VerbCall } from "./verb.ts";

/** What can happen to the process of a run, and to its time. */

function operator(command: "pause" | "resume" | "flatten" | "stop"): Verb {
  return {
    usage: command,
    run: async ({ world, run }) => {
      if (!run.isLive) return;
      world.store.command(run.runId, command);
      run.hasCommands = true;
      await world.advance(6_000);
      run.hasCommands = false;
    },
  };
}

async function sync({ world, run, words }: VerbCall): Promise<void> {
  await world.closeBar(run, words.maybeNumber());
}

export const engineVerbs: Readonly<Record<string, Verb>> = {
  sync: { usage: "sync [PRICE]", run: sync },
  // The same bar once more, as a script that runs on every tick would.
  resync: {
    usage: "resync",
    run: async ({ world, run }) => {
      world.runBar(run);
      await world.settle();
    },
  },
  sync_expect_error: {
    usage: "sync_expect_error",
    run: async (call) => {
      const before = call.run.failures.length;
      await sync(call);
      await call.world.advance(200_000);
      if (call.run.failures.length === before)
        throw new Violation("expectation", "the run goes on although it should have ended");
    },
  },
  advance: {
    usage: "advance MS",
    run: ({ world, words }) => world.advance(words.number("how long")),
  },
  pump_watch: { usage: "pump_watch", run: ({ world }) => world.settle() },
  // It is killed at once, or when it has passed so many places where it touches the world.
  kill: {
    usage: "kill [PLACES]",
    run: ({ world, run, words }) => {
      const places = words.maybeNumber();
      if (places === undefined) {
        if (run.process?.isAlive === true) world.note("kill between steps");
        run.process?.kill();
      } else run.process?.killAt(null, places);
    },
  },
  // The same where it does one thing, the first time or the N-th: `kill_at after entry`.
  kill_at: {
    usage: `kill_at before|after commit|${Object.keys(requests).join("|")} [N]`,
    run: ({ run, words }) => {
      const side = words.word("on which side", ["before", "after"]);
      const what = words.word("of what", ["commit", ...Object.keys(requests)]);
      run.process?.killAt(`${side} ${what}`, words.maybeNumber() ?? 1);
    },
  },
  // A new process; it may be killed while it starts.
  restart: {
    usage: "restart [PLACES]",
    run: ({ world, run, words }) => world.start(run, words.maybeNumber()),
  },
  // Only where there is no process that lives.
  start: {
    usage: "start",
    run: async ({ world, run }) => {
      if (!run.isLive) await world.start(run);
    },
  },
  shutdown: { usage: "shutdown", run: ({ world, run }) => world.shutdown(run) },
  skew: {
    usage: "skew MS",
    run: ({ world, words }) => {
      world.skewMs = words.number("by how much");
    },
  },
  pause: operator("pause"),
  resume: operator("resume"),
  // An operator ends it, as Ctrl+C would.
  stop: {
    usage: "stop",
    run: async (call) => {
      await operator("stop").run(call);
      await call.world.shutdown(call.run);
    },
  },
  flatten: operator("flatten"),
};
