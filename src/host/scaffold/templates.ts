/** The files of a new plugin project, pure: name and kind in, texts by path out. */

export const pluginKinds = ["provider", "live", "broker", "cli", "extension"] as const;
export type PluginKind = (typeof pluginKinds)[number];

/** What a project is made for. */
export interface ProjectOptions {
  /** The plugin's name. */
  readonly name: string;
  readonly kind: PluginKind;
  /** Range of host versions. */
  readonly range: string;
}

/** Every file of the project but the SDK. */
export function projectFiles(options: ProjectOptions): Record<string, string> {
  const { name, kind, range } = options;
  const className = `${name.replace(/(^|[-_])([a-z0-9])/g, (_match, _dash, letter: string) => letter.toUpperCase())}Plugin`;
  const parts: Readonly<Record<PluginKind, { source: string; test: string }>> = {
    cli: { source: cliSource(name, className), test: cliTest(className) },
    extension: { source: extensionSource(name, className), test: extensionTest(className) },
    provider: {
      source: providerSource(name, className, "provider"),
      test: providerTest(className, "provider"),
    },
    live: { source: providerSource(name, className, "live"), test: providerTest(className, "live") },
    broker: { source: providerSource(name, className, "broker"), test: providerTest(className, "broker") },
  };
  return {
    "package.json": `${JSON.stringify(
      {
        name: `pynecore-${name}`,
        version: "0.1.0",
        description: `The ${name} plugin for pyne`,
        type: "module",
        files: ["src"],
        scripts: { test: "bun test", types: "bun check --no-script" },
        peerDependencies: { pynecore: range },
        pyne: { plugins: { [name]: `./src/index.ts#${className}` } },
      },
      null,
      2,
    )}\n`,
    "tsconfig.json": `${JSON.stringify(
      {
        compilerOptions: {
          target: "ESNext",
          module: "Preserve",
          moduleResolution: "bundler",
          lib: ["ESNext", "DOM"],
          types: [],
          strict: true,
          noUncheckedIndexedAccess: true,
          noImplicitOverride: true,
          allowImportingTsExtensions: true,
          verbatimModuleSyntax: true,
          skipLibCheck: true,
          noEmit: true,
        },
        include: ["src", "test", "types"],
      },
      null,
      2,
    )}\n`,
    ".gitignore": "node_modules\n*.tgz\n",
    "README.md": readme(name, kind),
    "src/index.ts": parts[kind].source,
    "test/index.test.ts": parts[kind].test,
    "types/bun-test.d.ts": testTypes,
  };
}

function readme(name: string, kind: PluginKind): string {
  const use: Readonly<Record<PluginKind, string>> = {
    cli: `pyne ${name} greet World`,
    extension: `pyne run demo demo --ext ${name}`,
    provider: `pyne plugin test ${name}`,
    live: `pyne plugin test ${name}`,
    broker: `pyne plugin test ${name}                # what it says of itself
pyne plugin test ${name} --orders       # trades the smallest size on the account: one for tests
pyne broker lab .                     # with a lab.ts: everything that can go wrong on the way`,
  };
  return `# pynecore-${name}

A ${kind} plugin for pyne.

\`\`\`sh
pyne plugin add --link .    # use it while you work on it
${use[kind]}
bun test                    # its tests
bun check                   # its types
\`\`\`

No Bun on this machine? The pyne executable is one: \`BUN_BE_BUN=1 pyne test\`.

\`node_modules/pynecore\` holds the types of the API and a stand-in for tests. The executable brings the real one, so it
is not a dependency that anybody installs. After a fresh checkout: \`pyne plugin new ${name} --refresh --folder .\`
`;
}

function cliSource(name: string, className: string): string {
  return `import { defineCommand } from "citty";
import { CLIPlugin } from "pynecore/plugin";

export class ${className} extends CLIPlugin {
  static override doc = "Greets people.";

  static override cli() {
    return defineCommand({
      meta: { name: "${name}", description: "Greeting commands" },
      subCommands: {
        greet: defineCommand({
          meta: { name: "greet", description: "Says hello" },
          args: {
            name: { type: "positional", required: false, default: "World", description: "Whom to greet" },
          },
          run: ({ args }) => console.log(greeting(args.name)),
        }),
      },
    });
  }
}

/** What is said to somebody. */
export function greeting(name: string): string {
  return \`Hello, \${name}!\`;
}
`;
}

function cliTest(className: string): string {
  return `import { expect, test } from "bun:test";

import { greeting, ${className} } from "../src/index.ts";

test("greets by name", () => {
  expect(greeting("PyneCore")).toBe("Hello, PyneCore!");
});

test("has a command group", () => {
  expect(${className}.cli()).not.toBeNull();
});
`;
}

