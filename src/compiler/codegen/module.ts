import { camelCase } from "../../kernel/spelling.ts";
import { stubs } from "../builtins/stubs.ts";
import type { Ir, Program } from "../ir.ts";
import type { Source } from "../source.ts";
import { columnParameters } from "./column-parameters.ts";
import { expressionJs } from "./expressions.ts";
import { Dependencies, isRequest } from "./dependencies.ts";
import { emitFunction, emitSaved } from "./functions.ts";
import { type Gen, nameOf, type Shared, type Unit } from "./gen.ts";
import { growLine } from "./history.ts";
import { objectLiteral } from "./js.ts";
import { NamePool } from "./names.ts";
import { numberOf } from "./requests.ts";
import { sliceFor } from "./slice.ts";
import { encodeSourceMap, type MappedPlace } from "./source-map.ts";
import { emitBlock } from "./statements.ts";
import { steadyFunctions } from "./steady.ts";
import { Writer } from "./writer.ts";

/** Everything that `pynecore/pine` exports to compiled scripts. */
const exported: readonly string[] = (
  "script ta math str array matrix map color PineObject Fixnan FixnanBool enumeration Trail passCount column numbers flags values past pastFlag pastValue longer le " +
  "ge eq ne same notSame both either concat truth nz symbolPrefix symbolTicker"
).split(" ");

/** A script as an ES module; its last line is the source map. */
export function generate(program: Program): string {
  const gen = createGen(program);
  for (const type of program.objects) gen.objects.set(type, gen.names.take(type.name));
  for (const type of program.enums) gen.enums.set(type, gen.names.take(type.name));
  const { body, functions, names } = emitProgramParts(gen);
  const out = assemble(gen, body, functions);
  return withSourceMap(program.source, out, (text) => named(text, names));
}

/** JSON leaves no such character in a text of the script. */
const standIn = (index: number): string => `\u0000${index}\u0000`;

function named(text: string, names: readonly string[]): string {
  return text.replace(/\0(\d+)\0/g, (_match, index: string) => names[Number(index)]!);
}

/**
 * A function is checked once for each combination of types and qualifiers; most of them come out the same, and are
 * written once. Callees come first, so that callers of the same function are recognized as well.
 */
function emitFunctions(gen: Gen): { readonly functions: Writer; readonly names: readonly string[] } {
  const functions = new Writer();
  const names: string[] = [];
  const known = new Map<string, string>();
  for (const [index, instance] of gen.program.functions.entries()) {
    const written = emitFunction(gen, instance);
    const own = standIn(index);
    const key = `${instance.name}${written.lines.map(({ text }) => named(text.replace(own, ""), names)).join("\n")}`;
    const before = known.get(key);
    names[index] = before ?? gen.names.take(instance.name);
    if (before !== undefined) continue;
    known.set(key, names[index]);
    functions.append(written);
  }
  return { functions, names };
}

function createGen(program: Program): Gen {
  const script: Unit = { owner: undefined, setup: new Writer(), saved: [], usesIndex: false };
  const steady = steadyFunctions(program);
  const gen: Gen = {
    program,
    names: new NamePool(exported),
    inner: new Map(),
    imports: new Set(["script"]),
    columns: new Set(),
    variables: new Map(),
    objects: new Map(),
    enums: new Map(),
    functions: new Map(),
    hoisted: new Set(),
    aliases: new Map(),
    stores: new Map(),
    builtinStores: new Map(),
    engine: new Map(),
    counters: new Map(),
    steady,
    columnParameters: columnParameters(program, steady),
    prologue: new Writer(),
    script,
    shared: createShared(program, () => gen),
    ...methods(() => gen),
  };
  // Prices are called what they are called in the script; a variable of that name is called otherwise.
  for (const column of ["open", "high", "low", "close", "volume", "time", "hl2", "hlc3", "ohlc4", "hlcc4"])
    gen.names.take(column);
  return gen;
}

