/**
 * HTML from text that nobody vouches for: script titles, comments, symbol names. `html` escapes whatever is put into
 * it; only what `html` or `trusted` made goes in as it is.
 */

/** Markup that is safe to put into a page. */
export class SafeHtml {
  constructor(readonly text: string) {}
}

type Part = SafeHtml | string | number | undefined | readonly Part[];

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** A template whose values are escaped, in text and in quoted attributes; lists are joined, `undefined` is nothing. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): SafeHtml {
  let text = strings[0] ?? "";
  for (const [index, part] of parts.entries()) text += markup(part) + (strings[index + 1] ?? "");
  return new SafeHtml(text);
}

/** Markup of our own making, such as a style sheet that the build made. */
export function trusted(text: string): SafeHtml {
  return new SafeHtml(text);
}

/**
 * A value as JSON inside a `<script>`: nothing in it can end the element, start a comment or be read as anything but
 * JSON.
 */
export function jsonInScript(value: unknown): SafeHtml {
  return new SafeHtml(
    JSON.stringify(value).replace(
      /[<>&\u2028\u2029]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    ),
  );
}

function markup(part: Part): string {
  if (part === undefined) return "";
  if (part instanceof SafeHtml) return part.text;
  if (typeof part === "object") return part.map(markup).join("");
  return cleaned(String(part)).replace(/[&<>"']/g, (character) => entities[character] ?? "");
}

/**
 * A text without the characters that nobody sees: control characters have no place in a page, and those that turn the
 * direction of text could disguise what it says.
 */
export function cleaned(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u2028-\u202e\u2066-\u2069]/g, "\ufffd");
}