function extensionSource(name: string, className: string): string {
  return `import {
  defineConfig,
  defineFunction,
  ExtensionPlugin,
  field,
  v,
  type BarContext,
  type EndContext,
  type InferConfig,
} from "pynecore/plugin";

const Config = defineConfig("${name} extension", {
  threshold: field(v.number(), 0.02, "A bar that moves by more than this fraction is counted"),
});
type Config = InferConfig<typeof Config>;

export class ${className} extends ExtensionPlugin<Config> {
  static override doc = "Counts large bars, and lends scripts a running maximum.";
  static override Config = Config;

  /** Scripts call it as \`ext.${name}.highest(s.close)\`. */
  static override lib = {
    highest: defineFunction({
      args: { source: "float" },
      returns: "float",
      state: () => ({ highest: Number.NaN }),
      call: (state, { source }) => (state.highest = state.highest > source ? state.highest : source),
    }),
  };

  large = 0;

  override onBar(ctx: BarContext<Config>): void {
    const move = Math.abs(ctx.bar.close / ctx.bar.open - 1);
    if (move > this.config.threshold) this.large++;
    ctx.plot("Large bars", this.large);
  }

  override onEnd(ctx: EndContext<Config>): void {
    ctx.log.info(\`\${this.large} large bars\`);
  }
}
`;
}

function extensionTest(className: string): string {
  return `import { expect, test } from "bun:test";

import { ${className} } from "../src/index.ts";

test("the library function keeps the highest value", () => {
  const { highest } = ${className}.lib;
  const state = highest.state?.() ?? { highest: Number.NaN };
  expect([1, 3, 2].map((source) => highest.call(state, { source }))).toEqual([1, 3, 3]);
});

test("starts at zero with its configuration", () => {
  const extension = new ${className}({ config: { threshold: 0.1 } });
  expect(extension.large).toBe(0);
  expect(extension.config.threshold).toBe(0.1);
});
`;
}

const bases: Readonly<Record<"provider" | "live" | "broker", string>> = {
  provider: "ProviderPlugin",
  live: "LiveProviderPlugin",
  broker: "BrokerPlugin",
};

function providerSource(name: string, className: string, kind: "provider" | "live" | "broker"): string {
  const base = bases[kind];
  const inherited = kind === "provider" ? "" : "\n  ...LiveProviderConfig.entries,";
  const imports = [
    base,
    ...(kind === "provider" ? [] : ["LiveProviderConfig"]),
    "defineConfig",
    "field",
    "ProviderError",
    "secret",
    ...(kind === "provider" ? [] : ["TransientProviderError"]),
    "v",
    "type Bar",
    ...(kind === "provider" ? [] : ["type BarUpdate"]),
    "type DownloadRequest",
    "type InferConfig",
    "type SymInfo",
    ...(kind === "broker" ? ["exchangeCapabilities", "ExchangeOrderRejectedError"] : []),
    ...(kind === "broker" ? brokerTypes.map((type) => `type ${type}`) : []),
  ];
  return `import {
${imports.map((item) => `  ${item},`).join("\n")}
} from "pynecore/plugin";

const Config = defineConfig("${name} provider", {${inherited}
  api_key: field(v.pipe(v.string(), secret()), "", "API key for authentication"),
  start_price: field(v.number(), 100, "Price of the first bar"),
});
type Config = InferConfig<typeof Config>;

const day = 86_400_000;
const days = [0, 1, 2, 3, 4, 5, 6];

/** Serves made-up daily bars. Replace the three methods with calls to your venue. */
export class ${className} extends ${base}<Config> {
  static override doc = "Made-up daily bars of one symbol.";
  static override Config = Config;
  static override timeframes = { "1D": "day" };

  getAvailableSymbols(): Promise<string[]> {
    return Promise.resolve(["SAMPLE"]);
  }

  getSymbolInfo(): Promise<SymInfo> {
    if (this.symbol !== "SAMPLE") throw new ProviderError(\`there is no symbol "\${this.symbol}"\`);
    return Promise.resolve({
      prefix: "${name.toUpperCase()}",
      description: "A sample",
      ticker: "SAMPLE",
      currency: "USD",
      period: this.timeframe ?? "1D",
      type: "other",
      mintick: 0.01,
      pricescale: 100,
      minmove: 1,
      pointvalue: 1,
      mincontract: 1,
      timezone: "UTC",
      volumetype: "base",
      openingHours: days.map((day) => ({ day, start: "00:00:00", end: "00:00:00" })),
      sessionStarts: days.map((day) => ({ day, time: "00:00:00" })),
      sessionEnds: days.map((day) => ({ day, time: "00:00:00" })),
    });
  }

  async *download({ from, to, limit = 1000, signal }: DownloadRequest): AsyncIterable<readonly Bar[]> {
    const end = Math.min(to, this.clock.nowMs());
    let page: Bar[] = [];
    for (let time = Math.ceil(from / day) * day; time < end; time += day) {
      page.push(this.#bar(time));
      if (page.length < limit) continue;
      signal.throwIfAborted();
      yield page;
      page = [];
    }
    signal.throwIfAborted();
    if (page.length > 0) yield page;
  }

  #bar(openTimeMs: number): Bar {
    const close = this.config.start_price + Math.round(Math.sin(openTimeMs / day) * 100) / 100;
    return { openTimeMs, open: close, high: close, low: close, close, volume: 1 };
  }
${kind === "provider" ? "" : liveMembers}${kind === "broker" ? brokerMembers : ""}}
`;
}

