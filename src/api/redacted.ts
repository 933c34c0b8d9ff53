import { secrets } from "../kernel/secrets.ts";

/**
 * A text without the values of secret configuration fields, in any of their spellings. The host cleans what it prints and
 * keeps; a plugin needs this before it cuts a text, as half a secret is none that can be found.
 */
export function redacted(text: string): string {
  return secrets.clean(text);
}
