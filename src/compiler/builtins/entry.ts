/**
 * A built-in of the language, as data: what it is called with, what it gives, how it is emitted, one line of
 * documentation. The checker, code generation, messages and the generated documentation read these entries; nothing
 * else knows a built-in by name.
 *
 * Signatures are text in Pine's own notation and are parsed when first needed (`signature.ts`):
 *
 * - `ta.sma(series float source, series int length) series float`: a type without qualifier means series;
 * - `simple int step = 1`: a default, as it would be written in a script;
 * - `string title?`: may be left out and has no default; the implementation sees `undefined`;
 * - `float number...`: any number of further arguments, at least one; always last;
 * - `array<T>`, `map<K, V>`: type parameters are single capitals, bound by the first argument that names them;
 * - `same int`: the result is as early known as the latest of the arguments;
 * - `[float, float]`: a tuple; `void`: no value.
 */

/**
 * Values of the bar that an implementation may want without the script naming them; `index` is the bar's number,
 * `tradingDay` anything that differs from one trading day of the symbol to the next.
 */
export type BarColumn =
  "open" | "high" | "low" | "close" | "hlc3" | "volume" | "time" | "index" | "previousClose" | "tradingDay";

/** How a built-in becomes JavaScript. */
export type Emit =
  /** An object with state, one per call site; see the runtime's `Kernel`. */
  | {
      readonly how: "kernel";
      /** Class within the namespace of the function: `ta.sma` and `Sma` give `ta.Sma`. */
      readonly name: string;
      readonly bar: readonly BarColumn[];
      /** Fields that hold the members of a tuple. Absent: `next` returns the one result. */
      readonly results: readonly string[] | undefined;
      /** One state for all passes of a loop; otherwise every pass has its own. */
      readonly shared: boolean;
      /**
       * The argument of which the kernel wants to see earlier bars as well, whether it was called there or not. Where
       * the script gives a price, its column and the bar's number follow the other arguments.
       */
      readonly history: number | undefined;
      /** Arguments that follow those of the script, as JavaScript: a variable that is a function with a fixed argument. */
      readonly constants: readonly string[];
      /**
       * For variables. They are series of the engine, computed on every bar whether they are read or not; with this a
       * read inside a user function behaves like a call with a state of its own.
       */
      readonly ownInFunctions: boolean;
    }
  /** A template: `$0`, `$1` stand for the arguments in order. */
  | { readonly how: "inline"; readonly template: string }
  /** A pure function of `pynecore/pine`: `math.round`; with type arguments appended when `typed`. */
  | { readonly how: "call"; readonly name: string; readonly typed: boolean }
  /** A member of the run: `rt.NAME(...)`; with something of its own for each call that says where it stands: `rt.NAMESite()`. */
  | { readonly how: "context"; readonly name: string; readonly hasSite: boolean }
  /** A column of the bar. */
  | { readonly how: "barColumn"; readonly name: string }
  /**
   * Something that is registered once and set on every bar: `const plot1 = rt.plot({ title })`, `plot1.set(value)`.
   * Its own value is what was registered.
   */
  | { readonly how: "output"; readonly name: string; readonly dynamic: readonly string[] }
  /**
   * An expression that is evaluated on other bars: `rt.request.KIND(options, program, na)`, made once for each place,
   * and `next(symbol, timeframe, value)` on every bar.
   */
  | { readonly how: "request"; readonly request: string }
  /** `rt.input.KIND(key, default, options)`, read once; the key is the name of the variable it is assigned to. */
  | { readonly how: "input"; readonly input: string };

/** Constructors of `Emit`. */
export function kernel(
  name: string,
  options: {
    readonly bar?: readonly BarColumn[];
    readonly results?: readonly string[];
    readonly shared?: boolean;
    readonly history?: number;
    readonly constants?: readonly string[];
    readonly ownInFunctions?: boolean;
  } = {},
): Emit {
  return {
    how: "kernel",
    name,
    bar: options.bar ?? [],
    results: options.results,
    shared: options.shared ?? false,
    history: options.history,
    constants: options.constants ?? [],
    ownInFunctions: options.ownInFunctions ?? false,
  };
}

/** The template's arguments are evaluated once each only if each appears once: use it for simple shapes. */
export function inline(template: string): Emit {
  return { how: "inline", template };
}

/**
 * @param name with its namespace: `array.push`
 * @param options `typed`: the implementation needs to know the element type and gets its class as `"int"`, `"float"`,
 *   `"bool"`, `"string"`, `"color"` or `"object"` in front of the arguments
 */
export function call(name: string, options: { readonly typed?: boolean } = {}): Emit {
  return { how: "call", name, typed: options.typed ?? false };
}

/**
 * A member of the run. Up to four parameters are passed in Pine's order; more as one object that holds what was given.
 *
 * @param options `site`: the place of the call follows the parameters, unless it is in a loop
 */
export function context(name: string, options: { readonly site?: boolean } = {}): Emit {
  return { how: "context", name, hasSite: options.site ?? false };
}

/** @param dynamic parameters that may change from bar to bar, in the order of `set` */
export function output(name: string, dynamic: readonly string[]): Emit {
  return { how: "output", name, dynamic };
}

export function request(kind: string): Emit {
  return { how: "request", request: kind };
}

export function input(kind: string): Emit {
  return { how: "input", input: kind };
}

/** @param name field of the run that holds a `Float64Array` */
export function barColumn(name: string): Emit {
  return { how: "barColumn", name };
}

/** What holds for a function beyond its signature. */
export interface FunctionOptions {
  /** May be called on its first argument: `a.push(1)`. */
  readonly method?: boolean;
  /** May stand in the global scope only. */
  readonly globalOnly?: boolean;
  /** Exists only in these versions; default: all that are supported. */
  readonly versions?: readonly (5 | 6)[];
}

export interface FunctionEntry extends FunctionOptions {
  readonly kind: "function";
  readonly name: string;
  readonly signature: string;
  readonly emit: Emit;
  readonly doc: string;
}

export interface VariableEntry {
  readonly kind: "variable";
  readonly name: string;
  /** `series float`. */
  readonly signature: string;
  readonly emit: Emit;
  readonly doc: string;
}

export interface ConstantEntry {
  readonly kind: "constant";
  readonly name: string;
  readonly signature: string;
  readonly value: ConstantValue;
  /** The value in version 5, where it differs. */
  readonly value5: ConstantValue | undefined;
  readonly doc: string;
}

export type ConstantValue = number | string | boolean;
export type Entry = FunctionEntry | VariableEntry | ConstantEntry;

/** @param signature with the name in front: `ta.sma(float source, int length) float` */
export function fn(signature: string, emit: Emit, doc: string, options: FunctionOptions = {}): FunctionEntry {
  const name = signature.slice(0, signature.search(/[(<]/));
  return { kind: "function", name, signature, emit, doc, ...options };
}

/** @param signature name and type: `close series float` */
export function variable(signature: string, emit: Emit, doc: string): VariableEntry {
  const space = signature.indexOf(" ");
  return {
    kind: "variable",
    name: signature.slice(0, space),
    signature: signature.slice(space + 1),
    emit,
    doc,
  };
}

/** @param type `const color` */
export function constant(
  name: string,
  type: string,
  value: ConstantValue,
  doc = "",
  value5?: ConstantValue,
): ConstantEntry {
  return { kind: "constant", name, signature: type, value, value5, doc };
}
