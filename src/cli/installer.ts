import type { InstalledPackage, Installer } from "../host/install/install.ts";
import type { App } from "./app.ts";
import { version } from "./version.ts";

/** What installations of this command line work with. */
export function installerFor(app: App, registry: string | undefined): Installer {
  return { home: app.home, hostVersion: version, cwd: app.cwd, registry, signal: app.signal };
}

/** One line per plugin with what it can do; a broken or ambiguous one is installed all the same, and said to be so. */
export async function reportInstalled(
  app: App,
  installed: readonly InstalledPackage[],
  json: boolean,
): Promise<void> {
  const host = app.host();
  await host.createMissingConfigs();
  await host.refreshIndex();
  const rows = installed.flatMap(({ packageName, version: installedVersion, previousVersion, plugins }) =>
    plugins.map((plugin) => {
      const entry = host.catalog.find((known) => known.name === plugin.name);
      const used = entry?.candidates.find((candidate) => candidate.packageName === packageName);
      const record = used === undefined ? undefined : host.recordOf(used);
      const facts = record !== undefined && "facts" in record ? record.facts : undefined;
      return {
        name: plugin.name,
        package: packageName,
        version: installedVersion,
        previous_version: previousVersion ?? null,
        capabilities:
          facts === undefined ? [] : facts.capabilities.length === 0 ? ["library"] : facts.capabilities,
        conflict: (entry?.candidates.length ?? 0) > 1,
        error: record !== undefined && "failure" in record ? record.failure.message : null,
      };
    }),
  );
  if (json) app.out.json({ installed: rows });
  for (const row of rows) {
    if (!json) {
      const from =
        row.previous_version === null || row.previous_version === row.version
          ? ""
          : ` (was ${row.previous_version})`;
      app.out.print(`${row.name}   ${row.package} v${row.version}${from}   [${row.capabilities.join(", ")}]`);
    }
    if (row.error !== null) app.out.warn(`installed, but it cannot be loaded: ${row.error}`);
    if (row.conflict) {
      app.out.warn(
        `another package declares the plugin "${row.name}" too; neither can be used: pyne plugin info ${row.name}`,
      );
    }
  }
}
