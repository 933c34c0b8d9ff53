import type { Lab } from "./lab.ts";

/** One thing that the contract of a provider demands, and how it is looked at. */
export interface ConformanceCase {
  /** Stable, in kebab-case. */
  readonly id: string;
  /** The demand as a statement: `symbols are unique`. */
  readonly title: string;
  /** Cases without which this one says nothing: it is skipped unless they passed. */
  readonly needs: readonly string[];
  /** Looks; a returned text is a remark on what was seen. Throws by `fail` and `skip`; anything else thrown fails it. */
  readonly run: (lab: Lab) => Promise<string | void>;
}

/** How a case ended. `detail`: the failure, the reason for skipping, or a remark. */
export interface ConformanceResult {
  readonly id: string;
  readonly title: string;
  readonly status: "pass" | "fail" | "skip";
  readonly detail?: string;
}
