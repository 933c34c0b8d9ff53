/** Sources of small plugins that several tests install. */

/** The hello package, as its author would write it. */
export const hello = `
import { CLIPlugin } from "pynecore/plugin";
import { defineCommand } from "citty";

export class HelloPlugin extends CLIPlugin {
  static override doc = "Greets people.";
  static override cli() {
    return defineCommand({
      meta: { name: "hello", description: "Greeting commands" },
      subCommands: { greet: defineCommand({
        meta: { name: "greet", description: "Says hello" },
        args: { name: { type: "positional", required: false, default: "World", description: "Whom to greet" } },
        run: ({ args }) => console.log(\`Hello, \${args.name}!\`),
      }) },
    });
  }
}
`;

/** The Foo provider with its two configuration fields; `fields` replaces them. */
export function foo(
  fields = `
  api_key: field(v.string(), "", "API key for authentication"),
  use_sandbox: field(v.boolean(), false, "Use sandbox environment"),`,
): string {
  return `
import { ProviderPlugin, WithCLI, defineConfig, field, v, type InferConfig } from "pynecore/plugin";

const FooConfig = defineConfig("Foo provider", {${fields}
});
type FooConfig = InferConfig<typeof FooConfig>;

export default class Foo extends WithCLI(ProviderPlugin<FooConfig>) {
  static override Config = FooConfig;
  static override timeframes = { "1D": "day" };
  getAvailableSymbols() { return Promise.resolve(["X"]); }
  getSymbolInfo(): never { throw new Error("none"); }
  async *download() {}
}
`;
}

/** A plugin that adds options to \`run\`; \`body\` is the record of argument definitions. */
export function options(body: string, path = "run"): string {
  return `
import { CLIPlugin } from "pynecore/plugin";
export default class extends CLIPlugin {
  static override cliParams(path: string) {
    return path === ${JSON.stringify(path)} ? ${body} : {};
  }
}
`;
}

/** An extension that adds options to \`run\` and prints what it was given when the run starts. */
export function printer(body: string): string {
  return `
import { ExtensionPlugin, WithCLI } from "pynecore/plugin";
export default class extends WithCLI(ExtensionPlugin) {
  static override cliParams(path: string) {
    return path === "run" ? ${body} : {};
  }
  override onScriptStart(ctx) {
    console.error("params " + JSON.stringify(ctx.pluginParams));
  }
}
`;
}