const liveMembers = `
  #connected = false;

  connect(): Promise<void> {
    this.#connected = true;
    return Promise.resolve();
  }

  disconnect(): Promise<void> {
    this.#connected = false;
    return Promise.resolve();
  }

  get isConnected(): boolean {
    return this.#connected;
  }

  async watchOhlcv(_symbol: string, _timeframe: string, signal: AbortSignal): Promise<BarUpdate> {
    // A venue pushes; this one is looked at ten times a second.
    await this.clock.sleep(100, signal);
    if (!this.#connected) throw new TransientProviderError("the connection was closed");
    const openTimeMs = Math.floor(this.clock.nowMs() / day) * day;
    return { ...this.#bar(openTimeMs), isClosed: false };
  }
`;

const brokerTypes = [
  "CancelIntent",
  "CloseIntent",
  "DispatchEnvelope",
  "EntryIntent",
  "ExchangeCapabilities",
  "ExchangeOrder",
  "ExchangePosition",
  "ExitIntent",
  "OrderEvent",
];

const brokerMembers = `
  override get accountId(): string {
    return "sample-demo";
  }

  executeEntry(_envelope: DispatchEnvelope<EntryIntent>): Promise<ExchangeOrder[]> {
    throw new ExchangeOrderRejectedError("this sample accepts no orders");
  }

  executeExit(_envelope: DispatchEnvelope<ExitIntent>): Promise<ExchangeOrder[]> {
    throw new ExchangeOrderRejectedError("this sample accepts no orders");
  }

  executeClose(_envelope: DispatchEnvelope<CloseIntent>): Promise<ExchangeOrder> {
    throw new ExchangeOrderRejectedError("this sample accepts no orders");
  }

  executeCancel(_envelope: DispatchEnvelope<CancelIntent>): Promise<boolean> {
    return Promise.resolve(true);
  }

  getOpenOrders(): Promise<ExchangeOrder[]> {
    return Promise.resolve([]);
  }

  getPosition(_symbol: string): Promise<ExchangePosition | null> {
    return Promise.resolve(null);
  }

  getBalance(): Promise<Record<string, number>> {
    return Promise.resolve({ USD: 0 });
  }

  getCapabilities(): Promise<ExchangeCapabilities> {
    return Promise.resolve(exchangeCapabilities({ idempotency: "software", watchOrders: "native" }));
  }

  // Without orders nothing happens to them; a venue's stream reconnects in here.
  override async *watchOrders(signal: AbortSignal): AsyncIterable<OrderEvent> {
    while (!signal.aborted) await this.clock.sleep(60_000, signal).catch(() => {});
  }
`;

function providerTest(className: string, kind: "provider" | "live" | "broker"): string {
  const config = kind === "provider" ? "" : " symbol_map: {},";
  const live = kind === "provider" ? "" : "\n    // How long its feed is watched.\n    liveMs: 500,";
  return `import { expect, test } from "bun:test";
import { testProvider } from "pynecore/testing";

import { ${className} } from "../src/index.ts";

const config = {${config} api_key: "", start_price: 50 };

test("describes its symbol", async () => {
  const provider = new ${className}({ config, symbol: "SAMPLE", timeframe: "1D" });
  const info = await provider.getSymbolInfo();
  expect([info.ticker, info.period, info.mintick]).toEqual(["SAMPLE", "1D", 0.01]);
});

// What "pyne plugin test" asks, without the executable.
test("keeps the contract of a ${kind === "broker" ? "broker" : "provider"}", async () => {
  const results = testProvider({
    plugin: ${className},
    create: (request) => new ${className}({ config, ...request }),${live}
  });
  const failures: string[] = [];
  for await (const { id, status, detail } of results) {
    if (status === "fail") failures.push(\`\${id}: \${detail}\`);
  }
  expect(failures).toEqual([]);
}, 60_000);
`;
}

const testTypes = `/** As much of Bun's test API as this project uses; @types/bun has all of it. */
declare module "bun:test" {
  interface Matchers {
    readonly not: Matchers;
    toBe(expected: unknown): void;
    toBeNull(): void;
    toEqual(expected: unknown): void;
    toThrow(expected?: string | RegExp): void;
  }
  export function expect(actual: unknown): Matchers;
  export function test(name: string, action: () => void | Promise<void>, timeoutMs?: number): void;
  export function describe(name: string, action: () => void): void;
}
`;
