import { addPackages, type InstalledPackage, linkPackage } from "../../../host/install/install.ts";
import { UsageError } from "../../../kernel/errors.ts";
import { defineBuiltin } from "../../command.ts";
import { installerFor, reportInstalled } from "../../installer.ts";

export default defineBuiltin({
  summary: "Install a package, tarball or folder",
  description:
    "SPEC is an npm name with an optional range, a tarball, or a folder. Nothing but pyne itself is needed; scripts of packages never run; when anything fails the installed plugins are as they were.",
  examples: [
    "pyne plugin add pynecore-hello",
    'pyne plugin add "pynecore-hello@^0.1"',
    "pyne plugin add ./pynecore-hello-0.1.0.tgz",
    "pyne plugin add --link ./pynecore-hello",
  ],
  args: {
    specs: {
      type: "positional",
      required: true,
      multiple: true,
      valueHint: "SPEC",
      description: "What to install",
    },
    link: { type: "boolean", description: "Link a folder instead of copying it: edits take effect at once" },
    registry: { type: "string", valueHint: "URL", description: "Registry to ask" },
    json: { type: "boolean", description: "One JSON object on stdout" },
  },
  async run({ app }, { specs, link, registry, json }) {
    if (registry !== undefined && !/^https?:\/\//.test(registry)) {
      throw new UsageError(`--registry is an http or https address, not "${registry}"`);
    }
    const installer = installerFor(app, registry);
    const installed: InstalledPackage[] = [];
    if (link === true) for (const folder of specs) installed.push(...(await linkPackage(installer, folder)));
    else installed.push(...(await addPackages(installer, specs)));
    await reportInstalled(app, installed, json === true);
  },
});
