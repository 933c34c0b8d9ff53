import type { Draft } from "../draft.ts";

/** Compares what is wanted and owed with what is at the venue, and sends whatever can go now. */
export function pursue(_draft: Draft, _isEvaluation: boolean): void {}
