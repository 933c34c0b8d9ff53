import { plainLook, type SummaryLook } from "../report/summary.ts";
import { sparkLevels } from "../report/sparkline.ts";
import type { App } from "./app.ts";

/** How the summary of a run looks on this stdout: on a terminal with colours and a curve, in a pipe as plain text. */
export function summaryLook(app: App): SummaryLook {
  if (!app.out.isSeen) return plainLook;
  const { dim, green, red } = app.out.style;
  return {
    levels: showsUnicode(app.env, process.platform) ? sparkLevels.unicode : sparkLevels.ascii,
    label: dim,
    good: green,
    bad: red,
  };
}

/**
 * Whether a terminal shows more than ASCII: its locale says so, by the first of `LC_ALL`, `LC_CTYPE` and `LANG` that
 * is set. Without any, macOS does, Windows does in its new terminal, and everything else is asked for ASCII.
 */
export function showsUnicode(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): boolean {
  const locale = env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"];
  if (locale) return /utf-?8/i.test(locale);
  return platform === "darwin" || (platform === "win32" && env["WT_SESSION"] !== undefined);
}
