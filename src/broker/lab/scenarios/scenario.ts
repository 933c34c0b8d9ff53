import type { OracleName } from "../violation.ts";

/** A story that has a name. */
export interface Scenario {
  readonly name: string;
  readonly proves: string;
  /** In the lab's notation. */
  readonly story: string;
  /** It counts how the lab's own broker does it: another may do it in another way. */
  readonly isReferences?: true;
  /** Of a control: what must be seen. */
  readonly violates?: OracleName;
}
