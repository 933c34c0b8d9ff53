import { Violation } from "../violation.ts";
import type { Verb, VerbCall } from "./verb.ts";

/** What can happen to the process of a run, and to its time. */

function operator(command: "pause" | "resume" | "flatten"): Verb {
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
    run: ({ run, words }) => {
      const places = words.maybeNumber();
      if (places === undefined) run.process?.kill();
      else if (run.process !== null) run.process.killIn = places;
    },
  },
  // A new process; it may be killed while it starts.
  restart: {
    usage: "restart [PLACES]",
    run: ({ world, run, words }) => world.start(run, words.maybeNumber()),
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
  flatten: operator("flatten"),
};
