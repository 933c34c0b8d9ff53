/**
 * Truth cases whose script needs something that is not there yet. A case that passes is taken off this list; a case
 * that is not on it must pass.
 */
export const pending: ReadonlySet<string> = new Set([
  "ltf-boundary",
  "ltf-daily-chart",
  "ltf-daily-dst",
  "ltf-late-feed",
  "ltf-trailing",
  "ltf-tuple",
  "ltf-weekly-chart",
  "pivot-levels-traditional",
  "security-below-chart",
  "security-daily",
  "security-empty-symbol",
  "security-gap-hold",
  "security-heikinashi",
  "security-history-inside",
  "security-invalid-symbol",
  "security-lookahead-previous",
  "security-lookahead-same",
  "security-ratio",
  "security-same-context",
  "security-seed-tuple",
  "str-format-time",
  "str-functions",
  "volume-vwap-anchors",
]);
