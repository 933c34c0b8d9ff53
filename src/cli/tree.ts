import { builtinGroup, type Command } from "./command.ts";

/** The built-in commands. Each module is imported when its command is invoked. */

const data = builtinGroup(
  ["data"],
  "Market data: providers, symbols, files",
  [
    "pyne data list",
    "pyne data info demo",
    "pyne data download ccxt:BYBIT:BTC/USDT:USDT@60 --from 2024-01-01",
    "pyne data convert-from EURUSD_60.csv",
  ],
  {
    download: {
      summary: "Download bars into a data file, or continue one",
      load: () => import("./commands/data/download.ts"),
    },
    update: {
      summary: "Continue every downloaded data file",
      load: () => import("./commands/data/update.ts"),
    },
    list: { summary: "Show the data files there are", load: () => import("./commands/data/list.ts") },
    info: { summary: "Show what a data file holds", load: () => import("./commands/data/info.ts") },
    check: {
      summary: "Check data files, and fetch what is missing",
      load: () => import("./commands/data/check.ts"),
    },
    "convert-from": {
      summary: "Turn a CSV, TXT or JSON file into a data file",
      load: () => import("./commands/data/convert-from.ts"),
    },
    "convert-to": {
      summary: "Turn a data file into CSV or JSON",
      load: () => import("./commands/data/convert-to.ts"),
    },
    aggregate: {
      summary: "Merge bars into a longer timeframe",
      load: () => import("./commands/data/aggregate.ts"),
    },
    map: { summary: "Say what a provider calls a symbol", load: () => import("./commands/data/map.ts") },
  },
);

const plugin = builtinGroup(
  ["plugin"],
  "Install, inspect and write plugins",
  ["pyne plugin list", "pyne plugin add pynecore-hello", "pyne plugin new hello --kind cli"],
  {
    list: { summary: "Show the installed plugins", load: () => import("./commands/plugin/list.ts") },
    info: { summary: "Show one plugin in detail", load: () => import("./commands/plugin/info.ts") },
    add: { summary: "Install a package, tarball or folder", load: () => import("./commands/plugin/add.ts") },
    remove: { summary: "Remove an installed plugin", load: () => import("./commands/plugin/remove.ts") },
    update: { summary: "Update installed plugins", load: () => import("./commands/plugin/update.ts") },
    trust: {
      summary: "Allow this workdir's own plugins to run",
      load: () => import("./commands/plugin/trust.ts"),
    },
    doctor: {
      summary: "Check every plugin and its configuration",
      load: () => import("./commands/plugin/doctor.ts"),
    },
    test: {
      summary: "Check whether a provider keeps its contract",
      load: () => import("./commands/plugin/test.ts"),
    },
    new: { summary: "Start a plugin project", load: () => import("./commands/plugin/new.ts") },
  },
);

const schedule = builtinGroup(
  ["schedule"],
  "Run commands again and again with the system's cron",
  [`pyne schedule add "*/15 * * * *" -- data update`, "pyne schedule list"],
  {
    add: { summary: "Add a command to your crontab", load: () => import("./commands/schedule/add.ts") },
    list: { summary: "Show the scheduled commands", load: () => import("./commands/schedule/list.ts") },
    remove: { summary: "Take commands out again", load: () => import("./commands/schedule/remove.ts") },
    run: {
      summary: "Run a scheduled command now, into its log",
      hidden: true,
      load: () => import("./commands/schedule/run.ts"),
    },
  },
);

const broker = builtinGroup(
  ["broker"],
  "Look into the books of live trading, and lend a hand",
  [
    "pyne broker runs",
    "pyne broker show ma-cross",
    "pyne broker audit ma-cross",
    "pyne broker flatten ma-cross",
  ],
  {
    runs: { summary: "Show the runs that have traded", load: () => import("./commands/broker/runs.ts") },
    show: { summary: "Show how a run stands", load: () => import("./commands/broker/show.ts") },
    orders: { summary: "Show the orders of a run", load: () => import("./commands/broker/orders.ts") },
    events: { summary: "Show the log of a run", load: () => import("./commands/broker/events.ts") },
    audit: {
      summary: "Prove that a run's books are whole",
      load: () => import("./commands/broker/audit.ts"),
    },
    pause: {
      summary: "Let a live run take no new exposure",
      load: () => import("./commands/broker/pause.ts"),
    },
    resume: { summary: "Let a paused run trade again", load: () => import("./commands/broker/resume.ts") },
    flatten: {
      summary: "Close everything that a live run has",
      load: () => import("./commands/broker/flatten.ts"),
    },
    stop: {
      summary: "End a live run as if by Ctrl+C",
      load: () => import("./commands/broker/stop.ts"),
    },
    lab: {
      summary: "Try to make the order engine order twice, lose a fill, or leave a position naked",
      load: () => import("./commands/broker/lab.ts"),
    },
    backup: { summary: "Copy the books while runs go on", load: () => import("./commands/broker/backup.ts") },
  },
);

/** `pyne` itself. */
export const rootCommand: Command = builtinGroup(
  [],
  "pyne runs trading scripts over market data.",
  ["pyne init", "pyne run demo demo", "pyne plugin add pynecore-hello", "pyne run --help"],
  {
    init: { summary: "Create a workdir", load: () => import("./commands/init.ts") },
    run: { summary: "Run a script over data", load: () => import("./commands/run.ts") },
    verify: {
      summary: "Compare a strategy's trades with TradingView's",
      load: () => import("./commands/verify.ts"),
    },
    optimize: {
      summary: "Search for the inputs of a strategy",
      load: () => import("./commands/optimize.ts"),
    },
    check: { summary: "Look for mistakes in Pine scripts", load: () => import("./commands/check.ts") },
    compile: { summary: "Turn a Pine script into JavaScript", load: () => import("./commands/compile.ts") },
    data: { group: data },
    broker: { group: broker },
    schedule: { group: schedule },
    plugin: { group: plugin },
    completion: {
      summary: "Print a completion script for a shell",
      load: () => import("./commands/completion.ts"),
    },
  },
);

/** The names of the built-in commands. */
export const commandNames: readonly string[] = [...rootCommand.children.keys()];

/** Names that a plugin's command group may not take: the built-in commands, and those that are spoken for. */
export const reservedGroupNames: readonly string[] = [...commandNames, ...["help", "benchmark", "debug"]];
