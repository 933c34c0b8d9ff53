/**
 * Placeholders of TradingView's alert messages, `{{close}}`, `{{strategy.order.price}}`, `{{plot("RSI")}}`. One that
 * nobody knows stays as it is.
 *
 * @param valueOf the text of a placeholder by what stands between its braces, without spaces around it
 */
export function fillPlaceholders(text: string, valueOf: (name: string) => string | undefined): string {
  return text.replace(/\{\{\s*([^{}]+?)\s*\}\}/g, (whole, name: string) => valueOf(name) ?? whole);
}

/** A moment as alert messages write it: `2024-01-01T10:00:00Z`. */
export function alertTime(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19)}Z`;
}
