/** Names of the field whose proof is not a story of the lab, and where it is. */
export interface ProvenElsewhere {
  readonly name: string;
  /** A story of the lab, a test of this repository, or the plugin whose own tests it belongs to. */
  readonly where: string;
}

const command = "test/e2e/broker-process.test.ts";
const bybit = "plugin bybit";
const capitalcom = "plugin capitalcom";
const ctrader = "plugin ctrader";

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
  { name: "bybit-usdt-hedge-run-ownership-reversal-restart", where: bybit },
  { name: "bybit-usdt-hedge-external-leg-invariant-negative-control", where: bybit },
  {
    name: "bybit-usdt-hedge-same-bar-coid-invariant-negative-control",
    where: "control-aliased-order-id-is-detected",
  },
  {
    name: "bybit-post-write-lost-create-ack-adopts-exactly-once",
    where: "lost-create-ack-adopts-exactly-once",
  },
  { name: "control-bybit-post-write-ack-loss-reject-causes-duplicate", where: bybit },
  { name: "bybit-fragmented-partial-fill-ws-gap-rest-recovery", where: bybit },
  {
    name: "control-bybit-distinct-id-duplicate-fragment-is-detected",
    where: "control-repeated-fill-is-detected",
  },
  { name: "bybit-market-entry-uses-real-transport-shape", where: bybit },
  { name: "bybit-usdc-perpetual-uses-linear-transport-and-discovered-grid", where: bybit },
  { name: "bybit-spot-market-entry-uses-base-coin-denomination", where: bybit },
  { name: "bybit-inverse-market-entry-uses-contract-denomination-and-anchor", where: bybit },
  { name: "bybit-usdc-restart-partial-then-full-close-leaves-no-bracket", where: bybit },
  { name: "bybit-usdc-spot-inventory-fee-residual-roundtrip", where: "test/broker/engine/spot.test.ts" },
  { name: "bybit-usdc-spot-wrong-buy-fee-currency-negative-control", where: bybit },
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
  { name: "bybit-already-crossed-buy-stop-limit-drops-trigger", where: bybit },
  { name: "bybit-already-crossed-sell-stop-limit-drops-trigger", where: bybit },
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
  { name: "capitalcom-activity-replay-after-restart-is-durable", where: "duplicate-fill-is-idempotent" },
  {
    name: "capitalcom-post-write-post-loss-recovers-without-duplicate",
    where: "lost-create-ack-adopts-exactly-once",
  },
  {
    name: "capitalcom-post-write-delete-loss-recovers-without-double-close",
    where: "lost-cancel-ack-is-settled",
  },
  {
    name: "capitalcom-external-manual-close-retires-intent-once",
    where: "external-manual-close-retires-intent-once",
  },
  { name: "capitalcom-marketable-limit-exit-uses-one-immediate-close", where: capitalcom },
  { name: "capitalcom-marketable-stop-exit-uses-one-immediate-close", where: capitalcom },
  { name: "capitalcom-position-bracket-attach-replace-shape", where: capitalcom },
  { name: "capitalcom-limit-entry-uses-real-rest-shape", where: capitalcom },
  { name: "capitalcom-concurrent-session-bootstrap-respects-venue-rate-limit", where: capitalcom },
  { name: "capitalcom-netting-reversal-activity-closes-and-opens-exactly-once", where: capitalcom },
  { name: "capitalcom-missing-activity-falls-back-to-rest-position-snapshot", where: capitalcom },
  { name: "capitalcom-trailing-attach-amend-clear-survives-restart", where: capitalcom },
  { name: "capitalcom-price-pagination-has-no-overlap-or-gap", where: capitalcom },
  { name: "ctrader-cancel-ack-without-push-terminalizes", where: "cancel-ack-without-push-is-terminal" },
  { name: "ctrader-reconnect-retries-temporarily-empty-history", where: ctrader },
  { name: "ctrader-hedged-two-leg-restart-keyed-close-targets-only-one-position", where: ctrader },
  {
    name: "ctrader-duplicate-fill-push-and-restart-snapshot-are-exactly-once",
    where: "duplicate-fill-is-idempotent",
  },
  {
    name: "ctrader-hedged-reversal-closes-old-leg-before-opening-residual",
    where: "test/broker/engine/hedging.test.ts",
  },
  {
    name: "ctrader-post-write-disconnect-parks-disposition-without-redispatch",
    where: "lost-create-ack-adopts-exactly-once",
  },
  {
    name: "ctrader-pre-write-disconnect-retries-once-without-duplicate-order",
    where: "read-failure-defers-new-exposure",
  },
  { name: "ctrader-multisymbol-rate-limit-backpressure-reconnect-storm", where: ctrader },
];
