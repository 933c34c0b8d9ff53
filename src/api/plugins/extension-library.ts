/** Library functions of an extension: what a script may call as `ext.<plugin>.<name>(...)`. */

/** The types that travel between a script and a library function. `series` is a number that changes per bar. */
export interface LibraryTypes {
  float: number;
  int: number;
  bool: boolean;
  string: string;
}
export type LibraryType = keyof LibraryTypes;

type ArgumentValues<Args extends Readonly<Record<string, LibraryType>>> = {
  readonly [Key in keyof Args]: LibraryTypes[Args[Key]];
};

/** One library function. */
export interface LibraryFunction<
  Args extends Readonly<Record<string, LibraryType>> = Readonly<Record<string, LibraryType>>,
  Returns extends LibraryType = LibraryType,
  State = unknown,
> {
  /** Arguments by name, in call order. */
  readonly args: Args;
  readonly returns: Returns;
  /** One line for documentation. */
  readonly doc?: string;
  /**
   * Made once per call site. Must survive `structuredClone`: re-execution of a live bar rolls it back to the bar's
   * start.
   */
  readonly state?: () => State;
  /** Runs on every bar on which the script reads the value. */
  readonly call: (state: State, args: ArgumentValues<Args>) => LibraryTypes[Returns];
}

/** Library functions by name. */
// oxlint-disable-next-line typescript/no-explicit-any -- a record of functions whose arguments and states all differ
export type LibraryFunctions = Readonly<Record<string, LibraryFunction<any, any, any>>>;

/** Types a library function from its own definition. */
export function defineFunction<
  const Args extends Readonly<Record<string, LibraryType>>,
  Returns extends LibraryType,
  State = undefined,
>(definition: LibraryFunction<Args, Returns, State>): LibraryFunction<Args, Returns, State> {
  return definition;
}
