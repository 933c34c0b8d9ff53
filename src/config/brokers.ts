import * as v from "valibot";

import {
  inventoryConflictPolicies,
  ocaPartialFillPolicies,
  unexpectedCancelPolicies,
} from "../api/broker/policies.ts";
import { defineConfig, field, type InferConfig } from "../api/config/fields.ts";

/** `config/brokers.toml`: what the engine does in situations that no broker can decide. Read for `--broker` only. */
export const BrokersConfig = defineConfig("Broker policies, for every broker", {
  on_unexpected_cancel: field(
    v.picklist(unexpectedCancelPolicies),
    "stop",
    "When an order is cancelled by somebody else: stop, stop_and_cancel, re_place, ignore, halt",
  ),
  on_inventory_conflict: field(
    v.picklist(inventoryConflictPolicies),
    "quarantine",
    "When the spot inventory is not what the books say: quarantine, halt",
  ),
  on_oca_partial_fill: field(
    v.picklist(ocaPartialFillPolicies),
    "cancel",
    "When an order of a group that cancels has filled in part: cancel, full_fill_only. The others go at once, or when all of it has filled",
  ),
  failsafe_stop_percent: field(
    v.pipe(v.number(), v.minValue(0), v.maxValue(50)),
    0,
    "Rests a stop at the venue behind stops that pyne watches by itself, so many percent of their price further away. 0: none",
  ),
});
export type BrokersConfig = InferConfig<typeof BrokersConfig>;
