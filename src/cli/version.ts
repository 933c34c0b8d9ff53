declare const PYNE_VERSION: string | undefined;
declare const PYNE_COMMIT: string | undefined;

/** Replaced at build time; in a checkout, what `package.json` says. */
export const version: string = typeof PYNE_VERSION === "string" ? PYNE_VERSION : "1.0.0";
/** The commit it was built from, or `development`. */
export const commit: string = typeof PYNE_COMMIT === "string" ? PYNE_COMMIT : "development";
/** Tells builds apart. */
export const buildId: string = `${version}+${commit}`;
/** Whether no other build has this id: one of a changed checkout is like the next. */
export const isOnlyBuild: boolean = !/^(development|unknown)$|-dirty$/.test(commit);

/** The line that `pyne --version` prints. */
export function versionLine(): string {
  return `pyne ${version} (${commit}) bun ${Bun.version} ${process.platform}-${process.arch}`;
}