/** What the parts of the generator ask of each other. */
function methods(gen: () => Gen): Pick<Gen, "within" | "expression" | "block"> {
  return {
    within(script) {
      const inner: Gen = {
        ...gen(),
        columns: new Set(),
        functions: new Map(),
        stores: new Map(),
        builtinStores: new Map(),
        engine: new Map(),
        counters: new Map(),
        prologue: new Writer(),
        script,
        ...methods(() => inner),
      };
      return inner;
    },
    expression: (unit, ir) => expressionJs(gen(), unit, ir),
    block: (unit, block, out) => emitBlock(gen(), unit, block, out),
  };
}

function createShared(program: Program, gen: () => Gen): Shared {
  let dependencies: Dependencies | undefined;
  const shared: Shared = {
    requests: new Map(),
    dependencies: () => (dependencies ??= new Dependencies(program)),
    slices: new Map(),
    slice(number) {
      let known = shared.slices.get(number);
      if (known !== undefined) return known;
      const isTarget = (ir: Ir): boolean => isRequest(ir) && numberOf(shared, ir) === number;
      const { program: cut, needs } = sliceFor(program, shared.dependencies(), isTarget);
      known = {
        name: gen().names.numbered("part"),
        needs: [...new Set([...needs].map((ir) => numberOf(shared, ir)))].toSorted((one, two) => one - two),
        text: undefined,
      };
      shared.slices.set(number, known);
      known.text = emitSlice(gen(), cut, known.name);
      return known;
    },
  };
  return shared;
}

/** A cut-down copy of the script as a function of the module. */
function emitSlice(outer: Gen, program: Program, name: string): Writer {
  const script: Unit = { owner: undefined, setup: new Writer(), saved: [], usesIndex: false };
  const gen: Gen = {
    ...outer,
    program,
    names: outer.names.inner(),
    inner: new Map(),
    columns: new Set(),
    variables: new Map(),
    functions: new Map(),
    hoisted: new Set(),
    aliases: new Map(),
    stores: new Map(),
    builtinStores: new Map(),
    engine: new Map(),
    counters: new Map(),
    prologue: new Writer(),
    script,
    ...methods(() => gen),
  };
  const { body, functions, names } = emitProgramParts(gen);
  const out = new Writer();
  out.line("");
  out.block(`function ${name}(rt) {`, "}", () => emitMain(gen, body, functions, out));
  const finished = new Writer();
  for (const { text, origin } of out.lines) finished.line(named(text, names), origin);
  return finished;
}

/** The body of the script, then its functions: those of them are written that it calls. */
function emitProgramParts(gen: Gen): {
  readonly body: Writer;
  readonly functions: Writer;
  readonly names: readonly string[];
} {
  const { program, script } = gen;
  for (const [index, instance] of program.functions.entries()) gen.functions.set(instance, standIn(index));
  // A function may come before the declaration of what it reads.
  for (const variable of program.globals) nameOf(gen, variable);
  const body = new Writer();
  gen.block(script, program.body, body);
  return { body, ...emitFunctions(gen) };
}

function assemble(gen: Gen, body: Writer, functions: Writer): Writer {
  const { program } = gen;
  const out = new Writer();
  if (program.enums.length > 0) gen.imports.add("enumeration");
  const types = new Writer();
  emitTypes(gen, types);
  // What is written last may still need an import.
  const main = new Writer();
  main.block(`export default script(${declarationText(program)}, (rt) => {`, "});", () =>
    emitMain(gen, body, functions, main),
  );
  out.line(
    `// ${program.source.name.replace(/[\r\n]/g, " ")}, compiled from Pine Script ${program.version}.`,
  );
  out.line(`import { ${[...gen.imports].toSorted().join(", ")} } from "pynecore/pine";`);
  out.line("");
  out.append(types);
  out.append(main);
  for (const { text } of gen.shared.slices.values()) out.append(text!);
  return out;
}

