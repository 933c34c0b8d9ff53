import type { Redactor } from "../kernel/secrets.ts";

const methods = ["log", "info", "warn", "error", "debug", "trace", "dir"] as const;

/**
 * Keeps secrets out of what plugins and their libraries print by themselves, past the two streams: `console.log(config)`
 * is a line that is easily forgotten. What holds none is printed as ever.
 */
export function guardConsole(secrets: Redactor): void {
  for (const method of methods) {
    const print = console[method].bind(console) as (...values: unknown[]) => void;
    console[method] = (...values: unknown[]): void => {
      const text = values.map((value) => (typeof value === "string" ? value : Bun.inspect(value))).join(" ");
      const clean = secrets.clean(text);
      if (clean === text) print(...values);
      else if (method === "dir") console.log(clean);
      else print("%s", clean);
    };
  }
}
