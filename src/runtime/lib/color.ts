/** Colours as numbers `0xRRGGBBAA`; `NaN` is na. Transparency is 0 (opaque) to 100. */

/** The colour with another transparency. */
export function withTransparency(color: number, transparency: number): number {
  if (color !== color) return color;
  return Math.floor(color / 256) * 256 + opacity(transparency);
}

/** From three parts of 0 to 255; beyond is held to the ends. */
export function rgb(red: number, green: number, blue: number, transparency = 0): number {
  if (red !== red || green !== green || blue !== blue) return Number.NaN;
  return ((part(red) * 256 + part(green)) * 256 + part(blue)) * 256 + opacity(transparency);
}

/** Between two colours, transparency included, as a value lies between two others; beyond them the nearer colour. */
export function fromGradient(value: number, bottom: number, top: number, low: number, high: number): number {
  if (value !== value || low !== low || high !== high || bottom !== bottom || top !== top) return Number.NaN;
  const share =
    top === bottom ? (value < bottom ? 0 : 1) : Math.min(Math.max((value - bottom) / (top - bottom), 0), 1);
  const between = (shift: number): number => {
    const [from, to] = [byte(low, shift), byte(high, shift)];
    return Math.round(from + (to - from) * share);
  };
  return ((between(3) * 256 + between(2)) * 256 + between(1)) * 256 + between(0);
}

export function red(color: number): number {
  return color === color ? byte(color, 3) : Number.NaN;
}

export function green(color: number): number {
  return color === color ? byte(color, 2) : Number.NaN;
}

export function blue(color: number): number {
  return color === color ? byte(color, 1) : Number.NaN;
}

/** Transparency in whole percent, which is what two digits of opacity hold. */
export function transparency(color: number): number {
  return color === color ? Math.round(100 - (byte(color, 0) / 255) * 100) : Number.NaN;
}

/** One of the four bytes, 0 for the last. */
function byte(color: number, place: number): number {
  return Math.floor(color / 256 ** place) % 256;
}

function part(value: number): number {
  return Math.min(Math.max(Math.trunc(value), 0), 255);
}

/** An na transparency is none. */
function opacity(transparency: number): number {
  const held = Math.min(Math.max(transparency === transparency ? transparency : 0, 0), 100);
  return Math.round(((100 - held) / 100) * 255);
}
