import { createHash } from "node:crypto";

import type { OrderIdKind } from "../api/broker/intents.ts";

/**
 * Client order ids: a function of what an order is, so that a process that knows nothing but its books makes the same
 * id again, and a venue that has seen it refuses the second order.
 *
 * | part  | width | content                                                                        |
 * | ----- | ----- | ------------------------------------------------------------------------------ |
 * | run   | 4     | the run's tag                                                                  |
 * | pid   | 8     | first 5 bytes of SHA-256 of the script's id, and of the entry's behind a NUL    |
 * | bar   | 9     | open of the bar, ms                                                            |
 * | kind  | 1     | which order of the intent                                                      |
 * | retry | 1–5   | number of the attempt                                                          |
 *
 * joined as `run-pid-bar-kindretry`, all in lowercase base 36 because some venues fold case: 26 to 30 characters. A
 * venue that takes fewer gets `run bar kind tail` without hyphens, exactly as long as it takes, where `tail` is a hash
 * of the long form.
 */

/** What names an order. */
export interface OrderIdParts {
  readonly runTag: string;
  readonly pineId: string;
  readonly fromEntry?: string | undefined;
  /** Open of the bar it was first sent on, ms. */
  readonly barTimeMs: number;
  readonly kind: OrderIdKind;
  readonly retrySeq: number;
}

/** What a run is, for its tag: the same after its script was edited. */
export interface RunIdentity {
  readonly strategyId: string;
  readonly symbol: string;
  readonly timeframe: string;
  readonly accountId: string;
  readonly label?: string | null;
}

/** The longest id there is, and the shortest budget that a venue may have. */
export const longestClientOrderId = 30;
export const shortestClientOrderIdBudget = 20;

const widths = { run: 4, pid: 8, bar: 9 } as const;
const mostRetries = 36 ** 5 - 1;
const latestBarMs = 36 ** widths.bar - 1;
/** Attempts that a short id is tried against: it cannot be read backwards. */
const recognisedRetries = 36;

const kinds: Readonly<Record<OrderIdKind, true>> = { e: true, b: true, t: true, s: true, c: true, x: true };
const isKind = (text: string): text is OrderIdKind => Object.hasOwn(kinds, text);

const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest();
const base36 = (value: number, width: number): string => value.toString(36).padStart(width, "0");

/** Four characters that name a run: 20 bits of a hash of its identity. */
export function runTag(identity: RunIdentity): string {
  const { strategyId, symbol, timeframe, accountId, label } = identity;
  const json = JSON.stringify([strategyId, symbol, timeframe, accountId, label ?? ""]);
  return base36(sha256(json).readUIntBE(0, 3) & 0xfffff, widths.run);
}

/**
 * The id of an order.
 * @param budget longest id that the venue takes
 * @throws RangeError for a budget below 20, a bar or an attempt that does not fit
 */
export function clientOrderId(parts: OrderIdParts, budget: number): string {
  if (!(budget >= shortestClientOrderIdBudget))
    throw new RangeError(`a client order id needs ${shortestClientOrderIdBudget} characters, not ${budget}`);
  const canonical = canonicalOrderId(parts);
  return canonical.length <= budget ? canonical : wireForm(parts, canonical, budget);
}

/** The long form. @throws RangeError for a bar or an attempt that does not fit */
export function canonicalOrderId(parts: OrderIdParts): string {
  const { runTag: run, barTimeMs, kind, retrySeq } = parts;
  if (!Number.isSafeInteger(barTimeMs) || barTimeMs < 0 || barTimeMs > latestBarMs)
    throw new RangeError(`no client order id can name a bar at ${barTimeMs}`);
  if (!Number.isSafeInteger(retrySeq) || retrySeq < 0 || retrySeq > mostRetries)
    throw new RangeError(`no client order id can name attempt ${retrySeq}`);
  return `${run}-${pid(parts)}-${base36(barTimeMs, widths.bar)}-${kind}${retrySeq.toString(36)}`;
}

function pid({ pineId, fromEntry }: OrderIdParts): string {
  const identity = fromEntry === undefined ? pineId : `${pineId}\0${fromEntry}`;
  return base36(sha256(identity).readUIntBE(0, 5), widths.pid);
}

function wireForm(parts: OrderIdParts, canonical: string, budget: number): string {
  const width = budget - widths.run - widths.bar - 1;
  const tail = BigInt(`0x${sha256(canonical).toString("hex")}`) % 36n ** BigInt(width);
  return `${parts.runTag}${base36(parts.barTimeMs, widths.bar)}${parts.kind}${tail.toString(36).padStart(width, "0")}`;
}

/** What an id says of itself. */
export interface ReadOrderId {
  readonly runTag: string;
  /** Of the long form only. */
  readonly pid: string | null;
  readonly barTimeMs: number;
  readonly kind: OrderIdKind;
  /** Of the long form only. */
  readonly retrySeq: number | null;
}

/**
 * Reads an id that this venue could carry; `null` for whatever is not one of ours.
 * @param budget longest id that the venue takes
 */
export function readOrderId(id: string, budget: number): ReadOrderId | null {
  return readCanonical(id) ?? (id.length === budget ? readWire(id) : null);
}

function readCanonical(id: string): ReadOrderId | null {
  const match = /^([0-9a-z]{4})-([0-9a-z]{8})-([0-9a-z]{9})-([a-z])(0|[1-9a-z][0-9a-z]{0,4})$/.exec(id);
  if (match === null) return null;
  const [, run = "", hash = "", bar = "", kind = "", retry = ""] = match;
  if (!isKind(kind)) return null;
  return {
    runTag: run,
    pid: hash,
    barTimeMs: Number.parseInt(bar, 36),
    kind,
    retrySeq: Number.parseInt(retry, 36),
  };
}

function readWire(id: string): ReadOrderId | null {
  const match = /^([0-9a-z]{4})([0-9a-z]{9})([a-z])[0-9a-z]{6,15}$/.exec(id);
  if (match === null) return null;
  const [, run = "", bar = "", kind = ""] = match;
  if (!isKind(kind)) return null;
  return { runTag: run, pid: null, barTimeMs: Number.parseInt(bar, 36), kind, retrySeq: null };
}

/**
 * The attempt that an id names, if it is an id of this order: read from the long form, found by trying the first 36
 * attempts for the short one. `null`: another order, another run, or not ours at all.
 */
export function attemptOf(
  id: string,
  owner: Pick<OrderIdParts, "runTag" | "pineId" | "fromEntry">,
  budget: number,
): number | null {
  const read = readOrderId(id, budget);
  if (read === null || read.runTag !== owner.runTag) return null;
  const parts = { ...owner, barTimeMs: read.barTimeMs, kind: read.kind };
  if (read.retrySeq !== null)
    return read.pid === pid({ ...parts, retrySeq: read.retrySeq }) ? read.retrySeq : null;
  for (let retrySeq = 0; retrySeq < recognisedRetries; retrySeq++)
    if (clientOrderId({ ...parts, retrySeq }, budget) === id) return retrySeq;
  return null;
}
