import { UsageError } from "../../kernel/errors.ts";
import { completionCandidates, completionScript, shells } from "../completion.ts";
import { defineBuiltin } from "../command.ts";

export default defineBuiltin({
  summary: "Print a completion script for a shell",
  description:
    "Commands and options of plugins are completed too. The script asks pyne itself, so it never goes stale.",
  examples: [
    "pyne completion bash > ~/.local/share/bash-completion/completions/pyne",
    "pyne completion zsh > ~/.zfunc/_pyne",
    "pyne completion fish > ~/.config/fish/completions/pyne.fish",
  ],
  args: {
    shell: { type: "positional", required: true, valueHint: "SHELL", description: "bash, zsh or fish" },
    words: {
      type: "positional",
      required: false,
      multiple: true,
      valueHint: "WORD",
      description: "For the scripts themselves: the words typed so far",
    },
  },
  async run({ app, root }, { shell, words }) {
    if (shell === "words") {
      for (const line of await completionCandidates(app, root, words)) app.out.print(line);
      return;
    }
    const script = completionScript(shell);
    if (script === undefined) {
      throw new UsageError(`no completion for "${shell}"`, { hint: `one of ${shells.join(", ")}` });
    }
    app.out.print(script);
  },
});
