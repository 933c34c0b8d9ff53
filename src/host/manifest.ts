import { capabilities, type Capability } from "../api/plugins/capabilities.ts";

/**
 * What a `package.json` says about plugins, pure: text in, declarations and problems out. A broken manifest is a
 * problem of its own package and of nobody else.
 */

/** One plugin that a package declares. */
export interface Declaration {
  readonly name: string;
  /** As written: `./src/index.ts`. */
  readonly entry: string;
  /** `default` unless the manifest names another. */
  readonly exportName: string;
  /** Hints; `undefined`: the manifest gives none. The class wins over a hint that contradicts it. */
  readonly hints: {
    readonly capabilities?: readonly Capability[] | undefined;
    readonly commands?: readonly string[] | undefined;
    readonly displayName?: string | undefined;
    readonly summary?: string | undefined;
  };
}

/** A package with plugins. */
export interface Manifest {
  readonly packageName: string;
  readonly version: string;
  readonly description: string;
  /** Range of host versions; `null`: any. */
  readonly range: string | null;
  readonly plugins: readonly Declaration[];
  /** What is wrong with single declarations; the others work. */
  readonly problems: readonly { readonly name: string; readonly message: string }[];
}

/** What a plugin may be called. */
export const pluginNamePattern = /^[a-z][a-z0-9_-]{1,31}$/;

/** A `package.json` that is none, or declares no plugins. */
export class ManifestError extends Error {
  override readonly name = "ManifestError";
}

/**
 * @param text a `package.json`
 * @throws ManifestError when it is not JSON, has no name, or declares no plugins
 */
export function parseManifest(text: string): Manifest {
  const json = parsedObject(text);
  const packageName = json["name"];
  if (typeof packageName !== "string" || packageName === "")
    throw new ManifestError("package.json has no name");
  const declared = objectAt(objectAt(json, "pyne"), "plugins");
  if (declared === undefined) {
    throw new ManifestError("package.json declares no plugins (no pyne.plugins)");
  }
  const plugins: Declaration[] = [];
  const problems: { name: string; message: string }[] = [];
  for (const [name, value] of Object.entries(declared)) {
    const declaration = declarationOf(name, value);
    if (typeof declaration === "string") problems.push({ name, message: declaration });
    else plugins.push(declaration);
  }
  return {
    packageName,
    version: textAt(json, "version") ?? "0.0.0",
    description: textAt(json, "description") ?? "",
    range:
      textAt(objectAt(json, "peerDependencies"), "pynecore") ??
      textAt(objectAt(json, "engines"), "pyne") ??
      null,
    plugins,
    problems,
  };
}

/** A declaration, or what is wrong with it. */
function declarationOf(name: string, value: unknown): Declaration | string {
  if (!pluginNamePattern.test(name)) {
    return `"${name}" is not a plugin name: a lower-case letter, then 1 to 31 of a-z, 0-9, _ and -`;
  }
  const long = typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  const target = long === undefined ? value : long["entry"];
  if (typeof target !== "string" || target === "") return `plugin "${name}" has no entry file`;
  const hash = target.lastIndexOf("#");
  const entry = hash < 0 ? target : target.slice(0, hash);
  const exportName = textAt(long, "export") ?? (hash < 0 ? "default" : target.slice(hash + 1));
  if (/^([/\\]|[A-Za-z]:)/.test(entry) || entry.split(/[/\\]/).includes("..")) {
    return `the entry "${entry}" of plugin "${name}" leaves its package`;
  }
  const hintedCapabilities = listAt(long, "capabilities")?.filter((word): word is Capability =>
    (capabilities as readonly string[]).includes(word),
  );
  return {
    name,
    entry,
    exportName,
    hints: {
      capabilities: hintedCapabilities,
      commands: listAt(long, "commands"),
      displayName: textAt(long, "displayName"),
      summary: textAt(long, "summary"),
    },
  };
}

function parsedObject(text: string): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new ManifestError("package.json is not JSON");
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new ManifestError("package.json is not an object");
  }
  return json as Record<string, unknown>;
}

function objectAt(
  holder: Record<string, unknown> | undefined,
  key: string,
): Record<string, unknown> | undefined {
  const value = holder?.[key];
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function textAt(holder: Record<string, unknown> | undefined, key: string): string | undefined {
  const value = holder?.[key];
  return typeof value === "string" ? value : undefined;
}

function listAt(holder: Record<string, unknown> | undefined, key: string): string[] | undefined {
  const value = holder?.[key];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : undefined;
}
