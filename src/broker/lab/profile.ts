import type { ExchangeCapabilities } from "../../api/broker/capabilities.ts";
import {
  type InventoryConflictPolicy,
  inventoryConflictPolicies,
  type OcaPartialFillPolicy,
  type UnexpectedCancelPolicy,
  unexpectedCancelPolicies,
} from "../../api/broker/policies.ts";
import { NotationError, type Step, Words } from "./notation.ts";
import { type AccountMode, accountModes, referenceRules, type VenueRules } from "./venue/model.ts";

/** What a story plays on: the venue, what the plugin says it can, and how many runs there are. */
export interface LabProfile {
  readonly rules: VenueRules;
  readonly capabilities: Partial<ExchangeCapabilities>;
  readonly clientOrderIdMaxLen: number;
  readonly onUnexpectedCancel: UnexpectedCancelPolicy;
  readonly onOcaPartialFill: OcaPartialFillPolicy;
  readonly onInventoryConflict: InventoryConflictPolicy;
  readonly pyramiding: number;
  /** How far behind watched stops a stop rests at the venue, in percent; 0: none does. */
  readonly failsafePercent: number;
  /** Runs of the same strategy under different labels, on one account. */
  readonly runs: number;
  /** Of a venue that keeps positions side by side. */
  readonly closesLegsPartly: boolean;
  /** The plugin has something to say about orders before they are sent. */
  readonly intercepts: boolean;
  /** It finds out by itself that an exit whose answer was lost has never come to the venue. */
  readonly resolvesLost: boolean;
  /** The venue can be asked what became of an order that is over. */
  readonly findsOrders: boolean;
  /** The name by which orders know the symbol differs from the chart's. */
  readonly hasAlias: boolean;
  /** What is broken on purpose. */
  readonly breaks: readonly Break[];
}

/**
 * Ways to be broken on purpose, to prove that somebody sees it: of a plugin, of the venue, of the store's commit and of
 * its log.
 */
export const breaks = [
  "sends_twice",
  "sends_beside",
  "sits_on_orders",
  "sends_at_start",
  "reuses_ids",
  "off_grid",
  "doubles",
  "flips",
  "half_protection",
  "whole_protection",
  "one_leg",
  "early_failsafe",
  "ignores_amends",
  "never_cancels",
  "confirms_cancels",
  "calls_lost_unsent",
  "skips_history",
  "misplaces_stops",
  "misplaces_entries",
  "bends_trails",
  "resends_refused",
  "half_fills",
  "loses_fill",
  "repeats_fill",
  "endless_stream",
  "polls_always",
  "repeats_events",
  "asks_at_once",
  "never_answers",
  "uses_network",
  "crashes",
  "foreign_owner",
  "nobody",
  "wakes_dead_orders",
  "drifts",
  "forgets_dispatch",
  "forgets_orders",
  "forgets_debts",
  "forgets_position",
  "edits_log",
  "forgets_brackets",
  "closes_other_legs",
  "hides_fee_currency",
] as const;
export type Break = (typeof breaks)[number];

export const referenceProfile: LabProfile = {
  rules: referenceRules,
  capabilities: {},
  clientOrderIdMaxLen: 30,
  onUnexpectedCancel: "stop",
  onOcaPartialFill: "cancel",
  onInventoryConflict: "quarantine",
  pyramiding: 1,
  failsafePercent: 0,
  runs: 1,
  closesLegsPartly: true,
  intercepts: false,
  resolvesLost: false,
  findsOrders: true,
  hasAlias: false,
  breaks: [],
};

