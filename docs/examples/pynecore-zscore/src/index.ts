import {
  defineConfig,
  defineFunction,
  ExtensionPlugin,
  field,
  v,
  WithCLI,
  type BarContext,
  type EndContext,
  type InferConfig,
  type PyneArgs,
} from "pynecore/plugin";

const ZScoreConfig = defineConfig("Z-score extension", {
  length: field(v.pipe(v.number(), v.integer(), v.minValue(2)), 20, "Bars over which a volume is compared"),
});
type ZScoreConfig = InferConfig<typeof ZScoreConfig>;

/** The last `length` values and what they say about a new one. */
interface Window {
  values: number[];
}

/** How many standard deviations `value` lies from the mean of the last `length` values, itself included. */
function zscore(window: Window, value: number, length: number): number {
  window.values.push(value);
  if (window.values.length > length) window.values.shift();
  if (window.values.length < length) return Number.NaN;
  const mean = window.values.reduce((sum, x) => sum + x, 0) / length;
  const variance = window.values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / length;
  return variance === 0 ? 0 : (value - mean) / Math.sqrt(variance);
}

/** `ext.zscore.of(source, length)` for scripts, and the plot column "Volume z" with `--volume-z`. */
export class ZScore extends WithCLI(ExtensionPlugin<ZScoreConfig>) {
  static override doc = "Z-score for scripts, and a column that says how unusual each bar's volume was.";
  static override Config = ZScoreConfig;

  static override cliParams(path: string): PyneArgs {
    if (path !== "run") return {};
    return {
      volumeZ: { type: "boolean", default: false, description: "Add the column 'Volume z' to the plots" },
    };
  }

  static override lib = {
    of: defineFunction({
      args: { source: "float", length: "int" },
      returns: "float",
      doc: "Standard deviations between the source and its mean",
      state: (): Window => ({ values: [] }),
      call: (window, { source, length }) => zscore(window, source, length),
    }),
  };

  readonly #volumes: Window = { values: [] };
  #unusual = 0;

  override onBar(ctx: BarContext<ZScoreConfig>): void {
    const z = zscore(this.#volumes, ctx.bar.volume, this.config.length);
    if (z > 3) this.#unusual++;
    if (this.pluginParams["volumeZ"] === true) ctx.plot("Volume z", z);
  }

  override onEnd(ctx: EndContext<ZScoreConfig>): void {
    ctx.log.info(`${this.#unusual} bars had a volume more than 3 standard deviations above the mean`);
  }
}
