import { resolve } from "node:path";

import { defineBuiltin } from "../command.ts";

export default defineBuiltin({
  summary: "Create a workdir",
  description:
    "Creates the folders of a workdir with a demo script and demo data, or completes one that exists. Nothing that is there is overwritten.",
  examples: ["pyne init", "pyne init ~/trading", "pyne init --recreate-demo"],
  args: {
    folder: {
      type: "positional",
      required: false,
      valueHint: "FOLDER",
      description: "Where; default: ./workdir",
    },
  },
  async run({ app }, { folder }) {
    const path = folder === undefined ? (app.globals.workdir ?? "workdir") : folder;
    const paths = await app.setUpWorkdir(resolve(app.cwd, path));
    app.out.print(paths.root);
  },
});
