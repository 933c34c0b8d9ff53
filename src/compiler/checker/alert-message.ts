import type { Source } from "../source.ts";

/**
 * What alerts of a strategy's fills say: a comment `//@strategy_alert_message TEXT` on a line of its own, the first one
 * counts.
 */
export function strategyAlertMessage(source: Source): string | undefined {
  for (let line = 1; line <= source.lineCount; line++) {
    const text = /^\s*\/\/\s*@strategy_alert_message\s+(\S.*?)\s*$/.exec(source.line(line))?.[1];
    if (text !== undefined) return text;
  }
  return undefined;
}
