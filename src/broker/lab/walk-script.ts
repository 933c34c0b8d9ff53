import type { Draws } from "./random.ts";
import type { RequestKind } from "./venue/line.ts";
import type { Market } from "./walk-market.ts";

/** What a script asks on one bar, and the requests that come of it where nothing stands against them. */
export interface Ask {
  /** What happens before, so that it meets something. */
  readonly before: readonly string[];
  readonly line: string;
  readonly requests: readonly RequestKind[];
}

/** How a resting entry was asked for. */
type Way = "limit" | "stop" | "both";

const entries = ["L", "S", "M"] as const;
type Entry = (typeof entries)[number];
const exits = ["X", "Y"] as const;

/** What a script that is walked through can be like. */
export interface ScriptOptions {
  readonly sides: readonly ("long" | "short")[];
  /** Whether brackets hang on positions. */
  readonly isHedging: boolean;
}

/**
 * What the script of one run asks for, drawn at random. It remembers what it has asked for, so that most of what it
 * changes and takes back is there.
 */
export class WalkScript {
  readonly #draws: Draws;
  readonly #market: Market;
  readonly #options: ScriptOptions;
  /** Entries that may rest, and those that may have filled. */
  readonly #resting = new Map<Entry, { readonly side: "long" | "short"; readonly way: Way }>();
  readonly #opened = new Set<Entry>();
  readonly #exits = new Map<string, { readonly exit: string; readonly entry: Entry }>();

  constructor(draws: Draws, market: Market, options: ScriptOptions) {
    this.#draws = draws;
    this.#market = market;
    this.#options = options;
  }

