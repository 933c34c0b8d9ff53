import { type DataFile, type DataFiles, ProviderError, PyneError } from "pynecore/plugin";

/**
 * The file of a symbol: by its own name where that has the timeframe, else `SYMBOL_TIMEFRAME`.
 *
 * @param timeframe canonical; `null`: whatever it has
 * @throws ProviderError when there is none, when it has another timeframe, when it is damaged
 */
export async function dataFileOf(
  files: DataFiles,
  symbol: string,
  timeframe: string | null,
  range: { readonly fromMs?: number },
): Promise<DataFile> {
  try {
    const own = await files.read(symbol, range);
    if (own !== undefined && (timeframe === null || own.timeframe === timeframe)) return own;
    const named = timeframe === null ? undefined : await files.read(`${symbol}_${timeframe}`, range);
    if (named !== undefined && named.timeframe === timeframe) return named;
    if (own !== undefined) {
      throw new ProviderError(`${own.path} holds bars of ${own.timeframe}, not of ${timeframe}`, {
        hint: `name its own timeframe: paper:${symbol}@${own.timeframe}`,
      });
    }
    const names = await files.names();
    const shown = names.length > 10 ? [...names.slice(0, 10), "..."] : names;
    const list = names.length === 0 ? "the data folder holds none" : `there are ${shown.join(", ")}`;
    throw new ProviderError(`there is no data file "${symbol}"; ${list}`, {
      hint: "a path is taken from the current folder: paper:./folder/file.ohlcv@60",
    });
  } catch (error) {
    if (!(error instanceof PyneError) || error instanceof ProviderError) throw error;
    throw new ProviderError(error.message, { cause: error, hint: error.hint });
  }
}
