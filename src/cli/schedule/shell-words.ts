/** Words of a shell command, quoted so that neither `sh` nor cron finds anything special in them. Pure. */

/** A percent sign is a line break to most crons, whatever stands around it; so it is spelled by `printf`. */
const percent = `"$(printf '\\045')"`;

/** One word: plain where it can be, else in single quotes. */
export function shellWord(text: string): string {
  if (/^[A-Za-z0-9_@:,./+=-]+$/.test(text)) return text;
  return text
    .split("%")
    .map((part) => (part === "" ? "" : `'${part.replaceAll("'", `'\\''`)}'`))
    .join(percent)
    .replace(/^$/, "''");
}

/** The words of a command that was made of `shellWord`s; `undefined` when it uses more of the shell than they do. */
export function shellWords(command: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < command.length;) {
    const character = command[at] ?? "";
    if (character === " ") {
      if (word !== undefined) words.push(word);
      word = undefined;
      at++;
    } else if (command.startsWith(percent, at)) {
      word = `${word ?? ""}%`;
      at += percent.length;
    } else if (command.startsWith("\\'", at)) {
      word = `${word ?? ""}'`;
      at += 2;
    } else if (character === "'") {
      const end = command.indexOf("'", at + 1);
      if (end < 0) return undefined;
      word = (word ?? "") + command.slice(at + 1, end);
      at = end + 1;
    } else if (/[A-Za-z0-9_@:,./+=-]/.test(character)) {
      word = (word ?? "") + character;
      at++;
    } else return undefined;
  }
  return word === undefined ? words : [...words, word];
}
