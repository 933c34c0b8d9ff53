/** One input as a script declares it. */
export interface InputSpec {
  readonly kind: "int" | "float" | "bool" | "string" | "color" | "source";
  readonly title: string;
  readonly default: number | boolean | string;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly step?: number | undefined;
  readonly options?: readonly (number | string)[] | undefined;
  readonly group?: string | undefined;
  readonly tooltip?: string | undefined;
}
