import type { TypeNode } from "../syntax/ast.ts";
import {
  arrayOf,
  fundamentalNames,
  isCollection,
  namedType,
  specialNames,
  type Type,
  typeName,
  unknown,
} from "../types.ts";
import { wordHint } from "../syntax/foreign.ts";
import { type Check, fault, type Place } from "./check.ts";
import type { Module, TypeSymbol } from "./scope.ts";
import { didYouMean } from "./suggest.ts";
import { counted } from "../../kernel/counted.ts";

/** Types as they are written, resolved. */

const collections: readonly string[] = ["array", "matrix", "map"];

/** The user-defined type or enum of a name, `alias.Name` included. */
export function findType(module: Module, name: string): TypeSymbol | undefined {
  const dot = name.indexOf(".");
  if (dot < 0) return module.types.get(name);
  const library = module.imports.get(name.slice(0, dot));
  const inner = name.slice(dot + 1);
  return library?.exported.has(inner) === true ? library.types.get(inner) : undefined;
}

/** @throws CheckFault for a type that does not exist or cannot be built */
export function resolveType(check: Check, at: Place, node: TypeNode): Type {
  if (collections.includes(node.name)) return resolveCollection(check, at, node);
  const type = findType(at.module, node.name)?.type ?? namedType(node.name);
  if (type === undefined && isLost(at.module, node.name)) return unknown;
  if (type === undefined || node.name === "plot" || node.name === "hline") {
    const known = [...fundamentalNames, ...specialNames, ...collections, ...at.module.types.keys()].filter(
      (name) => name !== node.name,
    );
    const suffix = didYouMean(node.name, known);
    const message = `there is no type \`${node.name}\`${suffix}`;
    throw fault(check, at, node, "unknown-type", message, wordHint(node.name));
  }
  if (node.args.length > 0) {
    throw fault(check, at, node, "bad-type", `\`${node.name}\` takes no type arguments`);
  }
  return type;
}

/** Whether the name, or the library before its dot, was reported already. */
function isLost(module: Module, name: string): boolean {
  return module.lost.has(name.split(".", 1)[0]!);
}

function resolveCollection(check: Check, at: Place, node: TypeNode): Type {
  const wanted = node.name === "map" ? 2 : 1;
  if (node.args.length !== wanted) {
    const example = node.name === "map" ? "map<string, float>" : `${node.name}<float>`;
    throw fault(
      check,
      at,
      node,
      "bad-type",
      `\`${node.name}\` wants ${counted(wanted, "type argument")}`,
      example,
    );
  }
  const args = node.args.map((arg) => resolveType(check, at, arg));
  const nested = args.find(isCollection);
  if (nested !== undefined) {
    throw fault(
      check,
      at,
      node,
      "nested-collection",
      `a collection cannot hold ${typeName(nested)}`,
      "put the inner collection into a field of a type of your own",
    );
  }
  if (node.name === "map") {
    const key = args[0]!;
    if (key.kind !== "fundamental" && key.kind !== "enum") {
      throw fault(
        check,
        at,
        node.args[0]!,
        "bad-type",
        `a key is int, float, bool, string, color or an enum, not ${typeName(key)}`,
      );
    }
    return { kind: "map", key, value: args[1]! };
  }
  return node.name === "array" ? arrayOf(args[0]!) : { kind: "matrix", of: args[0]! };
}
