import {
  type BrokerError,
  type CancelIntent,
  type CancelOutcome,
  type CloseIntent,
  type DispatchEnvelope,
  type EntryIntent,
  type ExchangeCapabilities,
  exchangeCapabilities,
  type ExchangeOrder,
  type ExchangePosition,
  type ExitIntent,
  type OrderEvent,
} from "pynecore/plugin";

import { PaperConfig } from "./config.ts";
import { bookFailure } from "./link.ts";
import { PaperMarket } from "./market.ts";
import { timeframes } from "./timeframes.ts";
import { closeTicket, entryTicket, exitTickets } from "./wire.ts";

/** The half of the plugin that takes orders. */
export class PaperPlugin extends PaperMarket {
  static override readonly pluginName = "Paper";
  static override readonly doc = `
A simulated exchange: money that is not real, through everything that real money goes through.

\`pyne run s.pine paper:EURUSD_60@60 --broker\` trades a data file as if it happened now, as fast as the orders are
worked off; \`pyne run s.pine ccxt:BYBIT:BTC/USDT:USDT@1 --broker paper\` trades the real feed. Orders fill by the rules
of the backtest; fees, slippage, latency, partial fills and refusals are set in config/plugins/paper.toml. An account
keeps its books in output/logs and goes on where it was, however the process ended.
`;
  static override readonly Config = PaperConfig;
  static override readonly timeframes = timeframes;
  static override readonly fetchAllByDefault = true;
  static override readonly warmsUpOnEverything = true;
  static override readonly streamsOneMarket = true;
  static override readonly feedTimeoutBars = null;

  override get accountId(): string {
    return this.link.accountId;
  }

  override executeEntry(envelope: DispatchEnvelope<EntryIntent>): Promise<ExchangeOrder[]> {
    return this.link.request(({ desk, sizes }) => desk.place([entryTicket(envelope, sizes)]));
  }

  override executeExit(envelope: DispatchEnvelope<ExitIntent>): Promise<ExchangeOrder[]> {
    return this.link.request(({ desk, sizes, symInfo }) =>
      desk.placeBracket(envelope, exitTickets(envelope, sizes, symInfo.mintick)),
    );
  }

  override executeClose(envelope: DispatchEnvelope<CloseIntent>): Promise<ExchangeOrder> {
    return this.link.request(({ desk, sizes }) => desk.place([closeTicket(envelope, sizes)])[0]!);
  }

  override modifyEntry(
    previous: DispatchEnvelope<EntryIntent>,
    next: DispatchEnvelope<EntryIntent>,
  ): Promise<ExchangeOrder[]> {
    return this.link.request(({ desk, sizes }) =>
      desk.amend([entryTicket(previous, sizes)], [entryTicket(next, sizes)]),
    );
  }

  override modifyExit(
    previous: DispatchEnvelope<ExitIntent>,
    next: DispatchEnvelope<ExitIntent>,
  ): Promise<ExchangeOrder[]> {
    return this.link.request(({ desk, sizes, symInfo: { mintick } }) =>
      desk.amend(exitTickets(previous, sizes, mintick), exitTickets(next, sizes, mintick)),
    );
  }

  override async executeCancel(envelope: DispatchEnvelope<CancelIntent>): Promise<boolean> {
    await this.executeCancelWithOutcome(envelope);
    return true;
  }

  override executeCancelWithOutcome(envelope: DispatchEnvelope<CancelIntent>): Promise<CancelOutcome> {
    return this.link.request(({ desk }) => desk.cancel(envelope));
  }

  override executeCancelAll(symbol?: string): Promise<number> {
    return this.link.request(({ desk }) => {
      this.nativeCancelAllExpectedSink?.(symbol);
      return desk.cancelAll();
    });
  }

  override getOpenOrders(symbol?: string): Promise<ExchangeOrder[]> {
    return this.link.request(({ desk, account }) =>
      symbol === undefined || symbol === account.exchange.rules.symbol ? desk.openOrders() : [],
    );
  }

  override findOrder(clientOrderId: string): Promise<ExchangeOrder | null> {
    return this.link.request(({ desk }) => desk.findOrder(clientOrderId));
  }

  override getPosition(symbol: string): Promise<ExchangePosition | null> {
    return this.link.request(({ desk, account }) =>
      symbol === account.exchange.rules.symbol ? desk.position() : null,
    );
  }

  override getBalance(): Promise<Readonly<Record<string, number>>> {
    return this.link.request(({ account, symInfo }) => ({
      [symInfo.currency]: account.exchange.state.account.balance,
    }));
  }

  override getCapabilities(): ExchangeCapabilities {
    return exchangeCapabilities({
      stopOrder: "native",
      trailingStop: "native",
      // The legs do not follow the fills of their entry by themselves.
      tpSlBracket: "partial_native",
      partialQtyBracketExit: "native",
      partialQtyBracketExitPyramiding: "native",
      reduceOnly: "native",
      ocaCancel: "software",
      amendOrder: "native",
      cancelAll: "native",
      watchOrders: "native",
      fetchPosition: "native",
      idempotency: "native",
      shortSelling: "native",
    });
  }

  override watchOrders(signal: AbortSignal): AsyncIterable<OrderEvent> {
    return this.link.events(signal);
  }

  override canShutdown(): boolean {
    return this.link.traffic.isIdle && !this.link.hasUnread;
  }

  override mapException(error: unknown): BrokerError | null {
    return bookFailure(error);
  }
}
