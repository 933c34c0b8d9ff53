import type { BrokersConfig } from "../config/brokers.ts";
import { ensureConfig } from "../config/ensure-config.ts";
import type { WorkdirPaths } from "../config/workdir.ts";
import { UsageError } from "../kernel/errors.ts";
import type { App } from "./app.ts";

/** What `run --broker` is started with besides. */
export interface BrokerCommand {
  /** The plugin that trades; empty: the provider's own. */
  readonly plugin: string;
  /** Tells runs of one script, symbol and account apart. */
  readonly label: string | undefined;
  readonly isDryRun: boolean;
  readonly policies: BrokersConfig;
}

/** What of `--broker` was typed. */
export interface BrokerOptions {
  readonly broker: string | undefined;
  readonly runLabel: string | undefined;
  readonly dryRun: boolean | undefined;
}

/** `undefined`: the run has no broker. @throws UsageError, ConfigError for the policies */
export async function brokerCommand(
  app: App,
  workdir: WorkdirPaths,
  { broker, runLabel, dryRun }: BrokerOptions,
): Promise<BrokerCommand | undefined> {
  if (broker === undefined) {
    const option = runLabel !== undefined ? "--run-label" : dryRun === true ? "--dry-run" : undefined;
    if (option !== undefined) throw new UsageError(`${option} is for --broker`);
    return undefined;
  }
  const { BrokersConfig } = await import("../config/brokers.ts");
  return {
    plugin: broker,
    label: runLabel,
    isDryRun: dryRun === true,
    policies: ensureConfig(BrokersConfig, workdir.brokersToml, app.configOptions),
  };
}

/** `--run-label`. @throws UsageError */
export function readLabel(text: string): string {
  if (/^[\w.-]{1,40}$/.test(text)) return text;
  throw new UsageError(`--run-label is up to 40 letters, digits, dots and dashes, not "${text}"`);
}
