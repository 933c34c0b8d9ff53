import { createInterface } from "node:readline";

/** Asks on stderr; anything but y or yes is a no, and so is the end of the input. */
export function confirm(question: string): Promise<boolean> {
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise((resolve) => {
    prompt.once("close", () => resolve(false));
    prompt.question(`${question} [y/N] `, (answer) => {
      resolve(/^y(es)?$/i.test(answer.trim()));
      prompt.close();
    });
  });
}

/** Asks on stderr for one of several words by its letter; anything else, and the end of the input, is `fallback`. */
export function choose<Choice extends string>(
  question: string,
  letters: Readonly<Record<Choice, string>>,
  fallback: Choice,
): Promise<Choice> {
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  const choices = Object.entries<string>(letters) as [Choice, string][];
  const shown = choices.map(([choice, letter]) => `${letter} = ${choice}`).join(", ");
  return new Promise((resolve) => {
    prompt.once("close", () => resolve(fallback));
    prompt.question(`${question} [${shown}] `, (answer) => {
      const wanted = answer.trim().toLowerCase();
      resolve(choices.find(([choice, letter]) => wanted === letter || wanted === choice)?.[0] ?? fallback);
      prompt.close();
    });
  });
}
