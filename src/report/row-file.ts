import { RowWriter } from "./row-writer.ts";
import { type Durability, writeWhole } from "./text-file.ts";

/** Writes rows to a file; when writing fails the previous file stays. */
export function writeRows(path: string, write: (rows: RowWriter) => void, durability: Durability = {}): void {
  writeWhole(path, durability, (file) => {
    const rows = new RowWriter((bytes) => file.bytes(bytes));
    write(rows);
    rows.flush();
  });
}
