/** The form that downloads one symbol, its fields and what it asks for. Pure. */

/** Fields with a dropdown. */
export type Choice = "timeframe" | "from" | "to";
export type Field = Choice | "truncate" | "download";

/** What the fields are called. */
export const labels: Readonly<Record<Field, string>> = {
  timeframe: "Timeframe",
  from: "From",
  to: "To",
  truncate: "Truncate",
  download: "Download",
};

/** What each dropdown offers, as it would be typed on the command line; `custom` takes any text. */
export const choices: Readonly<Record<Choice, readonly string[]>> = {
  timeframe: ["1", "5", "15", "30", "60", "240", "1D", "1W", "1M", "custom"],
  from: ["continue", "1", "7", "30", "90", "180", "365", "custom"],
  to: ["now", "custom"],
};

/** Days back that are taken where nothing is stored yet and nobody said otherwise. */
export const defaultDaysBack = "365";

/** What the command line said. */
export interface WizardPresets {
  readonly timeframe: string;
  /** `undefined`: `--from` was not given. */
  readonly from: string | undefined;
  readonly to: string;
  readonly truncate: boolean;
}

/** What a download is started with. Times are epoch ms, both inclusive. */
export interface WizardRequest {
  readonly symbol: string;
  readonly timeframe: string;
  readonly from: number | "continue";
  /** `undefined`: the moment at which it starts. */
  readonly to: number | undefined;
  readonly truncate: boolean;
}

/** How far the running download is. */
export interface WizardProgress {
  /** 0 to 1; `undefined`: nobody knows how much there is. */
  readonly fraction: number | undefined;
  /** Bars, rate, time left, in words. */
  readonly text: string;
}

/** The running download: under way, waiting for an answer, or asked to stop. */
export type WizardRun =
  | { readonly type: "running"; readonly progress: WizardProgress }
  | { readonly type: "conflict"; readonly message: string }
  | { readonly type: "stopping"; readonly progress: WizardProgress };

export interface Wizard {
  readonly symbol: string;
  /** Why the provider does not take a timeframe, or `undefined`. */
  readonly refusal: (timeframe: string) => string | undefined;
  readonly values: Readonly<Record<Choice, string>>;
  /** Whether the person chose where to start. */
  readonly fromChosen: boolean;
  readonly truncate: boolean;
  /** Whether there is a file for the symbol and timeframe; `undefined`: not looked yet. */
  readonly exists: boolean | undefined;
  readonly focus: Field;
  /** What stands open at the focused field: its dropdown, or a text being typed. */
  readonly open:
    | { readonly type: "dropdown"; readonly cursor: number }
    | { readonly type: "text"; readonly text: string }
    | undefined;
  readonly problem: { readonly field: Field; readonly message: string } | undefined;
  readonly run: WizardRun | undefined;
}

export type WizardEvent =
  | { readonly type: "looked"; readonly symbol: string; readonly timeframe: string; readonly exists: boolean }
  | { readonly type: "progress"; readonly progress: WizardProgress }
  | { readonly type: "conflict"; readonly message: string }
  | { readonly type: "downloaded"; readonly message: string }
  | { readonly type: "not-downloaded"; readonly message: string };

export type WizardEffect =
  /** Is there a file for it? Answered by `looked`. */
  | { readonly type: "look"; readonly symbol: string; readonly timeframe: string }
  | { readonly type: "download"; readonly request: WizardRequest }
  | { readonly type: "answer"; readonly answer: "backfill" | "abort" };

export interface WizardStep {
  readonly wizard: Wizard;
  readonly effects?: readonly WizardEffect[];
  /** The person leaves. */
  readonly closed?: boolean;
}

/** The form for a symbol. */
export function openWizard(
  symbol: string,
  presets: WizardPresets,
  refusal: (timeframe: string) => string | undefined,
): WizardStep {
  return {
    wizard: {
      symbol,
      refusal,
      values: { timeframe: presets.timeframe, from: presets.from ?? defaultDaysBack, to: presets.to },
      fromChosen: presets.from !== undefined,
      truncate: presets.truncate,
      exists: undefined,
      focus: "timeframe",
      open: undefined,
      problem: undefined,
      run: undefined,
    },
    effects: [{ type: "look", symbol, timeframe: presets.timeframe }],
  };
}

/** The fields there are; one can truncate only what exists. */
export function fieldsOf({ exists }: Wizard): readonly Field[] {
  return exists === true
    ? ["timeframe", "from", "to", "truncate", "download"]
    : ["timeframe", "from", "to", "download"];
}
