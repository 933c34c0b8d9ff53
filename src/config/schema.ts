import type * as v from "valibot";

/** Looking into valibot schemas, pure: what a value's schema is underneath `optional`, `nullable` and pipes. */

interface AnySchema {
  readonly type: string;
  readonly wrapped?: v.GenericSchema;
  readonly entries?: Readonly<Record<string, v.GenericSchema>>;
  readonly item?: v.GenericSchema;
  readonly value?: v.GenericSchema;
  readonly pipe?: readonly { readonly type?: string }[];
}

/** What the engine needs to know of a schema. */
export type SchemaShape =
  | { readonly kind: "float" | "integer" | "boolean" | "string" | "date" | "other" }
  | { readonly kind: "array"; readonly item: v.GenericSchema | undefined }
  | { readonly kind: "record"; readonly value: v.GenericSchema | undefined }
  | { readonly kind: "object"; readonly entries: Readonly<Record<string, v.GenericSchema>> };

/** The shape of a schema's values. */
export function shapeOf(schema: v.GenericSchema | undefined): SchemaShape {
  const any = schema as unknown as AnySchema | undefined;
  switch (any?.type) {
    case "optional":
    case "nullable":
    case "nullish":
    case "exact_optional":
    case "undefinedable":
      return shapeOf(any.wrapped);
    case "number": {
      const whole = any.pipe?.some(({ type }) => type === "integer" || type === "safe_integer") === true;
      return { kind: whole ? "integer" : "float" };
    }
    case "boolean":
      return { kind: "boolean" };
    case "string":
    case "picklist":
    case "enum":
      return { kind: "string" };
    case "date":
      return { kind: "date" };
    case "array":
      return { kind: "array", item: any.item };
    case "record":
      return { kind: "record", value: any.value };
    case "object":
    case "strict_object":
    case "loose_object":
      return { kind: "object", entries: any.entries ?? {} };
    default:
      return { kind: "other" };
  }
}
