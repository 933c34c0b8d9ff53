import { intentKey, keyText } from "../../engine/desired.ts";
import { isOver } from "../../engine/draft.ts";
import type { EngineState, IntentPhase, Obligation, OrderRecord } from "../../engine/state.ts";
import type { LabRun } from "../lab-run.ts";
import { refuses } from "../plugin/intercept.ts";
import { mend } from "../verbs/venue.ts";
import { isOpen } from "../venue/model.ts";
import { requests } from "../venue/line.ts";
import { Violation } from "../violation.ts";
import type { World } from "../world.ts";
import { checkAlways } from "./always.ts";
import { checkQuiet, isQuiet } from "./quiet.ts";

/** How long a start has to come to rest, ms. */
const restMs = 15_000;

/** Bars that a run has to come to rest, and how often it may stop before it does. */
const bars = 6;
const rounds = 3;

/**
 * Everything is put right, runs that have ended start again, and some minutes go by: then nothing may be owed, nothing
 * that the script wants may be missing, and a start that follows may change nothing.
 *
 * @throws Violation
 */
export async function makePeace(world: World): Promise<void> {
  const { skewMs } = world;
  world.skewMs = Math.max(0, skewMs);
  world.venue.depth = Infinity;
  world.venue.fillsMarket = true;
  world.movePrice(world.venue.price);
  for (const run of world.runs) await mend(world, run);
  for (let round = 0; round < rounds; round++) {
    await restartAll(world, (run) => !run.isLive);
    for (let bar = 0; bar < bars; bar++)
      for (const run of world.runs) {
        await world.closeBar(run);
        check(world);
      }
    if (world.runs.every((run) => run.isLive)) break;
  }
  if (!isQuiet(world) && isExcused(world)) return;
  if (!isQuiet(world)) throw new Violation("nothing_owed", restless(world));
  for (const run of world.runs) checkSettled(world, run);
  await checkRestart(world);
  if (world.profile.breaks.includes("edits_log")) world.store.tamper();
  for (const run of world.runs) checkAudit(world, run);
}

/** To halt is all that a run can do where somebody trades by hand, or nobody can say what became of a close. */
const isExcused = (world: World): boolean =>
  world.runs.every(({ isLive, process }) => {
    const state = process?.state;
    if (isLive) return true;
    return state?.latches.halt != null && (world.hasManualTrades || hasLostClose(world, state));
  });

/** A close that has never come to a venue which cannot be asked about it. */
function hasLostClose(world: World, state: EngineState): boolean {
  const lost = lostKeys(world, state);
  for (const owed of state.obligations.values())
    if (owed.kind === "close" && lost.has(owed.intentKey)) return true;
  return false;
}

function check(world: World): void {
  world.throwIfViolated();
  checkAlways(world);
  if (isQuiet(world)) checkQuiet(world);
}

async function restartAll(world: World, isDue: (run: LabRun) => boolean): Promise<void> {
  for (const run of world.runs) {
    if (!isDue(run)) continue;
    await world.start(run);
    await world.settle();
    check(world);
  }
}

function restless(world: World): string {
  const words = world.runs.map((run) => {
    const { process } = run;
    const state = process?.state;
    if (!run.isLive)
      return `${run.runId} is not live: ${process?.failure instanceof Error ? process.failure.message : (state?.latches.halt?.reason ?? "it has ended")}`;
    return `${run.runId} waits for ${[...(state?.outbox.values() ?? [])].map(({ kind }) => kind).join(", ") || "the venue"}`;
  });
  return words.join("; ");
}

const atRest: ReadonlySet<IntentPhase> = new Set(["working", "done", "prepared", "asleep"]);

function checkSettled(world: World, run: LabRun): void {
  const state = run.process?.state;
  if (state == null) return;
  const lost = lostKeys(world, state);
  const owed = [...state.obligations.values()]
    .filter((one) => !isParked(one, state) && !hangsOn(lost, one))
    .map(({ kind, id }) => `${kind} ${keyText(id)}`);
  if (owed.length > 0) throw new Violation("nothing_owed", `${run.runId} still owes ${owed.join(", ")}`);
  for (const { key, phase } of state.intents.values())
    if (!lost.has(key) && !atRest.has(phase))
      throw new Violation("nothing_owed", `${keyText(key)} is still ${phase}`);
  for (const [id, order] of state.orders)
    if (
      state.intents.get(order.intentKey)?.phase !== "prepared" &&
      !isOver(order) &&
      !isDormant(order) &&
      !lost.has(order.intentKey) &&
      !world.venue.account.legs.some(({ bracket }) => bracket?.clientOrderId === id) &&
      world.venue.find(id)?.status !== "open" &&
      world.venue.find(id)?.status !== "partial"
    )
      throw new Violation(
        "nothing_owed",
        `the engine holds ${id} for ${order.status}, and the venue ${world.venue.find(id)?.status ?? "has never seen it"}`,
      );
  checkWishes(world, run, state, lost);
}

/**
 * Of a venue that cannot be asked nobody learns that an order has never come there, or was gone before it was changed,
 * and the engine goes on looking for it.
 * @returns the intents of such orders
 */
function lostKeys({ profile, venue }: World, { obligations }: EngineState): ReadonlySet<string> {
  const keys = new Set<string>();
  if (profile.findsOrders) return keys;
  for (const owed of obligations.values())
    if (owed.kind === "verify" && owed.write !== "cancel" && !isOpenAt(venue, owed.clientOrderId))
      keys.add(owed.intentKey);
  return keys;
}

