/**
 * Rows of a delimited text: quotes double themselves to escape, a quoted cell may hold the delimiter and line breaks,
 * blank lines are left out. Pure.
 */
export function parseDelimited(text: string, delimiter: string): string[][] {
  const rows: string[][] = [];
  if (!text.includes('"')) {
    // Nothing is quoted: splitting is several times faster.
    for (const raw of text.split("\n")) {
      const row = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
      if (row !== "") rows.push(row.split(delimiter));
    }
    return rows;
  }
  let row: string[] = [];
  let cell = "";
  let quoted = false;
  let wasQuoted = false;
  const endRow = (): void => {
    row.push(cell);
    if (row.length > 1 || row[0] !== "" || wasQuoted) rows.push(row);
    row = [];
    cell = "";
    wasQuoted = false;
  };
  for (let index = 0; index < text.length; index++) {
    const character = text[index] ?? "";
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text[index + 1] === '"') {
        cell += '"';
        index++;
      } else quoted = false;
    } else if (character === '"' && cell === "") {
      quoted = true;
      wasQuoted = true;
    } else if (character === delimiter) {
      row.push(cell);
      cell = "";
    } else if (character === "\n") endRow();
    else if (character !== "\r" || text[index + 1] !== "\n") cell += character;
  }
  if (cell !== "" || row.length > 0 || wasQuoted) endRow();
  return rows;
}
