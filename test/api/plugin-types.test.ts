import { describe, expect, test } from "bun:test";
import { v, defineConfig, field, type InferConfig } from "pynecore/plugin";
import {
  CLIPlugin,
  ExtensionPlugin,
  LiveProviderPlugin,
  ProviderPlugin,
  WithCLI,
  WithExtension,
  capabilitiesOf,
  defineFunction,
  LiveProviderConfig,
  type BarContext,
} from "pynecore/plugin";

/** `true` only when both types are the same; a wrong type fails the type check, which is part of the tests. */
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const proven = <_Claim extends true>(): void => {};

const FooConfig = defineConfig("Foo provider", {
  api_key: field(v.string(), "", "API key for authentication"),
  use_sandbox: field(v.boolean(), false, "Use sandbox environment"),
});
type FooConfig = InferConfig<typeof FooConfig>;

const BarLiveConfig = defineConfig("Bar live", {
  ...LiveProviderConfig.entries,
  depth: field(v.number(), 5, "Depth"),
});
type BarLiveConfig = InferConfig<typeof BarLiveConfig>;

const VenuesConfig = defineConfig("", { depth: field(v.number(), 5, "Depth") }, { tables: FooConfig });
type VenuesConfig = InferConfig<typeof VenuesConfig>;

abstract class Venues extends ProviderPlugin<VenuesConfig> {
  static override Config = VenuesConfig;
  key() {
    proven<Equal<typeof this.config.depth, number>>();
    proven<Equal<typeof this.config.tables, Record<string, Partial<FooConfig>>>>();
    return this.config.tables["bybit"]?.api_key;
  }
}

abstract class Foo extends WithCLI(ProviderPlugin<FooConfig>) {
  static override Config = FooConfig;
  static override cli() {
    return null;
  }
  readConfig() {
    proven<Equal<typeof this.config, Readonly<FooConfig>>>();
    return this.config.use_sandbox;
  }
}

abstract class Everything extends WithExtension(WithCLI(LiveProviderPlugin<BarLiveConfig>)) {
  static override Config = BarLiveConfig;
  override onBar(ctx: BarContext<BarLiveConfig>): void {
    proven<Equal<typeof ctx.config, Readonly<BarLiveConfig>>>();
    proven<Equal<typeof this.config, Readonly<BarLiveConfig>>>();
    proven<Equal<typeof this.config.symbol_map, Record<string, string>>>();
  }
}

abstract class OtherOrder extends WithCLI(WithExtension(ProviderPlugin<FooConfig>)) {
  check() {
    proven<Equal<typeof this.config, Readonly<FooConfig>>>();
  }
}

class Tool extends CLIPlugin<FooConfig> {
  key() {
    proven<Equal<typeof this.config, Readonly<FooConfig>>>();
    return this.config.api_key;
  }
}

class Counter extends ExtensionPlugin {
  static override lib = {
    zscore: defineFunction({
      args: { source: "float", length: "int" },
      returns: "float",
      state: () => ({ values: [] as number[] }),
      call: (state, { source, length }) => {
        proven<Equal<typeof source, number>>();
        proven<Equal<typeof length, number>>();
        proven<Equal<typeof state, { values: number[] }>>();
        return source;
      },
    }),
  };
  bars = 0;
  override onBar() {
    this.bars++;
  }
}

describe("what a class can do is read from the class", () => {
  test.each([
    ["Foo", Foo, ["provider", "cli"]],
    ["Venues", Venues, ["provider"]],
    ["Everything", Everything, ["provider", "live", "cli", "extension"]],
    ["OtherOrder", OtherOrder, ["provider", "cli", "extension"]],
    ["Tool", Tool, ["cli"]],
    ["Counter", Counter, ["extension"]],
    ["no plugin at all", Date, []],
    ["not a class", "Foo", []],
  ] as const)("%s", (_name, plugin, expected) => {
    expect(capabilitiesOf(plugin)).toEqual([...expected]);
  });
});

test("an instance carries its config", () => {
  const tool = new Tool({ config: { api_key: "k", use_sandbox: true } });
  expect(tool.key()).toBe("k");
});
