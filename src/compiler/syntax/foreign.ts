/** What people bring along from other languages, and what it is called here. */

/** Words at the start of a statement. */
const words: Readonly<Record<string, string>> = {
  elseif: "`else if` is two words",
  elif: "it is written `else if`",
  elsif: "it is written `else if`",
  iff: "iff(condition, a, b) is now written condition ? a : b",
  end: "a block ends where its indentation does",
  function: functionHint(),
  func: functionHint(),
  fn: functionHint(),
  fun: functionHint(),
  def: functionHint(),
  let: variableHint(),
  val: variableHint(),
  dim: variableHint(),
  auto: variableHint(),
  static: "`var` keeps a value from bar to bar: var x = 0",
  return: "there is no `return`: a function gives the value of its last line",
  pass: "there is no empty statement; na stands for no value",
  null: "no value is called na",
  nil: "no value is called na",
  None: "no value is called na",
  undefined: "no value is called na",
  print: "log.info(text) writes to the log",
  println: "log.info(text) writes to the log",
  range: "a loop counts like this: for i = 0 to 9",
  len: "x.size() is the length of an array, str.length(s) that of a text",
};

function functionHint(): string {
  return "a function is declared as f(x) => x * 2";
}

function variableHint(): string {
  return "a variable is declared as x = 1; `var x = 1` keeps it from bar to bar";
}

/** What to write instead of a word. */
export function wordHint(word: string): string | undefined {
  return Object.hasOwn(words, word) ? words[word] : undefined;
}

/** Operators of other languages that fall apart into several of ours. */
const operators: readonly (readonly [written: string, hint: string])[] = [
  ["===", "equality is `==`"],
  ["!==", "inequality is `!=`"],
  ["<>", "inequality is `!=`"],
  ["=<", "it is written `<=`"],
  ["**", "powers are math.pow(x, y)"],
  ["->", "it is written `=>`"],
  ["++", "it is written x += 1"],
  ["--", "it is written x -= 1"],
  ["/*", "comments begin with `//` and end with their line"],
];

/** Whether one of them is written over the place `at` of a text, and what to write instead. */
export function operatorHint(text: string, at: number): string | undefined {
  return operators.find(([written]) => {
    const first = text.indexOf(written, Math.max(0, at - written.length));
    return first >= 0 && first <= at;
  })?.[1];
}

/** Operators that can be read although they are written otherwise here. */
export const foreignOperators: ReadonlyMap<string, "and" | "or" | "not"> = new Map([
  ["&&", "and"],
  ["||", "or"],
  ["!", "not"],
]);

const characters: Readonly<Record<string, string>> = {
  "{": "a block is indented by four blanks; there are no braces",
  "}": "a block is indented by four blanks; there are no braces",
  ";": "a statement ends with its line; several on one line are parted by `,`",
  "^": "powers are math.pow(x, y)",
  "&": "it is written `and`",
  "|": "it is written `or`",
};

/** What to write instead of a character. */
export function characterHint(character: string): string | undefined {
  return Object.hasOwn(characters, character) ? characters[character] : undefined;
}
