import type { Draft } from "../draft.ts";
import type { FactOf } from "../facts.ts";

export function onBulkCancelExpected(_draft: Draft, _fact: FactOf<"bulk_cancel_expected">): void {}
