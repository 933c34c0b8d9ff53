/** Decimal digits of doubles, rounded by the two rules that formats know. */

/** A number from here on has no more digits after the point than its shortest form says. */
const manyDecimals = 100;
/** Numbers of at least `smallFrom` are printed with at most so many decimals. */
export const mostDecimals = 16;
export const smallFrom = 1e-3;

/** A finite size in plain notation with the fewest digits that read back as the same double. */
export function shortest(size: number): string {
  const text = String(size);
  const match = /^(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (match === null) return text;
  const [, whole = "", fraction = "", exponent = "0"] = match;
  const point = whole.length + Number(exponent);
  const digits = whole + fraction;
  if (point <= 0) return `0.${"0".repeat(-point)}${digits}`;
  if (point >= digits.length) return digits + "0".repeat(point - digits.length);
  return `${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** Rounds a size half up on its shortest decimal form. @returns `digits.digits` with exactly `decimals` decimals */
export function roundShortest(size: number, decimals: number): string {
  return roundText(shortest(size), decimals);
}

/** Rounds half to even on the exact binary value; what the shortest form does not have is 0. */
export function roundExact(size: number, decimals: number): string {
  const text = shortest(size);
  const point = text.indexOf(".");
  if (point < 0 || text.length - point - 1 <= decimals) return roundText(text, decimals);
  const rounded = size.toFixed(decimals);
  if (!isTie(size, decimals)) return rounded;
  // toFixed goes up on a tie; the digit before it decides.
  const below = BigInt(rounded.replace(".", "")) - 1n;
  const even = below % 2n === 0n ? below : below + 1n;
  const digits = even.toString().padStart(decimals + 1, "0");
  return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/** Whether a number lies exactly in the middle between two that have so many decimals. */
function isTie(size: number, decimals: number): boolean {
  // A double this large that is no tie differs from one within the next forty digits.
  const text = size.toFixed(Math.min(manyDecimals, decimals + 40));
  return /^50*$/.test(text.slice(text.indexOf(".") + 1 + decimals));
}

function roundText(text: string, decimals: number): string {
  const [whole = "0", fraction = ""] = text.split(".");
  if (fraction.length <= decimals)
    return decimals === 0 ? whole : `${whole}.${fraction.padEnd(decimals, "0")}`;
  const kept = whole + fraction.slice(0, decimals);
  const up = fraction.charCodeAt(decimals) >= 53;
  const digits = (BigInt(kept) + (up ? 1n : 0n)).toString().padStart(decimals + 1, "0");
  return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/** Significant digits without zeros at their end, and how many of them stand before the point. 0 has none. */
export interface Significant {
  readonly digits: string;
  readonly point: number;
}

/** Rounds a finite size to at most `count` significant digits; ties of its shortest form go up. */
export function significantShortest(size: number, count: number): Significant {
  const { digits, point } = significant(shortest(size));
  if (digits.length <= count) return { digits, point };
  const kept = digits.slice(0, count);
  return digits.charCodeAt(count) >= 53 ? raised(kept, point) : trimmed(kept, point);
}

/** The same half to even on the exact binary value; what the shortest form does not have is 0. */
export function significantExact(size: number, count: number): Significant {
  const { digits, point } = significant(shortest(size));
  if (digits.length <= count) return { digits, point };
  const kept = digits.slice(0, count);
  // A double that is no tie differs from one within the next forty digits.
  const exact = significant(size.toPrecision(Math.min(manyDecimals, count + 40))).digits.slice(count);
  const isUp = exact === "5" ? Number(kept.at(-1)) % 2 === 1 : exact >= "5";
  return isUp ? raised(kept, point) : trimmed(kept, point);
}

function significant(text: string): Significant {
  const [mantissa = "", exponent = "0"] = text.split("e");
  const [whole = "", fraction = ""] = mantissa.split(".");
  const all = whole + fraction;
  const leading = /^0*/.exec(all)![0].length;
  return trimmed(all.slice(leading), whole.length - leading + Number(exponent));
}

function raised(digits: string, point: number): Significant {
  const next = (BigInt(digits) + 1n).toString();
  return trimmed(next, point + next.length - digits.length);
}

function trimmed(digits: string, point: number): Significant {
  const kept = digits.replace(/0+$/, "");
  return { digits: kept, point: kept === "" ? 0 : point };
}
