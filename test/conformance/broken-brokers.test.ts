/** The suite of brokers proven: each case has brokers that break just that rule, and it is the one that says so. */
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { PaperPlugin } from "../../plugins/paper/index.ts";
import {
  BrokerPlugin,
  type CancelIntent,
  type CloseIntent,
  type DispatchEnvelope,
  type EntryIntent,
  type ExchangeCapabilities,
  type ExchangeOrder,
  ExchangeOrderRejectedError,
  type ExchangePosition,
  type ExitIntent,
  type OrderEvent,
  type PositionPort,
  type Price,
  type SpotInventoryPort,
} from "../../src/api/plugin.ts";
import { defaultsOf } from "../../src/api/config/fields.ts";
import {
  brokerConformanceCases,
  type ConformanceResult,
  testProvider,
} from "../../src/api/conformance/suite.ts";
import { columnsOfRows } from "../data/rows.ts";
import { dataFiles, hour, symInfo, TurnsClock, zigzag } from "../plugins/fixtures.ts";

const start = Date.UTC(2024, 0, 1);
const files = dataFiles({
  X: { symInfo: symInfo("60"), timeframe: "60", columns: columnsOfRows(zigzag(400, start, hour)) },
});
const clock = new TurnsClock(start + 10_000 * hour);
const brokerIds = new Set(brokerConformanceCases.map(({ id }) => id));

type Broken = new (options: ConstructorParameters<typeof PaperPlugin>[0]) => PaperPlugin;

async function results(plugin: Broken, sendsOrders = true): Promise<readonly ConformanceResult[]> {
  const all = await Array.fromAsync(
    testProvider({
      plugin: plugin as unknown as typeof PaperPlugin,
      create: (request) =>
        new plugin({
          ...request,
          name: "broken",
          config: { ...defaultsOf(PaperPlugin.Config), start: "25%" } as PaperPlugin["config"],
          dataFiles: files,
        }),
      ...{ clock, patienceMs: 3000, promptMs: 1000, liveMs: 200, sendsOrders },
    }),
  );
  return all.filter(({ id }) => brokerIds.has(id));
}

const failed = (list: readonly ConformanceResult[]): string[] =>
  list.filter(({ status }) => status === "fail").map(({ id }) => id);

/** The paper broker with other capabilities. */
const able = (levels: Partial<ExchangeCapabilities>): Broken =>
  class extends PaperPlugin {
    override getCapabilities = (): ExchangeCapabilities => ({
      ...PaperPlugin.prototype.getCapabilities.call(this),
      ...levels,
    });
  };

/** With other open orders. */
const listing = (change: (order: ExchangeOrder) => object): Broken =>
  class extends PaperPlugin {
    override getOpenOrders = async (symbol?: string): Promise<ExchangeOrder[]> =>
      (await super.getOpenOrders(symbol)).map((order) => ({ ...order, ...change(order) }));
  };

/** With other answers to an entry. */
const answering = (change: (orders: ExchangeOrder[]) => ExchangeOrder[]): Broken =>
  class extends PaperPlugin {
    override executeEntry = async (envelope: DispatchEnvelope<EntryIntent>): Promise<ExchangeOrder[]> =>
      change(await super.executeEntry(envelope));
  };

/** With other events; `undefined` drops one. */
const telling = (change: (event: OrderEvent) => object | undefined): Broken =>
  class extends PaperPlugin {
    override async *watchOrders(signal: AbortSignal): AsyncIterable<OrderEvent> {
      for await (const event of super.watchOrders(signal)) {
        const changed = change(event);
        if (changed !== undefined) yield { ...event, ...changed };
      }
    }
  };

/** With another position. */
const standing = (change: (position: ExchangePosition | null) => unknown): Broken =>
  class extends PaperPlugin {
    override getPosition = async (symbol: string): Promise<ExchangePosition | null> =>
      change(await super.getPosition(symbol)) as ExchangePosition | null;
  };

/** With another close. */
const closing = (change: (intent: CloseIntent) => object): Broken =>
  class extends PaperPlugin {
    override executeClose = (envelope: DispatchEnvelope<CloseIntent>): Promise<ExchangeOrder> =>
      super.executeClose({ ...envelope, intent: { ...envelope.intent, ...change(envelope.intent) } });
  };