/** What a program does once, and the function that it does on every bar. */
function emitMain(gen: Gen, body: Writer, functions: Writer, out: Writer): void {
  const { program, script } = gen;
  if (gen.columns.size > 0) out.line(`const { ${[...gen.columns].join(", ")} } = rt.prices;`);
  out.append(functions);
  out.append(script.setup);
  emitSaved(gen, script, out);
  out.block("return () => {", "};", () => {
    out.line("const i = rt.index;");
    for (const variable of program.body.home.remembered) {
      const store = gen.stores.get(variable);
      if (store !== undefined && variable.role !== "hidden") growLine(gen, store, out);
    }
    out.append(gen.prologue);
    out.append(body);
  });
}

function emitTypes(gen: Gen, out: Writer): void {
  for (const [type, name] of gen.enums) {
    const members = type.members.map(
      (member) => `[${JSON.stringify(member.name)}, ${JSON.stringify(member.title)}]`,
    );
    out.line(`const ${name} = enumeration(${JSON.stringify(type.name)}, [${members.join(", ")}]);`);
  }
  for (const [type, name] of gen.objects) {
    const fields = type.fields.map((field) => field.name);
    const parameters = fields.map((field) => `${field}$`);
    gen.imports.add("PineObject");
    out.block(`class ${name} extends PineObject {`, "}", () => {
      out.block(`constructor(${parameters.join(", ")}) {`, "}", () => {
        out.line("super();");
        for (const field of fields) out.line(`this.${field} = ${field}$;`);
      });
      out.line(`copy() { return new ${name}(${fields.map((field) => `this.${field}`).join(", ")}); }`);
      // Fields that a bar which is executed again takes back.
      const goBack = type.fields.filter((field) => !field.varip).map((field) => field.name);
      const saved = goBack.map((field) => `this.${field}`).join(", ");
      const restored = goBack.map(
        (field, index) => `this.${field} = from[at${index > 0 ? ` + ${index}` : ""}];`,
      );
      out.line(`save$(into) { into.push(${saved}); }`);
      out.line(`restore$(from, at) { ${[...restored, `return at + ${goBack.length};`].join(" ")} }`);
    });
  }
  if (gen.objects.size + gen.enums.size > 0) out.line("");
}

function declarationText({ declaration, version, stubs: used }: Program): string {
  const { kind, title, settings } = declaration;
  const entries = Object.entries(settings)
    .filter(([name]) => name !== "title")
    .map(([name, value]): readonly [string, string] => [settingName(name), JSON.stringify(value)]);
  return objectLiteral([
    ["kind", JSON.stringify(kind)],
    ["title", JSON.stringify(title)],
    ["version", String(version)],
    ["settings", objectLiteral(entries)],
    ["stubs", used.length === 0 ? undefined : stubsText(used)],
  ]);
}

function stubsText(names: readonly string[]): string {
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, stubs.get(name)!.says])));
}

/** Settings are known by their names in camelCase. */
function settingName(name: string): string {
  return name === "shorttitle" ? "shortTitle" : camelCase(name);
}

function withSourceMap(source: Source, out: Writer, finish: (text: string) => string): string {
  const sources = new Map<Source, number>([[source, 0]]);
  const places = out.lines.map(({ origin }): MappedPlace | undefined => {
    if (origin === undefined) return undefined;
    let index = sources.get(origin.source);
    if (index === undefined) sources.set(origin.source, (index = sources.size));
    const { line, column } = origin.source.position(origin.start);
    return { source: index, line: line - 1, column: column - 1 };
  });
  const map = encodeSourceMap(
    `${source.name}.js`,
    [...sources.keys()].map(({ name }) => name),
    places,
  );
  const encoded = Buffer.from(map, "utf8").toString("base64");
  const code = out.lines.map(({ text }) => finish(text)).join("\n");
  return `${code}\n//# sourceMappingURL=data:application/json;base64,${encoded}\n`;
}
