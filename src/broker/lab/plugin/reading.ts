import type { ExchangeCapabilities } from "../../../api/broker/capabilities.ts";
import type { BrokerError } from "../../../api/broker/errors.ts";
import type { ExchangeOrder, OrderEvent } from "../../../api/broker/orders.ts";
import type { ExchangePosition } from "../../../api/broker/position.ts";
import type { LiveProviderConfig } from "../../../api/config/fields.ts";
import { BrokerPlugin } from "../../../api/plugins/broker.ts";
import type { Bar, BarUpdate } from "../../../kernel/bar.ts";
import type { SymInfo } from "../../../kernel/syminfo.ts";
import { price } from "../../../kernel/units.ts";
import type { Connection } from "../venue/connection.ts";
import { LineError } from "../venue/line.ts";
import type { AccountMode } from "../venue/model.ts";
import { brokerError, translated } from "./failures.ts";
import { OwnEvents } from "./own-events.ts";
import { venueOrder } from "./translate.ts";

/** What a reference broker is given. */
export interface ReferenceOptions {
  readonly connection: Connection;
  readonly account: string;
  readonly symInfo: SymInfo;
  readonly capabilities: Partial<ExchangeCapabilities>;
  readonly mode?: AccountMode;
  readonly closesLegsPartly?: boolean;
  readonly findsOrders?: boolean;
  /** That an exit whose answer was lost has never come to the venue is found out without being asked. */
  readonly resolvesLost?: boolean;
  /** It has something to say about orders before they are sent. */
  readonly interceptOrder?: BrokerPlugin["interceptOrder"];
}

/** The half of the reference broker that only looks: what there is at the venue, and what happens there. */
export abstract class ReadingBroker extends BrokerPlugin<LiveProviderConfig> {
  static override pluginName = "Lab";
  static override timeframes = { "1": "1m" };

  protected readonly options: ReferenceOptions;
  readonly #events: OwnEvents;

  constructor(options: ReferenceOptions) {
    super({
      config: { symbol_map: {} },
      name: "lab",
      symbol: options.symInfo.ticker,
      timeframe: options.symInfo.period,
    });
    this.options = options;
    this.#events = new OwnEvents(options.connection, (clientOrderId) => this.isOwn(clientOrderId));
  }

  get connection(): Connection {
    return this.options.connection;
  }

  override get accountId(): string {
    return `lab-${this.options.account}`;
  }

  override getOpenOrders(symbol?: string): Promise<ExchangeOrder[]> {
    const { connection } = this;
    return translated(() =>
      connection.read("orders", (view) =>
        view.openOrders().map((order) => venueOrder(order, symbol ?? connection.rules.symbol)),
      ),
    );
  }

  override findOrder(clientOrderId: string, symbol: string): Promise<ExchangeOrder | null | "unknown"> {
    if (this.options.findsOrders === false) return super.findOrder(clientOrderId, symbol);
    return translated(async () => {
      const order = await this.connection.find(clientOrderId);
      return order === null ? null : venueOrder(order, symbol);
    });
  }

  override getPosition(symbol: string): Promise<ExchangePosition | null> {
    return translated(() =>
      this.connection.read("position", ({ size, averagePrice }) =>
        size === 0
          ? null
          : {
              symbol,
              side: size > 0 ? ("long" as const) : ("short" as const),
              size: Math.abs(size),
              entryPrice: price(averagePrice),
              unrealizedPnl: 0,
              leverage: 1,
              marginMode: "cross" as const,
            },
      ),
    );
  }

  override getBalance(): Promise<Readonly<Record<string, number>>> {
    const { quoteCurrency } = this.connection.rules;
    return translated(() => this.connection.read("balance", () => ({ [quoteCurrency]: 1_000_000 })));
  }

  override watchOrders(signal: AbortSignal): AsyncIterable<OrderEvent> {
    return this.#events.watch(signal);
  }

  override mapException(error: unknown): BrokerError | null {
    return error instanceof LineError ? brokerError(error, "") : null;
  }

  override async connect(): Promise<void> {
    this.connection.open();
  }

  override async disconnect(): Promise<void> {
    this.connection.close();
  }

  override get isConnected(): boolean {
    return this.connection.isUp;
  }

  override watchOhlcv(_symbol: string, _timeframe: string, signal: AbortSignal): Promise<BarUpdate> {
    return new Promise((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
  }

  override async getAvailableSymbols(): Promise<string[]> {
    return [this.options.symInfo.ticker];
  }

  override async getSymbolInfo(): Promise<SymInfo> {
    return this.options.symInfo;
  }

  override async *download(): AsyncIterable<readonly Bar[]> {}

  /** It was sent by this run, in whichever process. */
  protected isOwn(clientOrderId: string): boolean {
    return clientOrderId !== "" && this.storeCtx?.findByRef("client", clientOrderId) != null;
  }
}