function isOpenAt(venue: World["venue"], clientOrderId: string): boolean {
  const order = venue.find(clientOrderId);
  return order !== undefined && isOpen(order);
}

/** What waits for such an order is not settled either. */
function hangsOn(lost: ReadonlySet<string>, owed: Obligation): boolean {
  if (owed.kind === "flatten") return lost.size > 0;
  return "intentKey" in owed && lost.has(owed.intentKey);
}

/** A trail that has not begun hangs on its position in name only. */
const isDormant = ({ legId, limit, stop }: OrderRecord): boolean =>
  legId !== undefined && limit === null && stop === null;

/** What a resting entry only closed is opened when it has filled and the position is flat, which may be never. */
function isParked(owed: Obligation, { book, intents }: EngineState): boolean {
  // A bracket that hangs on a position is kept there as long as the position.
  if (owed.kind === "protection") return owed.state === "active";
  if (owed.kind !== "reopen" || owed.wanted.intent.kind !== "entry") return false;
  const { side, stopFiredMarket, pineId } = owed.wanted.intent;
  if (!stopFiredMarket) return false;
  const origin = intents.get(intentKey({ kind: "entry", pineId, stopFiredMarket: false }));
  return origin?.phase === "working" || (side === "buy" ? book.size < 0 : book.size > 0);
}

/** What the script wants is there, as it wants it. */
function checkWishes(world: World, run: LabRun, state: EngineState, lost: ReadonlySet<string>): void {
  if (run.hasRefusals || state.latches.quarantine !== null || state.latches.paused) return;
  for (const { key, generation, intent } of state.wanted?.values() ?? []) {
    if (intent.kind !== "entry" || intent.orderType === "market" || run.ledger.meddled.has(key)) continue;
    // What the plugin refuses changes nothing at the venue.
    if (world.profile.intercepts && refuses(intent)) continue;
    if (lost.has(key)) continue;
    const record = state.intents.get(key);
    if (record?.generation === generation && record.phase === "asleep") continue;
    if (record?.generation === generation && record.phase === "done") {
      // A stop that was reached has put a market order in the place of a limit.
      if (record.end === "filled" || record.end === "gone") continue;
      throw new Violation(
        "wishes_reach_venue",
        `${keyText(key)} is wanted, and ${record.end} without a reason`,
      );
    }
    const order = world.venue.orders.find(
      (one) =>
        one.owner === run.runId && isOpen(one) && one.pineId === intent.pineId && one.legType === "entry",
    );
    if (order === undefined)
      throw new Violation("wishes_reach_venue", `${keyText(key)} is wanted, and not at the venue`);
    const limit = intent.limit ?? null;
    if (order.limit !== limit)
      throw new Violation(
        "wishes_reach_venue",
        `${keyText(key)} is wanted at ${limit}, and is at the venue at ${order.limit}`,
      );
    // What was reached is at the market, or at its limit; and where the engine holds stops the venue knows of none.
    const isHeld = order.isTriggered || state.rules.capabilities.stopOrder === "software";
    const stop = intent.stop ?? null;
    if (!isHeld && order.stop !== stop)
      throw new Violation(
        "wishes_reach_venue",
        `${keyText(key)} is wanted with a stop at ${stop}, and is at the venue with one at ${order.stop}`,
      );
  }
}

/** A second start over the same books and the same venue comes to the same. */
async function checkRestart(world: World): Promise<void> {
  await restartAll(world, () => true);
  // What was held up until a start goes out with it, and has its exits when it is found among the positions.
  await world.advance(restMs);
  const first = world.runs.map(digest);
  const sent = writes(world);
  await restartAll(world, () => true);
  const second = world.runs.map(digest);
  for (const [index, text] of first.entries())
    if (text !== second[index])
      throw new Violation(
        "restart_changes_nothing",
        `after one start: ${difference(text, second[index]!)}; after the second: ${difference(second[index]!, text)}`,
      );
  if (writes(world) !== sent)
    throw new Violation("restart_changes_nothing", "a second start in a row has sent something");
  check(world);
}

const writes = (world: World): number => world.calls.filter(({ kind }) => requests[kind] === "write").length;

/** What counts of a state, without times. */
function digest(run: LabRun): string {
  const state = run.process?.state;
  if (state == null) return "";
  const lines = [
    ...[...state.intents.values()].map(
      ({ key, generation, phase, end, filledQty }) =>
        `${keyText(key)}#${generation} ${phase} ${end ?? ""} ${filledQty}`,
    ),
    ...[...state.orders.values()].map(
      ({ clientOrderId, status, filledQty }) => `${clientOrderId} ${status} ${filledQty}`,
    ),
    ...[...state.obligations.values()].map(({ id }) => keyText(id)),
    ...[...state.watches.values()].map(({ id, state: phase }) => `${keyText(id)} ${phase}`),
    ...state.book.lots.map(({ entryId, qty, side }) => `${side} ${qty} of ${entryId}`),
  ];
  return lines.toSorted().join("\n");
}

function difference(text: string, other: string): string {
  const others = new Set(other.split("\n"));
  return (
    text
      .split("\n")
      .filter((line) => !others.has(line))
      .join(", ") || "nothing more"
  );
}

function checkAudit(world: World, run: LabRun): void {
  const wrong = world.store.audit(run.runId);
  if (wrong.length > 0) throw new Violation("audit_passes", wrong.slice(0, 3).join("; "));
}
