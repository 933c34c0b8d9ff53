/** How a secret looks where it turns up: as it is, and as addresses, headers, JSON and bytes spell it. Pure. */

/** A shorter text is no secret that can be hidden: it is a part of too many words. */
const shortest = 6;
/** Digits alone are also prices, sizes and times; fewer of them would spoil results. */
const shortestDigits = 10;
/** What of a longer secret counts by itself: a line of a key, a long part of an address. */
const longPart = 16;

/** Whether a text is long enough to be hidden wherever it stands. */
export function canBeHidden(text: string): boolean {
  return text.length >= (/^\d+$/.test(text) ? shortestDigits : shortest);
}

/**
 * The texts that give a secret away: itself and its telling parts (lines of a key, the token behind "Bearer", user and
 * key in an address), each in every spelling.
 */
export function secretForms(secret: string): string[] {
  const parts = [...new Set(tellingParts(secret.trim()))].filter(canBeHidden);
  return [...new Set(parts.flatMap(spellings))].filter(canBeHidden);
}

function tellingParts(secret: string): string[] {
  const url = /^(https?|wss?):\/\//i.test(secret) ? URL.parse(secret.replace(/\{\w*\}/g, "")) : null;
  if (url !== null) return partsOfAddress(url);
  const lines = secret.split(/\r?\n/).map((line) => line.trim());
  if (lines.length > 1)
    return [secret, secret.replace(/\s*\n\s*/g, " "), ...lines.filter(({ length }) => length >= longPart)];
  // "Bearer" and the words of a passphrase say nothing by themselves.
  const words = secret.split(/\s+/).filter((word) => !/^[a-z]{1,11}$/i.test(word));
  return [secret, ...words, ...credentials(secret)];
}

/** Where an address leads to may be said; who asks, and with which key, may not. */
function partsOfAddress(url: URL): string[] {
  const longSegments = url.pathname
    .split("/")
    .filter((segment) => segment.length >= longPart && /\d/.test(segment) && /[a-z]/i.test(segment));
  const named = [url.username, url.password, ...longSegments].map(decoded);
  return [...named, ...url.searchParams.values()];
}

/** The password in `Basic dXNlcjpwYXNz`. */
function credentials(secret: string): string[] {
  const basic = /^basic\s+([\w+/=-]+)$/i.exec(secret)?.[1];
  if (basic === undefined) return [];
  const [, password = ""] = /^[^:]*:(.*)$/s.exec(Buffer.from(basic, "base64").toString("utf8")) ?? [];
  return [password];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function spellings(text: string): string[] {
  const url = urlEncoded(text);
  // What signs requests and what fills forms escapes these too.
  const strict = url.replace(/[!'()*~]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  const json = inJson(text);
  const hex = Buffer.from(text, "utf8").toString("hex");
  return [
    text,
    ...[url, strict, strict.replaceAll("%20", "+"), encodeURI(text.toWellFormed())].flatMap((one) => [
      one,
      one.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    ]),
    // A body that was JSON is often kept as a text in JSON.
    json,
    inJson(json),
    text.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\n", "\\n"),
    inHtml(text),
    hex,
    hex.toUpperCase(),
    Buffer.from(text, "utf8").toString("base64"),
    ...base64Forms(text),
  ];
}

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);

const urlEncoded = (text: string): string => encodeURIComponent(text.toWellFormed());

const inHtml = (text: string): string =>
  text.replace(
    /[&<>"']/g,
    (sign) => `&${{ "&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "#39" }[sign]};`,
  );

/**
 * What of a text's base64 stays the same whatever stands around it, as `user:` does in Basic authentication: one form for
 * each of the three places in a group of bytes that the text may begin at, without the digits that it shares.
 */
function base64Forms(text: string): string[] {
  const bytes = Buffer.from(text, "utf8");
  return [0, 1, 2].flatMap((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64url");
    const own = whole.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
    return [own, own.replaceAll("-", "+").replaceAll("_", "/")];
  });
}