/** Words of the `venue` step that take nothing behind them, and what each changes. */
const flags: Readonly<Record<string, (profile: LabProfile) => LabProfile>> = {
  // Market orders wait for `fill`.
  slow: (profile) => withRules(profile, { fillsMarket: false }),
  // Reduce-only orders outlive the position.
  keeps: (profile) => withRules(profile, { sweepsReduceOnly: false }),
  // Whole positions can be closed, and no parts of them.
  wholelegs: (profile) => ({ ...profile, closesLegsPartly: false }),
  basefee: (profile) => withRules(profile, { takesFeeInBase: true, feeRate: 0.001 }),
  // Fees are paid in a coin of the venue's, as long as there is some.
  coinfee: (profile) => withRules(profile, { takesFeeInOther: true, feeRate: 0.001 }),
  fees: (profile) => withRules(profile, { feeRate: 0.001 }),
  noamend: (profile) => withCapabilities(profile, { amendOrder: "unsupported" }),
  // The engine holds stop-limit orders until their stop is reached.
  nostops: (profile) => withCapabilities(profile, { stopOrder: "software" }),
  // An order that is over cannot be asked for.
  nofind: (profile) => ({ ...profile, findsOrders: false }),
  nativeoca: (profile) => withCapabilities(profile, { ocaCancel: "native" }),
  wholeoca: (profile) => ({ ...profile, onOcaPartialFill: "full_fill_only" }),
  intercepts: (profile) => ({ ...profile, intercepts: true }),
  resolves: (profile) => ({ ...profile, resolvesLost: true }),
  softparts: (profile) => withCapabilities(profile, { partialQtyBracketExit: "software" }),
  noparts: (profile) => withCapabilities(profile, { partialQtyBracketExit: "unsupported" }),
  failsafe: (profile) => ({ ...withCapabilities(profile, { failsafeStop: "native" }), failsafePercent: 1 }),
  nativebracket: (profile) =>
    withCapabilities(withRules(profile, { attachesBrackets: true }), { tpSlBracket: "native" }),
  longonly: (profile) => withCapabilities(profile, { shortSelling: "unsupported" }),
  shortids: (profile) => ({ ...profile, clientOrderIdMaxLen: 20 }),
  alias: (profile) => ({ ...profile, hasAlias: true }),
};

/** What follows from how an account keeps positions. */
const modes: Readonly<Record<AccountMode, (profile: LabProfile) => LabProfile>> = {
  netting: (profile) => profile,
  // What hangs on a position closes all of it.
  hedging: (profile) => withCapabilities(profile, { partialQtyBracketExit: "software" }),
  // Coins cannot be owed, and an order does not know why they are sold.
  spot: (profile) =>
    withCapabilities(withRules(profile, { sweepsReduceOnly: false }), { shortSelling: "unsupported" }),
};

/** Words that take one behind them. */
const valued: Readonly<Record<string, (profile: LabProfile, words: Words) => LabProfile>> = {
  notional: (profile, words) => withRules(profile, { minNotional: words.number("how much money") }),
  coins: (profile, words) => withRules(profile, { coins: words.number("how many coins") }),
  runs: (profile, words) => ({ ...profile, runs: words.number("how many runs") }),
  pyramiding: (profile, words) => ({ ...profile, pyramiding: words.number("how many entries") }),
  cancels: (profile, words) => ({
    ...profile,
    onUnexpectedCancel: words.word("a policy", unexpectedCancelPolicies),
  }),
  conflicts: (profile, words) => ({
    ...profile,
    onInventoryConflict: words.word("a policy", inventoryConflictPolicies),
  }),
  break: (profile, words) => ({
    ...profile,
    breaks: [...profile.breaks, words.word<Break>("what is broken", breaks)],
  }),
};

/**
 * Takes the `venue` step off the beginning of a story.
 * @throws NotationError
 */
export function profileOf(steps: readonly Step[]): { profile: LabProfile; rest: readonly Step[] } {
  const [first, ...rest] = steps;
  if (first?.verb !== "venue") return { profile: referenceProfile, rest: steps };
  const words = new Words(first);
  const mode = words.word("how the account keeps positions", accountModes);
  let profile = modes[mode](withRules(referenceProfile, { mode }));
  while (!words.isEmpty) {
    const word = words.word("an option", [...Object.keys(flags), ...Object.keys(valued)]);
    const [flag, value] = [flags[word], valued[word]];
    if (flag !== undefined) profile = flag(profile);
    else if (value !== undefined) profile = value(profile, words);
    else throw new NotationError(`venue: nobody knows what ${word} is for`);
  }
  return { profile, rest };
}

const withRules = (profile: LabProfile, rules: Partial<VenueRules>): LabProfile => ({
  ...profile,
  rules: { ...profile.rules, ...rules },
});
const withCapabilities = (profile: LabProfile, levels: Partial<ExchangeCapabilities>): LabProfile => ({
  ...profile,
  capabilities: { ...profile.capabilities, ...levels },
});
