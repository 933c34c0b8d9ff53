import {
  indicator,
  indicatorDefaults,
  type ScriptModule,
  strategy,
  strategyDefaults,
} from "../../api/script/declaration.ts";
import { RuntimeFailure } from "../../kernel/errors.ts";
import { partsOf } from "../parts.ts";
import { failureMessage, ScriptFailure } from "./failure.ts";
import { notSupported } from "./missing.ts";
import { PineRun } from "./run.ts";

/** What a compiled script says about itself. */
export interface PineDeclaration {
  readonly kind: "indicator" | "strategy" | "library";
  readonly title: string;
  readonly version: 5 | 6;
  /** By their names in camelCase. */
  readonly settings: Readonly<Record<string, string | number | boolean>>;
}

/** Sets a script up and returns what runs on every bar. */
export type PineFactory = (rt: PineRun) => () => void;

/** Makes a script module of a compiled script. */
export function script(declaration: PineDeclaration, factory: PineFactory): ScriptModule {
  const { kind, title, settings, version } = declaration;
  if (kind === "library") {
    throw new RuntimeFailure(`${title} is a library: it is imported, not run`, {
      hint: "put it into the lib folder and import it from a script",
    });
  }
  refuseUnsupported(settings);
  const make = kind === "strategy" ? strategy : indicator;
  const defaults = kind === "strategy" ? strategyDefaults : indicatorDefaults;
  return make(title, { ...defaults, ...settings }, (context) => {
    const parts = partsOf(context);
    const run = new PineRun(parts, version);
    const failed = (error: unknown): unknown => {
      const message = failureMessage(error);
      if (message === undefined) return error;
      return new ScriptFailure(message, run.index, parts.columns.openTimeMs[run.index] ?? Number.NaN, error);
    };
    let bar: () => void;
    try {
      bar = factory(run);
    } catch (error) {
      throw failed(error);
    }
    return () => {
      run.begin();
      try {
        bar();
      } catch (error) {
        throw failed(error);
      }
    };
  });
}

/** Settings whose effect this version does not have, with the values that change nothing. */
const inert: Readonly<Record<string, readonly unknown[]>> = {
  timeframe: [""],
  calcOnOrderFills: [false],
  processOrdersOnClose: [false],
  closeEntriesRule: ["FIFO"],
  useBarMagnifier: [false],
  calcOnEveryHistoryTick: [false],
};

function refuseUnsupported(settings: PineDeclaration["settings"]): void {
  for (const [name, values] of Object.entries(inert)) {
    const value = settings[name];
    if (value === undefined || values.includes(value)) continue;
    const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    throw notSupported(`${snake} = ${JSON.stringify(value)}`);
  }
}
