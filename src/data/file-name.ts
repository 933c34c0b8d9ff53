/**
 * The name of the data file for an instrument: `<provider>_<SYMBOL>_<timeframe>.ohlcv`, the symbol in capitals, every
 * character that a file system or a shell might take amiss replaced by `_`. Two instruments can share a name
 * (`BTC/USDT`, `BTC_USDT`): the symbol file says whose it is.
 *
 * @param symbol as the provider has it, its broker folded in (`BYBIT:BTC/USDT`)
 */
export function dataFileName(provider: string, symbol: string, timeframe: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what this removes
  const safe = symbol.toUpperCase().replace(/[\s<>:"/\\|?*\u0000-\u001f\u007f]/g, "_");
  return `${provider}_${safe}_${timeframe}.ohlcv`;
}
