import type { LabFailure } from "../../../api/conformance/lab-bench.ts";
import type { VirtualTime } from "../time.ts";
import { Refusal } from "./model.ts";

/** Requests that a plugin makes, by what they are for. */
export const requests = {
  entry: "write",
  exit: "write",
  close: "write",
  cancel: "write",
  modify: "write",
  leg: "write",
  orders: "read",
  find: "read",
  position: "read",
  history: "read",
  balance: "read",
  executions: "read",
} as const;
export type RequestKind = keyof typeof requests;

/**
 * What goes wrong with a request.
 *
 * `lost_request`: it is known not to have been sent; `lost_on_the_way`: sent, never arrived, no answer; `lost_ack`: it
 * arrived and was carried out, the answer is lost; `hangs`: carried out, and nobody ever hears of it; `reject`,
 * `margin`, `id_spent`: refused at the venue; `half_refused`: of a group all but the first; `skip`: the plugin declines
 * before sending; `throttle`: too many, for a second; `throttle_long`: for most of a minute; `unsafe`: the plugin gives
 * up; `broken`: an error that no contract knows, and the request arrived.
 */
export const lineFaults = [
  "lost_request",
  "lost_on_the_way",
  "lost_ack",
  "hangs",
  "reject",
  "half_refused",
  "margin",
  "id_spent",
  "skip",
  "throttle",
  "throttle_long",
  "unsafe",
  "broken",
] as const;
export type LineFault = (typeof lineFaults)[number];
const refusals: ReadonlySet<LineFault> = new Set(["reject", "half_refused", "margin", "skip", "id_spent"]);

/** How a request failed, for the plugin to translate. */
export class LineError extends Error implements LabFailure {
  override readonly name = "LineError";
  constructor(
    readonly kind: LabFailure["kind"],
    message: string,
    /** Of one that was throttled: how long it is to wait, s. */
    readonly retryAfter = 1,
    /** Of a group that was refused: what of it is at the venue all the same. */
    readonly left: readonly string[] = [],
  ) {
    super(message);
  }
}

/** A line of the log of requests. */
export interface Call {
  readonly number: number;
  readonly kind: RequestKind;
  /** Of an order: its client order id, and what was asked for. */
  readonly about: string;
  readonly detail: string;
  readonly owner: string;
  /** Which process of its run has made it, from 1. */
  readonly process: number;
  readonly atMs: number;
  readonly fault: LineFault | null;
  /** Whether the venue has seen it. */
  hasArrived: boolean;
  outcome: "pending" | "done" | LineError["kind"] | "lost" | "broken";
}

/** The process that a line belongs to. */
export interface LineOwner {
  readonly runId: string;
  /** Which process of its run it is, from 1. */
  readonly number: number;
  readonly isDead: boolean;
  /** A place at which the process may be killed. @returns whether it was */
  cross(place: string): boolean;
}

interface ArmedFault {
  readonly fault: LineFault;
  readonly kinds: readonly RequestKind[];
  left: number;
}

/**
 * Requests from a process to the venue, in order, there and back, with whatever goes wrong on the way. A request that
 * has left arrives although its process dies.
 */
export class Line {
  /** From here to there and back, ms. */
  ackMs = 0;
  isUp = true;
  /** Told when a fault refuses a request that the venue would have taken. */
  onRefusal: (() => void) | null = null;
  /** Told of every request that leaves, before it does. */
  onSend: ((kind: RequestKind, about: string) => void) | null = null;
  readonly #time: VirtualTime;
  readonly #log: Call[];
  readonly #owner: LineOwner;
  readonly #faults: ArmedFault[] = [];
  /** Requests of which the answer is on its way. */
  readonly #waiting = new Set<(error: LineError) => void>();
  #lastArrivalMs = 0;

  constructor(time: VirtualTime, log: Call[], owner: LineOwner) {
    this.#time = time;
    this.#log = log;
    this.#owner = owner;
  }

  /** The next requests of these kinds fail so. */
  arm(fault: LineFault, kinds: readonly RequestKind[], count: number): void {
    this.#faults.push({ fault, kinds, left: count });
  }

  disarm(): void {
    this.#faults.length = 0;
  }

  get isArmed(): boolean {
    return this.#faults.some(({ left }) => left > 0);
  }

  /** Answers that are under way. */
  get pending(): number {
    return this.#waiting.size;
  }

