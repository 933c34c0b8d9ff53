import { UsageError } from "../kernel/errors.ts";

/** The value of an option that counts something. @throws UsageError naming the option */
export function wholeNumber(option: string, text: string, least: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
  throw new UsageError(`${option}: "${text}" is not a whole number from ${least} on`);
}
