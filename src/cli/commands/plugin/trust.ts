import { RuntimeFailure } from "../../../kernel/errors.ts";
import { scanRoot } from "../../../host/discovery.ts";
import { setTrust } from "../../../host/trust.ts";
import { defineBuiltin } from "../../command.ts";
import { confirm } from "../../prompt.ts";

export default defineBuiltin({
  summary: "Allow this workdir's own plugins to run",
  description:
    "Plugins in WORKDIR/plugins are somebody's code that came with the folder. They run only after you have trusted the folder; the trust is kept in your own home folder.",
  examples: ["pyne plugin trust", "pyne plugin trust --remove"],
  args: { remove: { type: "boolean", description: "Take the trust back" } },
  async run({ app }, { remove }) {
    const workdir = app.optionalWorkdir();
    if (workdir === null) {
      throw new RuntimeFailure(`there is no workdir at ${app.workdirLocation().path}`, {
        hint: "pyne init creates one",
      });
    }
    if (remove === true) {
      const changed = setTrust(app.home.trust, workdir.root, false);
      app.out.print(changed ? `${workdir.root} is no longer trusted` : `${workdir.root} was not trusted`);
      return;
    }
    const { candidates } = scanRoot(workdir.plugins, "workdir", true);
    for (const candidate of candidates)
      app.out.note(`  ${candidate.name} ${candidate.version}  ${candidate.entryPath}`);
    if (!app.globals.yes) {
      if (!app.canAsk) throw new RuntimeFailure("trust needs an answer", { hint: "pyne --yes plugin trust" });
      if (!(await confirm(`Run plugins from ${workdir.plugins}?`)))
        throw new RuntimeFailure("nothing was trusted");
    }
    const changed = setTrust(app.home.trust, workdir.root, true);
    app.out.print(changed ? `${workdir.root} is trusted` : `${workdir.root} was trusted already`);
  },
});