  /** The connection is gone: what was under way has no answer. */
  cut(): void {
    this.isUp = false;
    for (const lose of [...this.#waiting]) lose(new LineError("answer_lost", "the connection was lost"));
  }

  /**
   * @param arrive what the venue does
   * @param half what it does when it takes a part of a group, and refuses the rest; what it has taken
   * @throws LineError; whatever `arrive` throws that is no refusal
   */
  call<T>(
    kind: RequestKind,
    about: string,
    arrive: () => T,
    detail = "",
    half?: () => readonly string[],
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#owner.isDead || this.#owner.cross(`before ${kind}`)) return;
      this.onSend?.(kind, about);
      const fault = this.#take(kind);
      if (fault !== null && refusals.has(fault)) this.onRefusal?.();
      const call: Call = {
        ...{ number: this.#log.length + 1, kind, about, detail },
        ...{ owner: this.#owner.runId, process: this.#owner.number },
        ...{ atMs: this.#time.nowMs, fault, hasArrived: false, outcome: "pending" },
      };
      this.#log.push(call);
      const fail = (error: LineError): void => {
        call.outcome = error.kind;
        reject(error);
      };
      const refused = refusalOf(fault, this.isUp);
      if (refused !== undefined) return fail(refused);
      let isLost = false;
      const lose = (error: LineError): void => {
        isLost = true;
        this.#waiting.delete(lose);
        call.outcome = "lost";
        if (!this.#owner.isDead) reject(error);
      };
      this.#waiting.add(lose);
      const answer = (settle: () => void): void => {
        if (isLost || this.#owner.isDead) return;
        this.#waiting.delete(lose);
        settle();
      };
      this.#atArrival(() => {
        if (fault === "lost_on_the_way") {
          this.#time.schedule(this.ackMs / 2, () =>
            answer(() => lose(new LineError("answer_lost", "no answer came"))),
          );
          return;
        }
        const result = this.#carryOut(call, fault, arrive, half);
        if (this.#owner.isDead || this.#owner.cross(`after ${kind}`)) return;
        if (fault === "hangs") {
          this.#waiting.delete(lose);
          return;
        }
        this.#time.schedule(this.ackMs / 2, () =>
          answer(() => {
            if (fault === "lost_ack") return lose(new LineError("answer_lost", "the answer was lost"));
            if (fault === "broken") {
              call.outcome = "broken";
              return reject(new TypeError("undefined is not a function"));
            }
            if ("error" in result)
              return result.error instanceof LineError ? fail(result.error) : reject(result.error as Error);
            call.outcome = "done";
            resolve(result.value);
          }),
        );
      });
    });
  }

  #carryOut<T>(
    call: Call,
    fault: LineFault | null,
    arrive: () => T,
    half: () => readonly string[] = () => [],
  ): { value: T } | { error: unknown } {
    call.hasArrived = true;
    if (fault === "reject") return { error: new LineError("rejected", "the venue says no") };
    if (fault === "margin") return { error: new LineError("margin", "there is not enough money") };
    if (fault === "id_spent") return { error: new LineError("id_spent", "this id was used before") };
    try {
      if (fault === "half_refused")
        return { error: new LineError("rejected", "the venue takes no second leg", 1, half()) };
      return { value: arrive() };
    } catch (error) {
      return { error: error instanceof Refusal ? new LineError(error.reason, error.message) : error };
    }
  }

  /** Runs when a request arrives: at once without a delay, and never before one that left earlier. */
  #atArrival(run: () => void): void {
    const atMs = Math.max(this.#time.nowMs + this.ackMs / 2, this.#lastArrivalMs);
    this.#lastArrivalMs = atMs;
    if (atMs <= this.#time.nowMs) run();
    else this.#time.schedule(atMs - this.#time.nowMs, run);
  }

  #take(kind: RequestKind): LineFault | null {
    const armed = this.#faults.find(({ kinds, left }) => left > 0 && kinds.includes(kind));
    if (armed === undefined) return null;
    armed.left--;
    return armed.fault;
  }
}

/** What fails before anything is sent. */
function refusalOf(fault: LineFault | null, isUp: boolean): LineError | undefined {
  if (!isUp || fault === "lost_request") return new LineError("not_sent", "there is no connection");
  if (fault === "skip") return new LineError("skipped", "too small for this venue");
  if (fault === "throttle") return new LineError("throttled", "too many requests");
  if (fault === "throttle_long") return new LineError("throttled", "far too many requests", 45);
  if (fault === "unsafe") return new LineError("unsafe", "the account is not what it was");
  return undefined;
}
