/** Addresses with placeholders, pure: how they are filled, and how they may be shown. */

/** What fills the placeholders. */
export interface Placeholders {
  readonly symbol: string;
  /** The server's own word. */
  readonly timeframe: string;
  /** Inclusive, epoch ms. */
  readonly from: number;
  /** Exclusive, epoch ms. */
  readonly to: number;
  readonly limit: number;
  readonly api_key: string;
}

/** An address to ask, and what of it a message may show. */
export interface Address {
  readonly href: string;
  readonly shown: string;
}

const fillers: Readonly<Record<string, (values: Placeholders) => string>> = {
  symbol: ({ symbol }) => symbol,
  timeframe: ({ timeframe }) => timeframe,
  limit: ({ limit }) => String(limit),
  api_key: ({ api_key }) => api_key,
  from: ({ from }) => String(Math.ceil(from)),
  to: ({ to }) => String(Math.ceil(to)),
  from_s: ({ from }) => String(Math.ceil(from / 1000)),
  to_s: ({ to }) => String(Math.ceil(to / 1000)),
  from_iso: ({ from }) => isoSeconds(from),
  to_iso: ({ to }) => isoSeconds(to),
  from_date: ({ from }) => new Date(from).toISOString().slice(0, 10),
  to_date: ({ to }) => new Date(to - 1).toISOString().slice(0, 10),
};

const placeholder = /\{([a-z_]*)\}/g;

/** Whether a text is an address that can be filled; an empty one is none yet. */
export function isTemplate(text: string): boolean {
  if (text === "") return true;
  for (const [, name = ""] of text.matchAll(placeholder)) if (!Object.hasOwn(fillers, name)) return false;
  const url = URL.parse(text.replace(placeholder, "x"));
  return url !== null && /^https?:$/.test(url.protocol) && /^https?:\/\//i.test(text);
}

/** Whether a template asks for a window: both its ends are in it. */
export function hasWindow(template: string): boolean {
  const names = [...template.matchAll(placeholder)].map(([, name = ""]) => name);
  return ["from", "to"].every((end) => names.some((name) => name === end || name.startsWith(`${end}_`)));
}

/** A text with its placeholders filled as they are, for a header. */
export function filled(text: string, values: Placeholders): string {
  return text.replace(placeholder, (whole, name: string) => fillers[name]?.(values) ?? whole);
}

/**
 * The address for a request. What is filled in is escaped. `shown` hides the user and the values of every query
 * parameter that has any text of its own: that text may be a key.
 */
export function addressOf(template: string, values: Placeholders): Address {
  const fill = (text: string): string =>
    text.replace(placeholder, (whole, name: string) => {
      const value = fillers[name]?.(values);
      return value === undefined ? whole : encodeURIComponent(value);
    });
  const [, base = "", query = ""] = /^([^?#]*)\??([^#]*)/.exec(template) ?? [];
  const parameters = query.split("&").map((pair) => {
    const [, name = "", value = ""] = /^([^=]*)=?(.*)$/.exec(pair) ?? [];
    const open = value.replace(placeholder, "") === "" && !value.includes("{api_key}");
    return open ? fill(pair) : `${name}=***`;
  });
  const open = base.replace(/^(https?:\/\/)[^/]*@/i, "$1").replaceAll("{api_key}", "***");
  return { href: fill(template), shown: query === "" ? fill(open) : `${fill(open)}?${parameters.join("&")}` };
}

function isoSeconds(ms: number): string {
  return new Date(Math.ceil(ms / 1000) * 1000).toISOString().replace(".000Z", "Z");
}
