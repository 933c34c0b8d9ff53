import {
  indicatorDefaults,
  scriptModule,
  type ScriptModule,
  strategyDefaults,
} from "../../api/script/declaration.ts";
import { partsOf } from "../parts.ts";
import { failureMessage, ScriptFailure } from "./failure.ts";
import { PineRun } from "./run.ts";
import { onTimeframe } from "./timeframe-run.ts";

/** What a compiled script says about itself. */
export interface PineDeclaration {
  readonly kind: "indicator" | "strategy" | "library";
  readonly title: string;
  readonly version: 5 | 6;
  /** By their names in camelCase. */
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  /** Built-ins that the script uses and that cannot have their effect, with what they do instead. */
  readonly stubs?: Readonly<Record<string, string>>;
}

/** Sets a script up and returns what runs on every bar. */
export type PineFactory = (rt: PineRun) => () => void;

/** Makes a script module of a compiled script. */
export function script(declaration: PineDeclaration, factory: PineFactory): ScriptModule {
  const { kind, title, settings, version, stubs } = declaration;
  const defaults = kind === "strategy" ? strategyDefaults : indicatorDefaults;
  // A library that is run by itself shows what its own global code plots.
  return scriptModule(
    kind === "library" ? "indicator" : kind,
    title,
    { ...defaults, ...settings },
    (context) => {
      const parts = partsOf(context);
      const run = new PineRun(parts, version);
      if (stubs !== undefined) parts.onWarning?.(stubWarning(stubs));
      const failed = (error: unknown): unknown => {
        const message = failureMessage(error);
        if (message === undefined) return error;
        return new ScriptFailure(
          message,
          run.index,
          parts.columns.openTimeMs[run.index] ?? Number.NaN,
          error,
        );
      };
      let bar: () => void;
      try {
        const timeframe = String(parts.settings["timeframe"] ?? "");
        bar = timeframe === "" ? factory(run) : onTimeframe(run, factory, timeframe, parts);
      } catch (error) {
        throw failed(error);
      }
      return {
        bar() {
          run.begin();
          try {
            bar();
          } catch (error) {
            throw failed(error);
          }
        },
        save: () => run.save(),
        restore: () => run.restore(),
      };
    },
  );
}

function stubWarning(stubs: Readonly<Record<string, string>>): string {
  const uses = Object.entries(stubs).map(([name, says]) => `${name} (${says})`);
  return `accepted without effect: ${uses.join(", ")}`;
}
