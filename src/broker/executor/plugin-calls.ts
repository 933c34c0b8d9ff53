import { BrokerPlugin } from "../../api/plugins/broker.ts";
import type { DispatchEnvelope, Intent } from "../../api/broker/intents.ts";
import type { ExchangeOrder } from "../../api/broker/orders.ts";
import type { CancelOutcome } from "../../api/broker/policies.ts";
import type { PositionPort } from "../../api/broker/position.ts";
import type { EnvelopeData, ReadEffect, WriteEffect } from "../engine/effects.ts";
import type { ReadResult, WriteResult } from "../engine/facts.ts";
import type { EngineRules } from "../engine/state.ts";
import { clientOrderId } from "../ids.ts";
import {
  readFound,
  readLegs,
  readOrder,
  readOrders,
  readOutcome,
  readPosition,
  readSpotPage,
} from "./venue-values.ts";

/** What of a run its orders carry. */
export type RunNames = Pick<EngineRules, "runTag" | "clientOrderIdMaxLen" | "symbol">;

/** From an effect to the call of the plugin that carries it out, and from its answer to a result. */
export class PluginCalls {
  readonly #plugin: BrokerPlugin;
  readonly #names: RunNames;
  /** Volume grids of a hedging account, by symbol. */
  readonly #quantizers = new Map<string, (qty: number) => number>();

  constructor(plugin: BrokerPlugin, names: RunNames) {
    this.#plugin = plugin;
    this.#names = names;
  }

