/** A server of bars on loopback, for http-csv to ask. */
import { createServer, type Server } from "node:net";

import { zigzag } from "./fixtures.ts";

/** An HTTP server whose answers a test decides; remembers what it was asked. */
export class BarServer implements Disposable {
  readonly requests: { readonly url: URL; readonly headers: Headers }[] = [];
  readonly #server: ReturnType<typeof Bun.serve>;

  constructor(answer: (url: URL, request: Request) => Response | Promise<Response>) {
    this.#server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: (request) => {
        const url = new URL(request.url);
        this.requests.push({ url, headers: request.headers });
        return answer(url, request);
      },
    });
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#server.port}`;
  }

  [Symbol.dispose](): void {
    void this.#server.stop(true);
  }
}

/** A TCP server that says what it is told to every caller, then hangs up: `null`, at once and rudely. */
export class RudeServer implements AsyncDisposable {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async saying(text: string | null): Promise<RudeServer> {
    const server = createServer((socket) => {
      socket.on("error", () => {});
      if (text === null) socket.resetAndDestroy();
      else socket.once("data", () => socket.end(text));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new RudeServer(server);
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Rows of a zigzag within the window that a request asks for, as CSV. */
export function csvOf(url: URL, startMs: number, periodMs: number, count: number): string {
  const [from, to, limit] = ["from", "to", "limit"].map((name) => Number(url.searchParams.get(name)));
  const rows = zigzag(count, startMs, periodMs).filter(
    ([time = 0]) => time >= (from ?? 0) && time < (to ?? Infinity),
  );
  return ["time,open,high,low,close,volume", ...rows.slice(0, limit).map((row) => row.join(","))].join("\n");
}
