import { Violation } from "./violation.ts";

/**
 * Nobody in a story reaches for the network: whoever tries is seen, and gets nothing.
 * @param watch takes what was seen
 * @returns what ends it
 */
export function isolate(watch: (look: () => void) => void): () => void {
  const { fetch, WebSocket } = globalThis;
  const refuse = (what: string): void =>
    watch(() => {
      throw new Violation("stays_inside", `somebody has reached for the network: ${what}`);
    });
  globalThis.fetch = Object.assign(
    (input: unknown) => {
      refuse(String(input));
      return Promise.reject(new TypeError("there is no network in the lab"));
    },
    { preconnect: () => refuse("preconnect") },
  ) as typeof fetch;
  globalThis.WebSocket = function (url: unknown): never {
    refuse(String(url));
    throw new TypeError("there is no network in the lab");
  } as unknown as typeof WebSocket;
  return () => {
    globalThis.fetch = fetch;
    globalThis.WebSocket = WebSocket;
  };
}