  /** The plugin's method has been entered when this returns. @throws what the plugin throws; BadVenueValue */
  async write(effect: WriteEffect): Promise<WriteResult> {
    const plugin = this.#plugin;
    switch (effect.kind) {
      case "place":
        return accepted(await this.#place(effect.envelope));
      case "amend":
        return accepted(await this.#amend(effect.previous, effect.envelope));
      case "cancel":
        return { kind: "cancel", outcome: await this.#cancel(effect) };
      case "cancel_ref":
        await plugin.cancelBrokerOrderRef(effect.ref);
        return { kind: "cancel", outcome: "cancel_confirmed" };
      case "close_leg": {
        const port = this.#port();
        const volume = (await this.#quantizer(port))(effect.qty);
        await port.closeLeg(this.#names.symbol, effect.legId, volume, effect.clientOrderId);
        return { kind: "accepted", orders: [] };
      }
      case "place_leg": {
        const port = this.#port();
        const envelope = this.#envelope(effect.envelope);
        await port.rejectOutOfRange(envelope, effect.qty);
        return accepted(readOrders("the answer of placeLeg", await port.placeLeg(envelope, effect.qty)));
      }
      case "amend_leg": {
        const { legId, side, tpPrice, slPrice, trailOffset, clientOrderId: id } = effect;
        const bracket = { side, tpPrice, slPrice, trailOffset, clientOrderId: id } as Parameters<
          PositionPort["amendBracket"]
        >[2];
        await this.#port().amendBracket(this.#names.symbol, legId, bracket);
        return { kind: "accepted", orders: [] };
      }
    }
  }

  /** @throws what the plugin throws; BadVenueValue */
  async read(effect: ReadEffect): Promise<ReadResult> {
    const { symbol } = this.#names;
    switch (effect.kind) {
      case "read_position":
        return { kind: "position", position: readPosition(await this.#plugin.getPosition(symbol)) };
      case "read_open_orders":
        return {
          kind: "open_orders",
          orders: readOrders("the open orders", await this.#plugin.getOpenOrders(symbol)),
        };
      case "read_order": {
        const { clientOrderId: id } = effect;
        return {
          kind: "order",
          clientOrderId: id,
          order: readFound(id, await this.#plugin.findOrder(id, symbol)),
        };
      }
      case "read_legs":
        return { kind: "legs", legs: readLegs(await this.#port().fetchRawPositions(symbol)) };
      case "read_spot": {
        const port = this.#plugin.spotInventoryPort;
        if (port === null) throw new Error(`${this.#plugin.name} has no spot inventory`);
        const page = readSpotPage(await port.fetchExecutions(effect.cursor));
        const [balance, least] = [await port.fetchBaseBalance(), await port.minSellableBase()];
        return { kind: "spot", page, balance, ...(least === null ? {} : { minSellable: least }) };
      }
    }
  }

  async #place(data: Extract<WriteEffect, { kind: "place" }>["envelope"]): Promise<readonly ExchangeOrder[]> {
    const { intent } = data;
    const plugin = this.#plugin;
    switch (intent.kind) {
      case "entry":
        return readOrders(
          "the answer of executeEntry",
          await plugin.executeEntry(this.#envelope({ ...data, intent })),
        );
      case "exit":
        return readOrders(
          "the answer of executeExit",
          await plugin.executeExit(this.#envelope({ ...data, intent })),
        );
      case "close":
        return [
          readOrder(
            "the answer of executeClose",
            await plugin.executeClose(this.#envelope({ ...data, intent })),
          ),
        ];
    }
  }

  async #amend(
    previous: Extract<WriteEffect, { kind: "amend" }>["previous"],
    next: Extract<WriteEffect, { kind: "amend" }>["envelope"],
  ): Promise<readonly ExchangeOrder[]> {
    const [from, to] = [previous.intent, next.intent];
    if (from.kind === "entry" && to.kind === "entry")
      return readOrders(
        "the answer of modifyEntry",
        await this.#plugin.modifyEntry(
          this.#envelope({ ...previous, intent: from }),
          this.#envelope({ ...next, intent: to }),
        ),
      );
    if (from.kind === "exit" && to.kind === "exit")
      return readOrders(
        "the answer of modifyExit",
        await this.#plugin.modifyExit(
          this.#envelope({ ...previous, intent: from }),
          this.#envelope({ ...next, intent: to }),
        ),
      );
    throw new Error(`an ${from.kind} cannot become an ${to.kind}`);
  }

  /** A plugin that cannot tell how an order ended still knows whether it is gone. */
  async #cancel({ envelope }: Extract<WriteEffect, { kind: "cancel" }>): Promise<CancelOutcome> {
    const plugin = this.#plugin;
    const cancel = this.#envelope(envelope);
    if (plugin.executeCancelWithOutcome !== BrokerPlugin.prototype.executeCancelWithOutcome)
      return readOutcome(await plugin.executeCancelWithOutcome(cancel));
    return (await plugin.executeCancel(cancel)) === true ? "cancel_confirmed" : "unknown";
  }

  #envelope<I extends Intent>({ intent, barTimeMs, retrySeq }: EnvelopeData<I>): DispatchEnvelope<I> {
    const { runTag, clientOrderIdMaxLen } = this.#names;
    const fromEntry = "fromEntry" in intent ? intent.fromEntry : undefined;
    const { pineId } = intent;
    return {
      intent,
      runTag,
      barTimeMs: barTimeMs as DispatchEnvelope["barTimeMs"],
      retrySeq,
      clientOrderIdMaxLen,
      clientOrderId: (kind) =>
        clientOrderId({ runTag, pineId, fromEntry, barTimeMs, kind, retrySeq }, clientOrderIdMaxLen),
    };
  }

  #port(): PositionPort {
    const port = this.#plugin.positionPort;
    if (port === null) throw new Error(`${this.#plugin.name} has no position port`);
    return port;
  }

  async #quantizer(port: PositionPort): Promise<(qty: number) => number> {
    const { symbol } = this.#names;
    const known = this.#quantizers.get(symbol);
    if (known !== undefined) return known;
    const quantizer = await port.getVolumeQuantizer(symbol);
    this.#quantizers.set(symbol, quantizer);
    return quantizer;
  }
}

const accepted = (orders: readonly ExchangeOrder[]): WriteResult => ({ kind: "accepted", orders });
