import { causeChain, PyneError, type ExitCode, type PyneErrorOptions } from "../../kernel/errors.ts";

/** No plugin of this name is installed. The message lists what there is; no package is ever suggested. */
export class PluginNotFoundError extends PyneError {
  override readonly code = "PLUGIN_NOT_FOUND";
  override readonly exitCode: ExitCode = 2;

  /**
   * @param name what was asked for
   * @param available the names to choose from, in any order
   * @param kind what was looked for: `plugin`, `provider`, ...
   */
  constructor(
    readonly pluginName: string,
    available: readonly string[],
    kind = "plugin",
  ) {
    const list = available.length === 0 ? "(none)" : available.toSorted().join(", ");
    super(`no ${kind} is called "${pluginName}"; available: ${list}`, {
      hint: "pyne plugin list shows what is installed",
    });
  }
}

/** Several packages declare one plugin name. Only commands that need this name are affected. */
export class PluginNameConflictError extends PyneError {
  override readonly code = "PLUGIN_NAME_CONFLICT";
  override readonly exitCode: ExitCode = 2;

  constructor(
    readonly pluginName: string,
    readonly packages: readonly string[],
  ) {
    super(`several packages declare the plugin "${pluginName}": ${packages.join(", ")}`, {
      hint: "keep one of them and remove the others: pyne plugin remove PACKAGE",
    });
  }
}

/** A plugin's code could not be used: import, export or contract failed. The cause is kept. */
export class PluginLoadError extends PyneError {
  override readonly code = "PLUGIN_LOAD";

  constructor(
    readonly pluginName: string,
    reason: string,
    options: PyneErrorOptions = {},
  ) {
    super(`plugin "${pluginName}": ${reason}`, options);
  }
}

/** A package asks for another version of pyne than this one. */
export class PluginIncompatibleError extends PyneError {
  override readonly code = "PLUGIN_INCOMPATIBLE";

  constructor(
    readonly packageName: string,
    readonly range: string,
    readonly hostVersion: string,
  ) {
    super(`${packageName} needs pyne ${range}, this is pyne ${hostVersion}`, {
      hint: "install a version of the package made for this pyne, or set PYNE_SKIP_PLUGIN_VERSION_CHECK=1 to try it",
    });
  }
}

export const retryableMark: unique symbol = Symbol.for("pyne.error.provider.retryable") as never;

/**
 * An expected failure that the user can act on: a bad key, an unknown symbol. Printed as one line without a stack.
 */
export class ProviderError extends PyneError {
  override readonly code: string = "PROVIDER";
  /** Whether the same request may succeed later without anybody changing anything. */
  get retryable(): boolean {
    return false;
  }
  /** Readable by any copy of the API. */
  get [retryableMark](): boolean {
    return this.retryable;
  }
}

/** What a transient failure may say about the time of the next try. */
export interface TransientProviderErrorOptions extends PyneErrorOptions {
  /** The venue's own wish (`Retry-After`), milliseconds from now. The host waits at least so long. */
  readonly retryAfterMs?: number | undefined;
}

/** Connectivity, maintenance, a timeout: the same request may succeed later. */
export class TransientProviderError extends ProviderError {
  override readonly code: string = "PROVIDER_TRANSIENT";
  override readonly exitCode: ExitCode = 75;
  /** Milliseconds to wait before the next try, where the venue said so. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, options: TransientProviderErrorOptions = {}) {
    super(message, options);
    this.retryAfterMs = options.retryAfterMs;
  }

  override get retryable(): boolean {
    return true;
  }
}

/** A provider was asked for something it does not offer, such as a list of brokers. */
export class NotSupportedError extends ProviderError {
  override readonly code: string = "PROVIDER_NOT_SUPPORTED";
}

/** A feed has delivered all it will ever have, such as a replay at the end of its file: nothing failed. */
export class FeedEndedError extends ProviderError {
  override readonly code: string = "FEED_ENDED";
}

/** Whether this very error is a `ProviderError` of any copy of the API. */
export function isProviderError(error: unknown): boolean {
  return typeof error === "object" && error !== null && retryableMark in error;
}

/**
 * Whether any link of the `cause` chain is a `ProviderError` whose `retryable` is true. Every other error is not.
 * JavaScript keeps no implicit context: a plugin that wraps an error must pass it as `cause`.
 */
export function isRetryableProviderError(error: unknown): boolean {
  for (const link of causeChain(error)) {
    if (
      typeof link === "object" &&
      link !== null &&
      (link as Record<symbol, unknown>)[retryableMark] === true
    ) {
      return true;
    }
  }
  return false;
}
