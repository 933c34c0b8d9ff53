/**
 * Writes `plugins/ccxt/exchanges.ts`: every exchange of the installed ccxt with its name and a lazy import of its code.
 * Run it after ccxt was updated: `bun scripts/ccxt-exchanges.ts`. A test compares the committed file with what the
 * installed package gives.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dir, "..");
const source = join(root, "node_modules", "ccxt", "js", "src");

/** Where the table is. */
export const tablePath = join(root, "plugins", "ccxt", "exchanges.ts");

/** The table's text for the installed ccxt. Loads every exchange once, for its name. */
export async function exchangeTable(): Promise<string> {
  const ids = readdirSync(source)
    .filter((name) => name.endsWith(".js"))
    .map((name) => name.slice(0, -3))
    .toSorted();
  const rows = await Promise.all(
    ids.map(async (id) => {
      // The file under pro/ extends the other one by streams.
      const path = existsSync(join(source, "pro", `${id}.js`)) ? `pro/${id}.js` : `${id}.js`;
      const module = (await import(join(source, path))) as { default: new () => { name?: string } };
      const fields = [
        `name: ${JSON.stringify(new module.default().name ?? id)}`,
        ...(needsCurrencies(id) ? ["marketsNeedCurrencies: true"] : []),
        `load: () => import("ccxt-src/${path}")`,
      ];
      const row = `  ${id}: { ${fields.join(", ")} },`;
      // The formatter's width.
      return row.length <= 110
        ? row
        : `  ${id}: {\n${fields.map((field) => `    ${field},`).join("\n")}\n  },`;
    }),
  );
  return `// Made by scripts/ccxt-exchanges.ts from the installed ccxt; not edited by hand.
import type { ExchangeModule } from "./client.ts";

/** An exchange: what people call it, and its code, which is loaded when it is asked for. */
export interface ExchangeEntry {
  readonly name: string;
  /** Its markets are made from its list of currencies, which must be asked for first. */
  readonly marketsNeedCurrencies?: true;
  readonly load: () => Promise<ExchangeModule>;
}

/** Every exchange by its id, ids ascending. */
export const exchanges: Readonly<Record<string, ExchangeEntry>> = {
${rows.join("\n")}
};
`;
}

/** Whether an exchange's own file, or that of the one it extends, looks currencies up while it parses markets. */
function needsCurrencies(id: string): boolean {
  const text = readFileSync(join(source, `${id}.js`), "utf8");
  const parent = /^import (\w+)\b.* from '\.\/\1\.js';/m.exec(text)?.[1];
  return text.includes("cachedCurrencies") || (parent !== undefined && needsCurrencies(parent));
}

if (import.meta.main) await Bun.write(tablePath, await exchangeTable());
