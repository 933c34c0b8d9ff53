import type { Candidate } from "../host/candidate.ts";

/** The plugins compiled into the executable: the one place that imports `plugins/`. */
export const builtinPlugins: readonly Candidate[] = [];
