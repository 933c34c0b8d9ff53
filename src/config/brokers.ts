import * as v from "valibot";

import { inventoryConflictPolicies, unexpectedCancelPolicies } from "../api/broker/policies.ts";
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
});
export type BrokersConfig = InferConfig<typeof BrokersConfig>;
