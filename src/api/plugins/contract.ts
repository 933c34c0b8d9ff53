import { brokerMarker, liveMarker, providerMarker } from "./capabilities.ts";

/** What a class must bring for a capability: statics with a value of their own, and methods. */
interface Contract {
  readonly statics: readonly string[];
  readonly methods: readonly string[];
}

const contracts: readonly (readonly [symbol, Contract])[] = [
  [
    providerMarker,
    { statics: ["timeframes"], methods: ["getAvailableSymbols", "getSymbolInfo", "download"] },
  ],
  [liveMarker, { statics: [], methods: ["connect", "disconnect", "isConnected", "watchOhlcv"] }],
  [
    brokerMarker,
    {
      statics: [],
      methods: [
        "executeEntry",
        "executeExit",
        "executeClose",
        "executeCancel",
        "getOpenOrders",
        "getPosition",
        "getBalance",
        "getCapabilities",
      ],
    },
  ],
];

/**
 * The members a plugin class lacks, `static` ones marked so; empty: the contract is met. TypeScript has no abstract
 * statics, and a plugin written in JavaScript has no abstract methods either: this is the check for both.
 */
export function missingMembers(pluginClass: Function): string[] {
  const marks = pluginClass as unknown as Readonly<Record<symbol, unknown>>;
  return contracts
    .filter(([marker]) => marks[marker] === true)
    .flatMap(([, contract]) => [
      ...contract.statics.filter((name) => !hasOwnValue(pluginClass, name)).map((name) => `static ${name}`),
      ...contract.methods.filter((name) => !(name in (pluginClass.prototype as object))),
    ]);
}

/** A static counts when it is a table with at least one row: the base class's is empty. */
function hasOwnValue(pluginClass: Function, name: string): boolean {
  const value = (pluginClass as unknown as Readonly<Record<string, unknown>>)[name];
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}
