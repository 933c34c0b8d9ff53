import { pluggablePaths, type PluggablePath } from "../api/plugins/cli.ts";
import { type ExitCode, PyneError, UsageError } from "../kernel/errors.ts";
import type { PluginHost } from "../host/host.ts";
import { App } from "./app.ts";
import { findOption, parseArgv } from "./argv.ts";
import { type Command, commandFromCitty } from "./command.ts";
import { globalOptions, globalsFrom, globalSpellings } from "./globals.ts";
import { helpPage } from "./help.ts";
import { leaveSoon } from "./leave.ts";
import { type OptionSpec, optionSpec, spellingsOf } from "./options.ts";
import { nearest } from "../kernel/nearest.ts";
import { commandNames, reservedGroupNames, rootCommand } from "./tree.ts";
import { versionLine } from "./version.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Runs one command line. Never throws: whatever happens becomes a message and an exit code. */
export async function runCli(argv: readonly string[], env: Environment, cwd: string): Promise<number> {
  const app = new App(env, cwd);
  endOnStray(app);
  try {
    await dispatch(app, argv);
    return app.interruptedBy ?? app.exitCode;
  } catch (error) {
    app.out.options.debug ||= argv.includes("--debug");
    app.out.endProgress();
    app.out.error(error);
    const code = exitCodeOf(error);
    if (code === undefined) app.recordCrash(error);
    return app.interruptedBy ?? code ?? 1;
  } finally {
    leaveSoon(() => app.out.isRead);
  }
}

/**
 * What nobody caught ends the process as a failure of a command does. Bun would print the error with every field it has:
 * a request with its headers, say. While a screen is up, that gives the terminal back.
 */
function endOnStray(app: App): void {
  const end = (event: string) => (error: unknown) => {
    if (process.listenerCount(event) > 1) return;
    app.out.endProgress();
    app.out.error(error);
    app.recordCrash(error);
    process.exit(exitCodeOf(error) ?? 1);
  };
  for (const event of ["uncaughtException", "unhandledRejection"]) process.on(event, end(event));
}

/** The exit code an expected failure asks for, also when its class comes from a second copy of the API. */
function exitCodeOf(error: unknown): ExitCode | undefined {
  if (error instanceof PyneError) return error.exitCode;
  const code = error instanceof Error ? (error as Partial<PyneError>).exitCode : undefined;
  return typeof code === "number" ? code : undefined;
}

async function dispatch(app: App, argv: readonly string[]): Promise<void> {
  const wantsHelp = argv[0] === "help";
  const { words, rest } = splitCommand(wantsHelp ? argv.slice(1) : argv);
  // Global options count wherever they stand, so they are read before the command is known.
  app.globals = globalsFrom(globalValues(rest, app.env));
  if (app.globals.version && words.length === 0) return app.out.print(versionLine());

  const { command: found, used } = await resolveCommand(app, words);
  const tokens = [...words.slice(used), ...rest];
  const { command, warnings } = await withPluginOptions(app, found, tokens);
  for (const warning of warnings) app.out.warn(warning);

  if (wantsHelp || tokens.some((token, index) => isHelp(token) && !tokens.slice(0, index).includes("--"))) {
    return app.out.print(helpPage(command, globalOptions, app.out.style, terminalWidth(app)));
  }
  const help = `pyne ${[...command.path, "--help"].join(" ")}`;
  if (command.run === undefined) return refuseGroup(app, command, tokens);
  const specs = { ...command.specs, options: [...command.specs.options, ...globalOptions] };
  const parsed = parseArgv(tokens, specs, app.env, help);
  await command.run({
    app,
    root: rootCommand,
    command,
    ...parsed,
    rawArgs: tokens,
    injected: command.specs.options.filter((option) => option.plugin !== undefined),
  });
}

const isHelp = (token: string): boolean => token === "--help" || token === "-h";

function terminalWidth({ env, out: { isSeen } }: App): number {
  const width = Number(env["COLUMNS"]) || (isSeen && process.stdout.columns) || 100;
  return Math.min(Math.max(width, 60), 120);
}

/** Command words first, whatever global options stand before or between them. */
function splitCommand(argv: readonly string[]): { words: string[]; rest: string[] } {
  const words: string[] = [];
  const rest: string[] = [];
  let index = 0;
  for (; index < argv.length; index++) {
    const token = argv[index] ?? "";
    if (token === "--") break;
    if (!token.startsWith("-")) {
      words.push(token);
      continue;
    }
    const found = findOption(token, globalOptions);
    if (found === undefined) break;
    rest.push(token);
    if (found.option.type !== "boolean" && found.inline === undefined) rest.push(argv[++index] ?? "");
  }
  return { words, rest: [...rest, ...argv.slice(index)] };
}

/** The global options among tokens whose other options are not known yet. */
function globalValues(tokens: readonly string[], env: Environment): Readonly<Record<string, unknown>> {
  const own: string[] = [];
  for (let index = 0; index < tokens.length && tokens[index] !== "--"; index++) {
    const token = tokens[index] ?? "";
    const found = findOption(token, globalOptions);
    // A short option may be a bundle of the command's own letters; only exact spellings are taken here.
    if (found === undefined || (!token.startsWith("--") && token.length > 2)) continue;
    own.push(token);
    if (found.option.type === "boolean" || found.inline !== undefined) continue;
    const value = tokens[++index];
    if (value !== undefined) own.push(value);
  }
  return parseArgv(own, { options: globalOptions, positionals: [] }, env).values;
}

