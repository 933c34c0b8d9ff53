import { join } from "node:path";

import { type CheckReport, checkFile } from "../../../data/check/check.ts";
import { messageOf, PyneError, RuntimeFailure, TryAgainLaterError } from "../../../kernel/errors.ts";
import { checkLines, checkObject } from "../../check-report.ts";
import { defineBuiltin } from "../../command.ts";
import { type Repaired, repairFile } from "../../data-repair.ts";
import { selectDataFiles } from "../../data-selection.ts";
import { downloadArgs } from "../../download-run.ts";
import { notFound } from "../../../config/lookup.ts";
import { counted } from "../../../kernel/counted.ts";

export default defineBuiltin({
  summary: "Check data files, and fetch what is missing in them",
  description:
    "Reads every bar: header, order, prices, further columns, the symbol file's period; then what is missing of open market hours, and what is known about where the bars came from. Hours come from the symbol file; without them the market never closes. --repair asks the provider of the [download] table for the holes. What the provider has nothing for is remembered and not asked for again, except with --again. The exit code is 1 when a file is broken; holes alone are no failure.",
  examples: [
    "pyne data check",
    "pyne data check EURUSD_60 --json",
    "pyne data check 'ccxt_*' --repair",
    "pyne data check demo --repair --again",
  ],
  args: {
    file: {
      type: "positional",
      required: false,
      multiple: true,
      valueHint: "FILE",
      description: "Data files, or patterns over their names; default: all",
    },
    repair: { type: "boolean", description: "Fetch the holes from the provider the bars came from" },
    again: { type: "boolean", description: "With --repair: ask for what the provider had nothing for, too" },
    ...downloadArgs,
    json: { type: "boolean", description: "One JSON object on stdout" },
  },
  async run({ app, positionals }, values) {
    const workdir = await app.requireWorkdir();
    const { files, unmatched } = selectDataFiles(workdir.data, app.cwd, positionals);
    if (unmatched.length > 0) throw notFound("data file", unmatched, workdir.data, app.cwd);
    if (files.length === 0) app.out.note(`there are no data files in ${workdir.data}`);
    if (values.repair === true) await app.preparePlugins();
    const options = { lockWait: values.lockWait, retries: values.retries, again: values.again === true };
    const width = Math.max(0, ...files.map(({ name }) => name.length));
    const objects: object[] = [];
    const failures: unknown[] = [];
    let broken = 0;
    for (const { folder, name } of files) {
      if (app.signal.aborted) break;
      const before = checkFile(join(folder, `${name}.ohlcv`));
      let after: CheckReport = before;
      let repaired: Repaired | undefined;
      if (values.repair === true && isRepairable(before, positionals.includes(name))) {
        try {
          repaired = await repairFile(app, workdir, before, options);
          after = repaired?.report ?? before;
        } catch (error) {
          if (!app.signal.aborted) {
            failures.push(error);
            app.out.error(named(name, error));
          }
          after = checkFile(before.path);
        }
      }
      if (after.faults.length > 0) broken++;
      if (values.json === true) {
        objects.push({
          ...checkObject(after),
          ...(values.repair === true ? { added: repaired?.added ?? 0, asked: repaired !== undefined } : {}),
        });
        continue;
      }
      for (const line of checkLines(after, width)) app.out.print(line);
      if (repaired !== undefined) app.out.print(`  ${repairLine(repaired)}`);
    }
    if (values.json === true) app.out.json({ files: objects, broken, failed: failures.length });
    if (broken > 0) {
      throw new RuntimeFailure(`${broken} of ${files.length} files are broken`, {
        hint: "restore them from a backup, or download or convert them again",
      });
    }
    if (failures.length > 0) throw summary(failures, files.length);
  },
});

/** A broken file cannot be repaired; one that was not downloaded is an error only for somebody who names it. */
function isRepairable({ faults, provider }: CheckReport, isNamed: boolean): boolean {
  return faults.length === 0 && (provider !== undefined || isNamed);
}

function repairLine({ added, none, interrupted }: Repaired): string {
  const parts = [
    added === 0 ? "repair: nothing came" : `repair: ${counted(added, "bar")} came`,
    ...(none === 0 ? [] : [`the venue has none for ${counted(none, "bar")}`]),
    ...(interrupted ? ["interrupted"] : []),
  ];
  return parts.join("; ");
}

function named(name: string, error: unknown): PyneError {
  const { hint } = error as Partial<PyneError>;
  return new RuntimeFailure(`${name}: ${messageOf(error)}`, {
    cause: error,
    ...(typeof hint === "string" ? { hint } : {}),
  });
}

function summary(failures: readonly unknown[], total: number): PyneError {
  const text = `${failures.length} of ${total} files could not be repaired`;
  return failures.every((error) => (error as Partial<PyneError>).exitCode === 75)
    ? new TryAgainLaterError(text, { hint: "the failures may pass: try again later" })
    : new RuntimeFailure(text);
}
