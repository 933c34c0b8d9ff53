import { zonedFormatter } from "../kernel/zone.ts";
import type { LogLevel, MessageSink } from "../runtime/pine/messages.ts";
import type { Output } from "./output.ts";

/**
 * What a script says while it runs, on stderr: `[2024-01-01 10:00:00+0000] bar:     14 INFO    text`, the time being
 * the open of the bar in the exchange's zone.
 *
 * @param openOf open time of a bar
 */
export function scriptMessages(out: Output, openOf: (bar: number) => number, timezone: string): MessageSink {
  const line = logLines(openOf, timezone);
  return {
    log(level, message, bar) {
      out.message(line(level, message, bar));
    },
    alert(message) {
      out.message(`🚨 ALERT: ${message}`);
    },
  };
}

/** Makes the lines of a log. */
export function logLines(
  openOf: (bar: number) => number,
  timezone: string,
): (level: LogLevel, message: string, bar: number) => string {
  const format = zonedFormatter(timezone);
  return (level, message, bar) => {
    const time = format(openOf(bar)).replace("T", " ");
    return `[${time}] bar: ${String(bar).padStart(6)} ${levelNames[level].padEnd(7)} ${message}`;
  };
}

const levelNames: Readonly<Record<LogLevel, string>> = { info: "INFO", warning: "WARNING", error: "ERROR" };
