/** Names of the field whose proof is not a story of the lab, and where it is. */
export interface ProvenElsewhere {
  readonly name: string;
  /** A story of the lab, a test of this repository, or those that a plugin for the venue needs of its own. */
  readonly where: string;
}

const command = "test/e2e/broker-process.test.ts";
const bybit = "the tests of a plugin for bybit";
const capitalcom = "the tests of a plugin for capitalcom";
const ctrader = "the tests of a plugin for ctrader";

/**
 * Names that only a real process or a venue's own wire can prove, and those of a venue's family that the reference venue
 * stands for.
 */
export const provenElsewhere: readonly ProvenElsewhere[] = [
  { name: "real-pyne-run-clean-lifecycle", where: command },
  { name: "real-pyne-run-transient-connect-retry", where: command },
  { name: "real-pyne-run-permanent-connect-fails-fast", where: command },
  { name: "real-pyne-run-shutdown-timeout", where: command },
  { name: "real-pyne-run-startup-exception-closes-store", where: command },
  { name: "real-pyne-run-redacts-credential-from-unexpected-traceback", where: "test/e2e/secrets.test.ts" },
  { name: "two-real-pyne-runs-share-workdir-and-ohlcv-safely", where: command },
  {
    name: "bybit-usdt-hedge-run-ownership-reversal-restart",
    where: "hedged-reversal-closes-old-leg-before-opening-residual",
  },
  {
    name: "bybit-usdt-hedge-external-leg-invariant-negative-control",
    where: "control-close-of-a-foreign-position-is-detected",
  },
  {
    name: "bybit-usdt-hedge-same-bar-coid-invariant-negative-control",
    where: "control-aliased-order-id-is-detected",
  },
  {
    name: "bybit-post-write-lost-create-ack-adopts-exactly-once",
    where: "lost-create-ack-adopts-exactly-once",
  },
  {
    name: "control-bybit-post-write-ack-loss-reject-causes-duplicate",
    where: "refused-for-lost-ack-causes-no-duplicate",
  },
  {
    name: "bybit-fragmented-partial-fill-ws-gap-rest-recovery",
    where: "gap-in-the-stream-is-recovered-once-from-history",
  },
  {
    name: "control-bybit-distinct-id-duplicate-fragment-is-detected",
    where: "control-repeated-fill-is-detected",
  },
  { name: "bybit-market-entry-uses-real-transport-shape", where: bybit },
  { name: "bybit-usdc-perpetual-uses-linear-transport-and-discovered-grid", where: bybit },
  { name: "bybit-spot-market-entry-uses-base-coin-denomination", where: bybit },
  { name: "bybit-inverse-market-entry-uses-contract-denomination-and-anchor", where: bybit },
  {
    name: "bybit-usdc-restart-partial-then-full-close-leaves-no-bracket",
    where: "partial-then-full-close-leaves-no-bracket",
  },
  {
    name: "bybit-usdc-spot-inventory-fee-residual-roundtrip",
    where: "spot-inventory-fee-residual-roundtrip",
  },
  {
    name: "bybit-usdc-spot-wrong-buy-fee-currency-negative-control",
    where: "control-wrong-buy-fee-currency-is-detected",
  },
  {
    name: "bybit-strategy-order-oca-cancel-sweeps-sibling-once",
    where: "strategy-order-oca-cancel-sweeps-sibling-once",
  },
  {
    name: "bybit-strategy-order-oca-reduce-amends-sibling-once",
    where: "strategy-order-oca-reduce-amends-sibling-once",
  },
  { name: "bybit-working-order-adopted-after-restart", where: "restart-adopts-working-order" },
  {
    name: "bybit-below-grid-entry-is-observable-and-not-sent",
    where: "minimum-below-order-is-observable-and-bounded",
  },
  { name: "bybit-quantity-grid-residual-is-not-under-rounded", where: bybit },
  {
    name: "bybit-two-entry-global-bracket-creates-four-physical-legs",
    where: "global-exit-protection-coverage",
  },
  { name: "control-bybit-aliased-global-bracket-is-detected", where: "control-aliased-order-id-is-detected" },
  {
    name: "bybit-buy-stop-limit-stays-dormant-until-rising-trigger",
    where: "buy-stop-limit-stays-dormant-until-rising-trigger",
  },
  {
    name: "bybit-sell-stop-limit-stays-dormant-until-falling-trigger",
    where: "sell-stop-limit-stays-dormant-until-falling-trigger",
  },
  {
    name: "bybit-already-crossed-buy-stop-limit-drops-trigger",
    where: "already-crossed-buy-stop-limit-drops-trigger",
  },
  {
    name: "bybit-already-crossed-sell-stop-limit-drops-trigger",
    where: "already-crossed-sell-stop-limit-drops-trigger",
  },
  {
    name: "bybit-bracket-amend-and-cancel-retains-no-orphan-leg",
    where: "bracket-amend-and-cancel-retains-no-orphan-leg",
  },
  {
    name: "bybit-filled-bracket-leg-cancels-reduce-only-sibling",
    where: "filled-bracket-leg-cancels-reduce-only-sibling",
  },
  { name: "bybit-concurrent-runs-restart-and-close-only-owned-exposure", where: "concurrent-run-ownership" },
  { name: "capitalcom-restart-does-not-repeat-working-order", where: "restart-adopts-working-order" },
  {
    name: "capitalcom-filled-entry-recovery-does-not-post-again",
    where: "completed-intent-does-not-resurrect-after-restart",
  },
  { name: "capitalcom-activity-replay-is-deduplicated", where: "duplicate-fill-is-idempotent" },
  {
    name: "capitalcom-activity-replay-after-restart-is-durable",
    where: "fills-are-deduplicated-across-a-restart",
  },
  {
    name: "capitalcom-post-write-post-loss-recovers-without-duplicate",
    where: "lost-create-ack-adopts-exactly-once",
  },
  {
    name: "capitalcom-post-write-delete-loss-recovers-without-double-close",
    where: "lost-close-ack-recovers-without-double-close",
  },
  {
    name: "capitalcom-external-manual-close-retires-intent-once",
    where: "external-manual-close-retires-intent-once",
  },
  {
    name: "capitalcom-marketable-limit-exit-uses-one-immediate-close",
    where: "marketable-limit-exit-closes-once",
  },
  {
    name: "capitalcom-marketable-stop-exit-uses-one-immediate-close",
    where: "marketable-stop-exit-closes-once",
  },
  { name: "capitalcom-position-bracket-attach-replace-shape", where: capitalcom },
  { name: "capitalcom-limit-entry-uses-real-rest-shape", where: capitalcom },
  { name: "capitalcom-concurrent-session-bootstrap-respects-venue-rate-limit", where: capitalcom },
  {
    name: "capitalcom-netting-reversal-activity-closes-and-opens-exactly-once",
    where: "long-to-short-reversal-has-exact-economic-size",
  },
  {
    name: "capitalcom-missing-activity-falls-back-to-rest-position-snapshot",
    where: "gap-in-the-stream-is-recovered-once-from-history",
  },
  {
    name: "capitalcom-trailing-attach-amend-clear-survives-restart",
    where: "trail-only-amend-restart-clear-preserves-anchor",
  },
  { name: "capitalcom-price-pagination-has-no-overlap-or-gap", where: capitalcom },
  { name: "ctrader-cancel-ack-without-push-terminalizes", where: "cancel-ack-without-push-is-terminal" },
  { name: "ctrader-reconnect-retries-temporarily-empty-history", where: ctrader },
  {
    name: "ctrader-hedged-two-leg-restart-keyed-close-targets-only-one-position",
    where: "hedged-two-leg-restart-keyed-close-targets-only-one-position",
  },
  {
    name: "ctrader-duplicate-fill-push-and-restart-snapshot-are-exactly-once",
    where: "duplicate-fill-is-idempotent",
  },
  {
    name: "ctrader-hedged-reversal-closes-old-leg-before-opening-residual",
    where: "hedged-reversal-closes-old-leg-before-opening-residual",
  },
  {
    name: "ctrader-post-write-disconnect-parks-disposition-without-redispatch",
    where: "lost-create-ack-adopts-exactly-once",
  },
  {
    name: "ctrader-pre-write-disconnect-retries-once-without-duplicate-order",
    where: "pre-write-disconnect-retries-once-without-duplicate-order",
  },
  { name: "ctrader-multisymbol-rate-limit-backpressure-reconnect-storm", where: ctrader },
  {
    name: "capitalcom-post-write-put-loss-reconciles-without-duplicate",
    where: "lost-amend-ack-reconciles-without-duplicate",
  },
  {
    name: "capitalcom-partial-marketable-exit-uses-exact-opposite-post",
    where: "partial-marketable-exit-closes-exactly-its-part",
  },
  {
    name: "capitalcom-protected-partial-close-preserves-venue-protection",
    where: "protected-partial-close-preserves-venue-protection",
  },
  {
    name: "control-capitalcom-duplicate-recovery-post-is-detected",
    where: "control-duplicate-dispatch-is-detected",
  },
  {
    name: "control-capitalcom-external-close-stale-intent-is-detected",
    where: "control-position-drift-is-detected",
  },
  {
    name: "control-capitalcom-cross-run-delete-is-detected",
    where: "control-close-of-a-foreign-position-is-detected",
  },
  {
    name: "control-capitalcom-foreign-restart-adoption-is-detected",
    where: "control-cross-run-ownership-is-detected",
  },
  {
    name: "control-capitalcom-missing-bracket-clear-is-detected",
    where: "control-missing-position-bracket-is-detected",
  },
  {
    name: "capitalcom-shared-netting-runs-adopt-and-close-only-own-ledger",
    where: "close-beside-an-exit-takes-nothing-of-another-run",
  },
  {
    name: "capitalcom-restart-does-not-adopt-stopped-sibling-position",
    where: "account-global-restart-adopts-only-owned-exposure",
  },
  {
    name: "capitalcom-bracket-cancel-stays-cleared-after-restart",
    where: "bracket-cancel-stays-cleared-after-restart",
  },
  {
    name: "ctrader-concurrent-opposite-runs-remain-owned-while-account-net-is-zero",
    where: "opposing-runs-remain-distinct-on-hedged-account",
  },
  { name: "ctrader-concurrent-same-direction-runs-ignore-foreign-pushes", where: "concurrent-run-ownership" },
  {
    name: "control-ctrader-foreign-push-ownership-leak-is-detected",
    where: "control-cross-run-ownership-is-detected",
  },
  {
    name: "ctrader-missed-fill-push-is-recovered-once-from-reconcile-and-deal-history",
    where: "gap-in-the-stream-is-recovered-once-from-history",
  },
  {
    name: "ctrader-hedged-partial-close-preserves-target-leg-residual",
    where: "hedged-partial-close-preserves-target-leg-residual",
  },
  {
    name: "ctrader-trail-only-amend-restart-clear-preserves-anchor",
    where: "trail-only-amend-restart-clear-preserves-anchor",
  },
  { name: "capitalcom-residual-full-close-uses-native-delete", where: capitalcom },
  { name: "capitalcom-concurrent-download-reader-never-sees-header-only-file", where: capitalcom },
  { name: "capitalcom-reconnect-restores-real-history-and-preserves-session-gap", where: capitalcom },
  { name: "capitalcom-weekend-close-open-handoff-preserves-session-gaps", where: capitalcom },
  { name: "capitalcom-session-refresh-precedes-weekend-reopen-history-read", where: capitalcom },
  { name: "ctrader-wire-connect-translates-transient-oserror", where: ctrader },
  { name: "ctrader-connect-boundary-preserves-permanent-error-type", where: ctrader },
  { name: "control-capitalcom-post-barrier-before-write-is-detected", where: capitalcom },
  { name: "control-capitalcom-put-barrier-before-write-is-detected", where: capitalcom },
  { name: "control-capitalcom-delete-barrier-before-write-is-detected", where: capitalcom },
  { name: "control-capitalcom-header-only-ohlcv-is-detected", where: capitalcom },
  { name: "control-capitalcom-weekend-gap-misclassification-is-detected", where: capitalcom },
  { name: "control-ctrader-one-shot-empty-history-is-detected", where: ctrader },
  { name: "control-ctrader-anchorless-restart-amend-is-detected", where: ctrader },
  { name: "control-ctrader-omitted-trailing-disable-is-detected", where: ctrader },
  { name: "control-ctrader-one-step-trailing-clear-is-detected", where: ctrader },
  { name: "control-ctrader-read-rate-limit-crash-is-detected", where: ctrader },
  { name: "control-ctrader-order-rate-limit-backoff-is-detected", where: ctrader },
];
