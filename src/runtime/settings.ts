import type { ScriptDeclaration } from "../api/script/declaration.ts";
import { ConfigError } from "../kernel/errors.ts";

/** Values of declaration settings by name. */
export type SettingValues = Readonly<Record<string, unknown>>;

const choices: Readonly<Record<string, readonly string[]>> = {
  defaultQtyType: ["fixed", "cash", "percent_of_equity"],
  commissionType: ["percent", "cash_per_contract", "cash_per_order"],
  closeEntriesRule: ["FIFO", "ANY"],
};

/** Smallest value of a numeric setting; those that are not here may be anything finite. */
const minimum: Readonly<Record<string, number>> = {
  pyramiding: 0,
  slippage: 0,
  calcBarsCount: 0,
  commissionValue: 0,
  defaultQtyValue: 0,
  backtestFillLimitsAssumption: 0,
};

/**
 * The declaration with settings of the user in place of the script's.
 * @throws ConfigError for a name the declaration does not have, a wrong type or a value out of bounds
 */
export function withSettings(declaration: ScriptDeclaration, values: SettingValues): ScriptDeclaration {
  const settings: Record<string, string | number | boolean> = { ...declaration.settings };
  for (const [name, value] of Object.entries(values)) {
    const before = settings[name];
    if (before === undefined) {
      throw new ConfigError(`a ${declaration.kind} has no setting "${name}"`, {
        hint: `settings: ${Object.keys(settings).join(", ")}`,
      });
    }
    settings[name] = value as string | number | boolean;
  }
  for (const [name, value] of Object.entries(settings)) check(name, value, typeof declaration.settings[name]);
  return { ...declaration, settings };
}

function check(name: string, value: unknown, type: string): void {
  if (typeof value !== type)
    throw new ConfigError(`the setting ${name} is a ${type}, not ${JSON.stringify(value)}`);
  const allowed = choices[name];
  if (allowed !== undefined && !allowed.includes(value as string)) {
    throw new ConfigError(
      `the setting ${name} is one of ${allowed.join(", ")}, not ${JSON.stringify(value)}`,
    );
  }
  if (typeof value !== "number") return;
  if (!Number.isFinite(value)) throw new ConfigError(`the setting ${name} is a number, not ${value}`);
  const least = minimum[name];
  if (least !== undefined && value < least)
    throw new ConfigError(`the setting ${name} is at least ${least}, not ${value}`);
  if (name === "initialCapital" && value <= 0)
    throw new ConfigError(`the setting initialCapital is above 0, not ${value}`);
}
