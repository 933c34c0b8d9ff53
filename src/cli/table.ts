/**
 * Rows as aligned lines: columns two blanks apart, cells of the columns named in `right` set to the right. Pure; cells
 * hold no colours, their width would not be known.
 */
export function tableLines(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [index, cell] of row.entries())
      widths[index] = Math.max(widths[index] ?? 0, Bun.stringWidth(cell));
  const padded = (cell: string, index: number): string => {
    const blanks = " ".repeat((widths[index] ?? 0) - Bun.stringWidth(cell));
    return right.includes(index) ? blanks + cell : cell + blanks;
  };
  return rows.map((row) => row.map(padded).join("  ").trimEnd());
}
