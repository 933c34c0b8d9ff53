import type { VenueDesk } from "../../desk/venue-desk.ts";
import type { LabRun } from "../lab-run.ts";
import { NotationError, type Words } from "../notation.ts";
import type { Verb } from "./verb.ts";

/**
 * What a script can ask for. It asks when its bar closes, that is at the next `sync`; what it asked for under a name
 * last is changed by `amend` and `amend_exit`.
 */

/** What entries and exits were asked for with, by run and name. */
const asked = new WeakMap<LabRun, Map<string, Ask>>();

type Options = Readonly<Record<string, string | undefined>>;
interface Ask {
  readonly side?: 1 | -1;
  readonly options: Options;
}

const memory = (run: LabRun): Map<string, Ask> => {
  const known = asked.get(run) ?? new Map<string, Ask>();
  asked.set(run, known);
  return known;
};

const numberOf = (options: Options, name: string): number | undefined => {
  const text = options[name];
  if (text === undefined || text === "none") return undefined;
  const value = Number(text);
  if (!Number.isFinite(value)) throw new NotationError(`${name} is a number, not ${text}`);
  return value;
};

const queue = (run: LabRun, command: (desk: VenueDesk) => void): void => void run.commands.push(command);

const entryOptions = ["qty", "limit", "stop", "oca", "reduce"] as const;
const exitOptions = [
  ...(["from", "qty", "qtypercent", "limit", "stop", "profit", "loss"] as const),
  ...(["trail_price", "trail_points", "trail_offset"] as const),
];

function askEntry(run: LabRun, kind: "entry" | "order", id: string, ask: Ask): void {
  memory(run).set(id, ask);
  const { options, side = 1 } = ask;
  const oca = options["oca"] ?? options["reduce"];
  const args = {
    qty: numberOf(options, "qty") ?? 1,
    limit: numberOf(options, "limit"),
    stop: numberOf(options, "stop"),
    ...(oca === undefined
      ? {}
      : {
          ocaName: oca,
          ocaType: options["oca"] === undefined ? ("reduce" as const) : ("cancel" as const),
        }),
  };
  queue(run, (desk) => {
    run.asks.entry(id, args.qty);
    if (kind === "entry") desk.entry(id, side, args);
    else desk.order(id, side, args);
  });
}

/** Entries that were ever asked for. */
const names = (run: LabRun): string[] => [...memory(run).keys()].filter((name) => !name.startsWith("exit "));

function askExit(run: LabRun, id: string, options: Options): void {
  memory(run).set(`exit ${id} ${options["from"] ?? ""}`, { options });
  const [qty, qtyPercent] = [numberOf(options, "qty"), numberOf(options, "qtypercent")];
  queue(run, (desk) => {
    // A strategy that needs what its broker cannot is refused before it begins.
    const trails = run.canTrail;
    if (!trails && isNothingButTrail(options)) return;
    for (const entryId of options["from"] === undefined ? names(run) : [options["from"]])
      run.asks.ask(id, entryId, qty, qtyPercent);
    desk.exit(id, {
      ...{ fromEntry: options["from"], qty, qtyPercent },
      limit: numberOf(options, "limit"),
      stop: numberOf(options, "stop"),
      profit: numberOf(options, "profit"),
      loss: numberOf(options, "loss"),
      trailPrice: trails ? numberOf(options, "trail_price") : undefined,
      trailPoints: trails ? numberOf(options, "trail_points") : undefined,
      trailOffset: trails ? numberOf(options, "trail_offset") : undefined,
    });
  });
}

const isNothingButTrail = (options: Options): boolean =>
  ["limit", "stop", "profit", "loss"].every((name) => numberOf(options, name) === undefined);

function entryVerb(kind: "entry" | "order"): Verb {
  return {
    usage: `${kind} ID long|short [QTY] [limit P] [stop P] [oca NAME | reduce NAME]`,
    run: ({ run, words }) => {
      const id = words.word("the id");
      const side = words.word("the side", ["long", "short"]) === "long" ? 1 : -1;
      askEntry(run, kind, id, { side, options: withQty(words, entryOptions) });
    },
  };
}

function withQty(words: Words, names: readonly string[]): Options {
  const qty = words.maybeNumber();
  return { ...(qty === undefined ? {} : { qty: String(qty) }), ...words.options(names) };
}

export const scriptVerbs: Readonly<Record<string, Verb>> = {
  entry: entryVerb("entry"),
  order: entryVerb("order"),
  amend: {
    usage: "amend ID [QTY] [limit P|none] [stop P|none]",
    run: ({ run, words }) => {
      const id = words.word("the id");
      const last = memory(run).get(id);
      const options = withQty(words, entryOptions);
      if (last !== undefined)
        askEntry(run, "entry", id, { ...last, options: { ...last.options, ...options } });
    },
  },
  exit: {
    usage:
      "exit ID [from ENTRY] [qty N | qtypercent N] [limit P] [stop P] [profit TICKS] [loss TICKS] [trail_price P | trail_points TICKS] [trail_offset TICKS]",
    run: ({ run, words }) => askExit(run, words.word("the id"), words.options(exitOptions)),
  },
  amend_exit: {
    usage: "amend_exit ID [from ENTRY] [limit P|none] [stop P|none] ...",
    run: ({ run, words }) => {
      const id = words.word("the id");
      const options: Options = words.options(exitOptions);
      const last = memory(run).get(`exit ${id} ${options["from"] ?? ""}`);
      askExit(run, id, { ...last?.options, ...options });
    },
  },
  close: {
    usage: "close ID [QTY]",
    run: ({ run, words }) => {
      const [id, qty] = [words.word("the id"), words.maybeNumber()];
      queue(run, (desk) => desk.close(id, qty === undefined ? {} : { qty }));
    },
  },
  close_percent: {
    usage: "close_percent ID PERCENT",
    run: ({ run, words }) => {
      const [id, qtyPercent] = [words.word("the id"), words.number("the percentage")];
      queue(run, (desk) => desk.close(id, { qtyPercent }));
    },
  },
  close_all: { usage: "close_all", run: ({ run }) => queue(run, (desk) => desk.closeAll()) },
  cancel: {
    usage: "cancel ID",
    run: ({ run, words }) => {
      const id = words.word("the id");
      queue(run, (desk) => {
        run.asks.cancel(id);
        run.asks.takeBack(id);
        run.asks.leave((entryId) => run.ledger.isOpen(entryId));
        desk.cancel(id);
      });
    },
  },
  cancel_all: {
    usage: "cancel_all",
    run: ({ run }) =>
      queue(run, (desk) => {
        run.asks.cancel();
        run.asks.takeBack();
        run.asks.leave((entryId) => run.ledger.isOpen(entryId));
        desk.cancelAll();
      }),
  },
};