  ask(): Ask {
    const kind = this.#draws.weighted({
      market: 5,
      resting: 6,
      exit: 6,
      trail: 1.5,
      close: 3,
      cancel: 2,
      amend: 6,
      amend_exit: 4,
      all: 1,
      group: 1,
    });
    switch (kind) {
      case "market":
        return this.#marketEntry();
      case "resting":
        return this.#restingEntry();
      case "exit":
        return this.#bracketExit();
      case "trail":
        return this.#trailingExit();
      case "close":
        return this.#close();
      case "cancel":
        return this.#cancel();
      case "amend":
        return this.#amend();
      case "amend_exit":
        return this.#amendExit();
      case "all":
        return this.#all();
      case "group":
        return this.#groupedEntry();
    }
  }

  /** The market takes a part of something that was asked for. */
  piece(): string {
    const draws = this.#draws;
    const [resting, exit] = [this.#oneOf([...this.#resting.keys()]), this.#oneOf([...this.#exits.values()])];
    const qty = draws.pick([0.01, 0.1, 0.25, 0.5, 1]);
    if (exit !== undefined && (resting === undefined || draws.chance(0.4)))
      return `fill ${exit.exit}<${exit.entry} ${draws.pick(["tp", "sl"])} ${qty}`;
    if (resting === undefined) return `fill * ${qty}`;
    this.#opened.add(resting);
    return `fill ${resting} entry ${qty}`;
  }

  /** An order that may be there, as the verbs of the venue name it. */
  order(): string {
    const [resting, exit] = [this.#oneOf([...this.#resting.keys()]), this.#oneOf([...this.#exits.values()])];
    if (exit !== undefined && (resting === undefined || this.#draws.chance(0.5)))
      return `${exit.exit}<${exit.entry} ${this.#draws.pick(["tp", "sl"])}`;
    return resting === undefined ? "*" : `${resting} entry`;
  }

  #marketEntry(): Ask {
    const { id, side, qty } = this.#entryOf();
    this.#opened.add(id);
    this.#resting.delete(id);
    const verb = this.#draws.chance(0.1) ? "order" : "entry";
    return asks(`${verb} ${id} ${side} ${qty}`, ["entry", "close"]);
  }

  #restingEntry(): Ask {
    const { id, side, qty } = this.#entryOf();
    const way = this.#draws.weighted({ limit: 5, stop: 4, both: 1 });
    this.#resting.set(id, { side, way });
    return asks(`entry ${id} ${side} ${qty}${this.#prices(side, way)}`, ["entry"]);
  }

  #groupedEntry(): Ask {
    const { id, side, qty } = this.#entryOf();
    this.#resting.set(id, { side, way: "limit" });
    const kind = this.#draws.pick(["oca", "reduce"]);
    return asks(`entry ${id} ${side} ${qty}${this.#prices(side, "limit")} ${kind} G`, ["entry"]);
  }

  #bracketExit(): Ask {
    const draws = this.#draws;
    const { exit, entry, sign } = this.#exitOf();
    const way = draws.weighted({ both: 5, limit: 2, stop: 2, ticks: 1 });
    const part = draws.chance(0.12) ? ` qty ${draws.pick([0.5, 0.25])}` : "";
    const levels =
      way === "ticks"
        ? ` profit ${draws.between(50, 400)} loss ${draws.between(50, 400)}`
        : `${way === "stop" ? "" : ` limit ${this.#market.around(sign)}`}${way === "limit" ? "" : ` stop ${this.#market.around(-sign as 1 | -1)}`}`;
    return asks(`exit ${exit} from ${entry}${part}${levels}`, this.#bracket("exit"));
  }

  #trailingExit(): Ask {
    const draws = this.#draws;
    const { exit, entry } = this.#exitOf();
    const part = draws.chance(0.25) ? ` qty ${draws.pick([0.5, 0.25])}` : "";
    const trail = ` trail_points ${draws.between(10, 300)} trail_offset ${draws.between(20, 300)}`;
    const loss = draws.chance(0.4) ? ` loss ${draws.between(50, 400)}` : "";
    return asks(`exit ${exit} from ${entry}${part}${trail}${loss}`, this.#bracket("exit"));
  }

  #close(): Ask {
    const draws = this.#draws;
    const id = this.#oneOf([...this.#opened]) ?? draws.pick(entries);
    return asks(draws.chance(0.4) ? `close ${id}` : `close_percent ${id} ${draws.pick([25, 50, 70, 100])}`, [
      "close",
    ]);
  }

  #cancel(): Ask {
    const isExit = this.#draws.chance(0.35);
    if (isExit) {
      const exit = this.#oneOf([...this.#exits.values()])?.exit ?? "X";
      for (const [name, one] of this.#exits) if (one.exit === exit) this.#exits.delete(name);
      return asks(`cancel ${exit}`, this.#bracket("cancel"));
    }
    const id = this.#oneOf([...this.#resting.keys()]) ?? this.#draws.pick(entries);
    this.#resting.delete(id);
    return asks(`cancel ${id}`, ["cancel"], this.#draws.chance(0.3) ? [this.#pieceOf(id)] : []);
  }

  #amend(): Ask {
    const draws = this.#draws;
    const id = this.#oneOf([...this.#resting.keys()]);
    if (id === undefined) return this.#restingEntry();
    const { side, way } = this.#resting.get(id)!;
    const qty = draws.chance(0.35) ? ` ${draws.pick([0.5, 1, 2, 3])}` : "";
    const prices = qty !== "" && draws.chance(0.3) ? "" : this.#prices(side, way);
    return asks(
      `amend ${id}${qty}${prices}`,
      ["modify", "cancel", "entry"],
      draws.chance(0.4) ? [this.#pieceOf(id)] : [],
    );
  }

  #amendExit(): Ask {
    const draws = this.#draws;
    const one = this.#oneOf([...this.#exits.values()]);
    if (one === undefined) return this.#bracketExit();
    const { exit, entry } = one;
    const leg = draws.pick(["limit", "stop"] as const);
    const sign = (this.#sideOf(entry) === "long") === (leg === "limit") ? 1 : -1;
    return asks(
      `amend_exit ${exit} from ${entry} ${leg} ${this.#market.around(draws.chance(0.9) ? sign : (-sign as 1 | -1))}`,
      this.#bracket("modify"),
      draws.chance(0.3)
        ? [`fill ${exit}<${entry} ${draws.pick(["tp", "sl"])} ${draws.pick([0.1, 0.25])}`]
        : [],
    );
  }

  #all(): Ask {
    if (this.#draws.chance(0.5)) return asks("close_all", ["close"]);
    this.#resting.clear();
    this.#exits.clear();
    return asks("cancel_all", ["cancel"]);
  }

  #pieceOf(id: Entry): string {
    this.#opened.add(id);
    return `fill ${id} entry ${this.#draws.pick([0.1, 0.25, 0.3])}`;
  }

  #entryOf(): { readonly id: Entry; readonly side: "long" | "short"; readonly qty: number } {
    const id = this.#draws.pick(entries);
    return { id, side: this.#sideOf(id), qty: this.#draws.pick([1, 1, 2, 0.5, 3, 0.37]) };
  }

  /** Names keep their side, as scripts do; now and then one does not. */
  #sideOf(id: Entry): "long" | "short" {
    const { sides } = this.#options;
    if (sides.length === 1) return sides[0]!;
    return this.#draws.chance(0.9) ? (id === "S" ? "short" : "long") : this.#draws.pick(sides);
  }

  /** Of what is there, or may be. */
  #exitOf(): { readonly exit: string; readonly entry: Entry; readonly sign: 1 | -1 } {
    const draws = this.#draws;
    const there = [...new Set([...this.#opened, ...this.#resting.keys()])];
    const entry = (draws.chance(0.85) ? this.#oneOf(there) : undefined) ?? draws.pick(entries);
    const exit = draws.chance(0.85) ? exits[0] : exits[1];
    this.#exits.set(`${exit} ${entry}`, { exit, entry });
    const side = this.#resting.get(entry)?.side ?? this.#sideOf(entry);
    return { exit, entry, sign: side === "long" ? 1 : -1 };
  }

  #prices(side: "long" | "short", way: Way): string {
    const sign = side === "long" ? 1 : -1;
    const limit = way === "stop" ? "" : ` limit ${this.#market.around(-sign as 1 | -1)}`;
    return `${limit}${way === "limit" ? "" : ` stop ${this.#market.around(sign)}`}`;
  }

  /** Where brackets hang on positions every change of one is the same request. */
  #bracket(kind: "exit" | "modify" | "cancel"): readonly RequestKind[] {
    if (this.#options.isHedging) return ["leg"];
    return kind === "modify" ? ["modify", "cancel", "exit"] : [kind];
  }

  #oneOf<T>(from: readonly T[]): T | undefined {
    return from.length === 0 ? undefined : this.#draws.pick(from);
  }
}

const asks = (line: string, requests: readonly RequestKind[], before: readonly string[] = []): Ask => ({
  before,
  line,
  requests,
});