/** The same order under an id of its own making. */
const reissued = <E extends DispatchEnvelope>(envelope: E): E => {
  const number = ++numbers;
  return { ...envelope, clientOrderId: (kind: never) => `${envelope.clientOrderId(kind)}-${number}` };
};
let numbers = 0;

const isEntryFill = (event: OrderEvent): boolean => event.fillQty !== undefined && event.legType === "entry";

const broken: readonly (readonly [id: string, how: string, plugin: Broken])[] = [
  [
    "broker-connect",
    "its account has no name",
    class extends PaperPlugin {
      override get accountId(): string {
        return "default";
      }
    },
  ],
  [
    "broker-connect",
    "its account has another name at every look",
    class extends PaperPlugin {
      override get accountId(): string {
        return `paper-${++numbers}`;
      }
    },
  ],
  ["broker-capabilities", "a level is no level", able({ reduceOnly: "yes" as never })],
  ["broker-capabilities", "one is missing", able({ trailingStop: undefined as never })],
  ["broker-capabilities", "one is made up", able({ teleport: "native" } as never)],
  ["broker-idempotency", "orders cannot be told apart", able({ idempotency: "unsupported" })],
  ["broker-stream", "it says that there is no stream", able({ watchOrders: "unsupported" })],
  [
    "broker-stream",
    "there is none",
    class extends PaperPlugin {
      override watchOrders = BrokerPlugin.prototype.watchOrders;
    },
  ],
  [
    "broker-amend-declared",
    "amends are native, and inherited",
    class extends PaperPlugin {
      override modifyEntry = BrokerPlugin.prototype.modifyEntry;
      override modifyExit = BrokerPlugin.prototype.modifyExit;
    },
  ],
  [
    "broker-id-length",
    "ids do not fit",
    class extends PaperPlugin {
      static override clientOrderIdMaxLen = 16;
    },
  ],
  [
    "broker-id-length",
    "the length is no whole number",
    class extends PaperPlugin {
      static override clientOrderIdMaxLen = 20.5;
    },
  ],
  [
    "broker-residuals",
    "what is left cannot be cancelled",
    class extends PaperPlugin {
      override getResidualOrdersAfterBracketAttachReject(): readonly string[] {
        return ["1"];
      }
    },
  ],
  [
    "broker-ports",
    "a member is missing",
    class extends PaperPlugin {
      override positionPort = { closeLeg: () => Promise.resolve() } as unknown as PositionPort;
    },
  ],
  [
    "broker-ports",
    "a spot account goes short",
    class extends PaperPlugin {
      override spotInventoryPort = {
        ...{ productId: "X", baseAsset: "X", quoteAsset: "USD", cursorScope: "time" },
        ...{ baseTolerance: 0, settlementGraceS: 1, positionDustThreshold: 0 },
        fetchExecutions: () => Promise.reject(new Error("none")),
        fetchBaseBalance: () => Promise.resolve(0),
        minSellableBase: () => Promise.resolve(null),
      } as SpotInventoryPort;
    },
  ],
  [
    "broker-balance",
    "it is empty",
    class extends PaperPlugin {
      override getBalance = () => Promise.resolve({});
    },
  ],
  [
    "broker-balance",
    "it is no number",
    class extends PaperPlugin {
      override getBalance = () => Promise.resolve({ USD: Number.NaN });
    },
  ],
  [
    "broker-can-shutdown",
    "it never can",
    class extends PaperPlugin {
      override canShutdown = () => false;
    },
  ],
  [
    "broker-starts-flat",
    "open orders cannot be read",
    class extends PaperPlugin {
      override getOpenOrders = () => Promise.reject(new Error("no"));
    },
  ],
  ["broker-limit-rests", "the answer is empty", answering(() => [])],
  [
    "broker-limit-rests",
    "the answer says filled",
    answering((orders) => orders.map((order) => ({ ...order, status: "filled" as const }))),
  ],
  [
    "broker-limit-rests",
    "the quantity grows",
    class extends PaperPlugin {
      override executeEntry = (envelope: DispatchEnvelope<EntryIntent>): Promise<ExchangeOrder[]> =>
        super.executeEntry({
          ...envelope,
          intent: { ...envelope.intent, qty: (envelope.intent.qty * 2) as EntryIntent["qty"] },
        });
    },
  ],
  [
    "broker-open-orders",
    "they do not say which ids they were sent with",
    listing(() => ({ clientOrderId: undefined })),
  ],
  ["broker-open-orders", "they have other ids", listing(({ id }) => ({ clientOrderId: id }))],
  [
    "broker-find-order",
    "an open order is not found",
    class extends PaperPlugin {
      override findOrder = () => Promise.resolve(null);
    },
  ],
  [
    "broker-find-order",
    "any id is found",
    class extends PaperPlugin {
      override findOrder = async () => (await super.getOpenOrders())[0] ?? null;
    },
  ],
  [
    "broker-same-id-once",
    "a repetition is another order",
    class extends PaperPlugin {
      #sent = new Set<string>();
      override executeEntry = (envelope: DispatchEnvelope<EntryIntent>): Promise<ExchangeOrder[]> => {
        const id = envelope.clientOrderId("e");
        const again = this.#sent.has(id) && envelope.intent.orderType === "limit";
        this.#sent.add(id);
        return super.executeEntry(again ? reissued(envelope) : envelope);
      };
    },
  ],
  [
    "broker-same-id-once",
    "a repetition is refused in a way that nobody knows",
    class extends PaperPlugin {
      #last = "";
      override executeEntry = async (envelope: DispatchEnvelope<EntryIntent>): Promise<ExchangeOrder[]> => {
        const id = envelope.clientOrderId("e");
        if (this.#last === id && (await super.getOpenOrders()).length > 0) throw new TypeError("duplicate");
        this.#last = id;
        return super.executeEntry(envelope);
      };
    },
  ],
  [
    "broker-amend-in-place",
    "an amend is another order",
    class extends PaperPlugin {
      override modifyEntry = async (
        previous: DispatchEnvelope<EntryIntent>,
        next: DispatchEnvelope<EntryIntent>,
      ): Promise<ExchangeOrder[]> => {
        void previous;
        return super.executeEntry(reissued(next));
      };
    },
  ],
  [
    "broker-amend-in-place",
    "an amend changes nothing",
    class extends PaperPlugin {
      override modifyEntry = (): Promise<ExchangeOrder[]> => super.getOpenOrders();
    },
  ],
  [
    "broker-reconnect",
    "the account is another one after it",
    class extends PaperPlugin {
      #connects = 0;
      override connect(signal?: AbortSignal): Promise<void> {
        this.#connects++;
        return super.connect(signal);
      }
      override get accountId(): string {
        return `paper-${this.#connects}`;
      }
    },
  ],
  [
    "broker-cancel",
    "a cancel does nothing",
    class extends PaperPlugin {
      override executeCancelWithOutcome = () => Promise.resolve("cancel_confirmed" as const);
      // The suite itself must be able to clean up.
      override executeCancel = async (envelope: DispatchEnvelope<CancelIntent>): Promise<boolean> => {
        await PaperPlugin.prototype.executeCancelWithOutcome.call(this, envelope);
        return true;
      };
    },
  ],
  [
    "broker-cancel",
    "it says that the order had filled",
    class extends PaperPlugin {
      override executeCancelWithOutcome = async (envelope: DispatchEnvelope<CancelIntent>) => {
        await super.executeCancelWithOutcome(envelope);
        return "already_filled" as const;
      };
    },
  ],
  [
    "broker-order-events",
    "nothing is heard of a cancel",
    telling(({ eventType }) => (eventType === "cancelled" ? undefined : {})),
  ],
  ["broker-order-events", "events do not say whose they are", telling(() => ({ pineId: undefined }))],
  [
    "broker-cancel-again",
    "what is gone is still pending for it",
    class extends PaperPlugin {
      override executeCancel = async (envelope: DispatchEnvelope<CancelIntent>): Promise<boolean> =>
        (await super.executeCancelWithOutcome(envelope)) === "cancel_confirmed" &&
        envelope.intent.fromEntry !== undefined;
    },
  ],
  [
    "broker-id-spent",
    "an id comes back to life",
    class extends PaperPlugin {
      override executeEntry = (envelope: DispatchEnvelope<EntryIntent>): Promise<ExchangeOrder[]> =>
        super.executeEntry(envelope).catch((error: unknown) => {
          if ((error as { code?: unknown }).code !== "BROKER_ID_SPENT") throw error;
          return super.executeEntry(reissued(envelope));
        });
    },
  ],
  [
    "broker-below-minimum",
    "what is too small is inflated",
    class extends PaperPlugin {
      override executeEntry = (envelope: DispatchEnvelope<EntryIntent>): Promise<ExchangeOrder[]> => {
        const qty = Math.max(1, envelope.intent.qty) as EntryIntent["qty"];
        return super.executeEntry({ ...envelope, intent: { ...envelope.intent, qty } });
      };
    },
  ],
  [
    "broker-below-minimum",
    "what is too small is rejected",
    class extends PaperPlugin {
      override executeEntry = (envelope: DispatchEnvelope<EntryIntent>): Promise<ExchangeOrder[]> =>
        envelope.intent.qty < 1
          ? Promise.reject(new ExchangeOrderRejectedError("too small"))
          : super.executeEntry(envelope);
    },
  ],
  [
    "broker-not-connected",
    "the failure could be anything",
    class extends PaperPlugin {
      override executeEntry = async (envelope: DispatchEnvelope<EntryIntent>): Promise<ExchangeOrder[]> => {
        if (!this.isConnected) throw new Error("socket hang up");
        return super.executeEntry(envelope);
      };
    },
  ],
  ["broker-market-fills", "no fill is heard of", telling((event) => (isEntryFill(event) ? undefined : {}))],
  [
    "broker-market-fills",
    "fillQty is not what was added",
    telling((event) => (isEntryFill(event) ? { fillQty: event.fillQty! * 2 } : {})),
  ],
  [
    "broker-market-fills",
    "a fill has no price",
    telling((event) => (isEntryFill(event) ? { fillPrice: undefined } : {})),
  ],
  [
    "broker-market-fills",
    "a fill is of another leg",
    telling((event) => (isEntryFill(event) ? { legType: "tp" } : {})),
  ],
  [
    "broker-market-fills",
    "a fill is told twice",
    class extends PaperPlugin {
      override async *watchOrders(signal: AbortSignal): AsyncIterable<OrderEvent> {
        for await (const event of super.watchOrders(signal)) {
          if (isEntryFill(event)) yield { ...event, eventType: "partial", fillId: `${event.fillId}-again` };
          yield event;
        }
      }
    },
  ],
  [
    "broker-position",
    "an open position is null",
    standing((position) => (position === null ? null : flatOnce(position))),
  ],
  [
    "broker-position",
    "its side is wrong",
    standing((position) => (position?.size === 2 ? { ...position, side: "short" } : position)),
  ],
  [
    "broker-position",
    "its size is in lots of a hundred",
    standing((position) => (position?.size === 2 ? { ...position, size: 0.02 } : position)),
  ],
  [
    "broker-bracket",
    "a bracket is one order",
    class extends PaperPlugin {
      override executeExit = async (envelope: DispatchEnvelope<ExitIntent>): Promise<ExchangeOrder[]> =>
        (await super.executeExit(envelope)).slice(0, 1);
    },
  ],
  [
    "broker-bracket",
    "its legs could open a position",
    class extends PaperPlugin {
      override executeExit = async (envelope: DispatchEnvelope<ExitIntent>): Promise<ExchangeOrder[]> =>
        (await super.executeExit(envelope)).map((order) => ({ ...order, reduceOnly: false }));
    },
  ],
  [
    "broker-bracket",
    "its legs have one id",
    class extends PaperPlugin {
      override executeExit = async (envelope: DispatchEnvelope<ExitIntent>): Promise<ExchangeOrder[]> =>
        (await super.executeExit(envelope)).map((order) => ({ ...order, clientOrderId: "x" }));
    },
  ],
  [
    "broker-partial-close",
    "a close of a part closes all",
    closing(({ qty }) => ({ qty: qty === 1 ? 2 : qty })),
  ],
  [
    "broker-partial-close",
    "a close is told as an entry",
    telling((event) =>
      event.legType === "close" && event.fillQty !== undefined ? { legType: "entry" } : {},
    ),
  ],
  [
    "broker-close-never-flips",
    "a close turns the position around",
    class extends PaperPlugin {
      override executeClose = async (envelope: DispatchEnvelope<CloseIntent>): Promise<ExchangeOrder> =>
        envelope.intent.qty === 3
          ? (await super.executeEntry(asEntry(envelope)))[0]!
          : super.executeClose(envelope);
    },
  ],
  [
    "broker-flat",
    "flat is a position of nothing on one side",
    standing((position) => position ?? { side: "long", size: 0, entryPrice: 0 as Price }),
  ],
  [
    "broker-close-when-flat",
    "a close opens a position",
    class extends PaperPlugin {
      override executeClose = async (envelope: DispatchEnvelope<CloseIntent>): Promise<ExchangeOrder> =>
        (await super.getPosition("X")) === null
          ? (await super.executeEntry(asEntry(envelope)))[0]!
          : super.executeClose(envelope);
    },
  ],
  [
    "broker-fill-ids",
    "executions have none",
    telling(({ fillQty }) => (fillQty === undefined ? {} : { fillId: undefined })),
  ],
  [
    "broker-fill-ids",
    "executions share one",
    telling(({ fillQty }) => (fillQty === undefined ? {} : { fillId: "F" })),
  ],
];

let flatLooks = 0;
/** Flat at the first look at a position of two. */
function flatOnce(position: ExchangePosition): ExchangePosition | null {
  return position.size === 2 && flatLooks++ === 0 ? null : position;
}

function asEntry(envelope: DispatchEnvelope<CloseIntent>): DispatchEnvelope<EntryIntent> {
  const { pineId, symbol, side, qty } = envelope.intent;
  const intent = { kind: "entry", orderType: "market", pineId, symbol, side, qty } as EntryIntent;
  return { ...envelope, intent };
}

describe("the paper broker", () => {
  test("keeps every rule", async () => {
    const list = await results(PaperPlugin);
    expect(failed(list)).toEqual([]);
    expect(list.filter(({ status }) => status === "skip").map(({ id }) => id)).toEqual([
      "broker-residuals",
      "broker-ports",
    ]);
  });

  test("is sent no order unless that is asked for", async () => {
    let orders = 0;
    class Watched extends PaperPlugin {
      override executeEntry(envelope: DispatchEnvelope<EntryIntent>): Promise<ExchangeOrder[]> {
        orders++;
        return super.executeEntry(envelope);
      }
    }
    const list = await results(Watched, false);
    expect([failed(list), orders, list.at(-1)?.id]).toEqual([[], 0, "broker-can-shutdown"]);
  });

  test("may leave the outcome of a cancel open; that is remarked upon", async () => {
    class Vague extends PaperPlugin {
      override executeCancelWithOutcome = BrokerPlugin.prototype.executeCancelWithOutcome;
      override executeCancel = async (envelope: DispatchEnvelope<CancelIntent>): Promise<boolean> => {
        await PaperPlugin.prototype.executeCancelWithOutcome.call(this, envelope);
        return true;
      };
    }
    const list = await results(Vague);
    expect(failed(list)).toEqual([]);
    expect(list.find(({ id }) => id === "broker-cancel-outcome-known")).toMatchObject({
      status: "pass",
      detail: expect.stringContaining("inherited"),
    });
  });

  test("is not traded where somebody has a position already", async () => {
    const list = await results(standing((position) => position ?? { side: "long", size: 5, entryPrice: 1 }));
    expect(list.find(({ id }) => id === "broker-starts-flat")).toMatchObject({
      status: "skip",
      detail: expect.stringContaining("a position of 5"),
    });
  });
});

describe("a broker that breaks one rule fails that case and no other", () => {
  test.each(broken)("%s: %s", async (id, _how, plugin) => {
    flatLooks = 0;
    const list = await results(plugin);
    expect({ failed: failed(list), detail: list.find(({ status }) => status === "fail")?.detail }).toEqual({
      failed: [id],
      detail: expect.any(String),
    });
  });

  test("every case is proven", () => {
    // An outcome that is not known is slow, not wrong: it is remarked upon.
    const proven = new Set([...broken.map(([id]) => id), "broker-cancel-outcome-known"]);
    expect([...brokerIds].filter((id) => !proven.has(id))).toEqual([]);
  });
});

test("the documentation says what each case demands", () => {
  const document = readFileSync(join(import.meta.dir, "../../docs/plugins.md"), "utf8");
  const documented = [...document.matchAll(/^\| `(broker-[a-z-]+)` \|/gm)].map(([, id]) => id!);
  expect(documented).toEqual([...brokerIds]);
});