async function resolveCommand(
  app: App,
  words: readonly string[],
): Promise<{ command: Command; used: number }> {
  let command = rootCommand;
  let used = 0;
  for (const word of words) {
    if (command.children.size === 0) break;
    const child = command.children.get(word);
    if (child === undefined) {
      if (used > 0) break;
      const group = await pluginGroup(app, word);
      if (group === undefined) throw await unknownCommand(app, word);
      command = group;
    } else {
      command = await child.load();
    }
    used++;
  }
  if (command === rootCommand) command = await withPluginGroups(app, rootCommand);
  return { command, used };
}

/** The command group of the plugin with this name. */
async function pluginGroup(app: App, name: string): Promise<Command | undefined> {
  const host = app.host();
  if (reservedGroupNames.includes(name) || !host.catalog.some((entry) => entry.name === name.toLowerCase())) {
    return undefined;
  }
  await app.preparePlugins();
  const pluginClass = await host.load(name);
  const facts = host.factsOf(name);
  if (facts?.group === null || facts === undefined) return undefined;
  const { commandGroupOf } = await import("../host/facts.ts");
  const definition = commandGroupOf(pluginClass);
  return definition === null ? undefined : commandFromCitty(definition, [name.toLowerCase()]);
}

/** Root help lists the commands of plugins too. */
async function withPluginGroups(app: App, root: Command): Promise<Command> {
  const host = app.host();
  await host.refreshIndex();
  const children = new Map(root.children);
  for (const [name, summary] of groupNames(host)) {
    children.set(name, { summary, load: () => Promise.reject(new Error(`${name} is loaded by its name`)) });
  }
  return { ...root, children };
}

function groupNames(host: PluginHost): [string, string][] {
  return host.catalog.flatMap((entry): [string, string][] => {
    const group = host.factsOf(entry.name)?.group;
    return group === undefined || group === null || reservedGroupNames.includes(entry.name)
      ? []
      : [[entry.name, group.summary]];
  });
}

async function unknownCommand(app: App, word: string): Promise<UsageError> {
  const host = app.host();
  await host.refreshIndex();
  const names = [...commandNames, ...groupNames(host).map(([name]) => name)];
  const near = nearest(word, names);
  const broken = host.catalog.find((entry) => entry.name === word);
  const record = broken === undefined ? undefined : host.recordOf(broken.candidates[0]);
  const failure = record !== undefined && "facts" in record ? record.facts.failure : undefined;
  return new UsageError(
    failure === undefined
      ? `unknown command "${word}"`
      : `unknown command "${word}": plugin "${word}": ${failure}`,
    { hint: near === undefined ? "pyne --help lists the commands" : `did you mean ${near}?` },
  );
}

function refuseGroup(app: App, command: Command, tokens: readonly string[]): void {
  const word = tokens.find((token) => !token.startsWith("-"));
  const page = helpPage(command, globalOptions, app.out.errorStyle, terminalWidth(app));
  if (command.path.length === 0 && tokens.every((token) => findOption(token, globalOptions) !== undefined)) {
    return app.out.print(helpPage(command, globalOptions, app.out.style, terminalWidth(app)));
  }
  const name = ["pyne", ...command.path].join(" ");
  if (word === undefined) {
    const option = tokens.find((token) => findOption(token, globalOptions) === undefined);
    if (option !== undefined) throw new UsageError(`unknown option ${option}`, { hint: `${name} --help` });
    app.out.message(`${page}\n`);
    throw new UsageError(`no command given to ${name}`);
  }
  const near = nearest(word, command.children.keys());
  throw new UsageError(`unknown command "${word}" of ${name}`, {
    hint: near === undefined ? `${name} --help` : `did you mean ${near}?`,
  });
}

/**
 * Adds the options of plugins to a pluggable command. What the index cannot hold (`parse`) is fetched from the class,
 * and only when the option is used.
 */
async function withPluginOptions(
  app: App,
  command: Command,
  tokens: readonly string[],
): Promise<{ command: Command; warnings: string[] }> {
  const path = command.path.join(" ");
  if (!(pluggablePaths as readonly string[]).includes(path)) return { command, warnings: [] };
  const host = app.host();
  const { accepted, warnings } = await host.optionsFor(path as PluggablePath, () => ({
    keys: [...command.specs.options, ...command.specs.positionals].map((spec) => spec.key),
    spellings: command.specs.options.flatMap(spellingsOf),
    globals: globalSpellings(),
  }));
  for (const entry of host.catalog) {
    if (command.path[0] === entry.name && (host.factsOf(entry.name)?.group ?? null) !== null) {
      warnings.push(
        `plugin "${entry.name}": its commands are not available: "${entry.name}" is a command of pyne`,
      );
    }
  }
  const added: OptionSpec[] = [];
  for (const { plugin, key, argument, hasParse } of accepted) {
    const spec = optionSpec(key, argument, plugin);
    const used =
      spec.default !== undefined ||
      (spec.env !== undefined && app.env[spec.env] !== undefined) ||
      tokens.some((token) => findOption(token, [spec]) !== undefined);
    if (!hasParse || !used) {
      added.push(spec);
      continue;
    }
    const live = (await host.liveOptions(plugin, path as PluggablePath))[key];
    added.push(live === undefined ? spec : optionSpec(key, live, plugin));
  }
  const specs = { ...command.specs, options: [...command.specs.options, ...added] };
  return { command: { ...command, specs }, warnings };
}
