/** What a built-in gives that is accepted but cannot have its effect here. */
export interface Stub {
  /** In place of the effect, as part of a sentence. */
  readonly says: string;
  /** Results do not depend on it, so nobody needs to be told. */
  readonly isHarmless?: true;
}

const noData = "there is no such data: na with ignore_invalid_symbol = true, otherwise an error";
const noChart = "there is no chart of that kind: asking for its bars is an error";

/**
 * Built-ins that are accepted without their effect, by name. A script that depends on one is told so once in a run;
 * the documentation marks them.
 */
export const stubs: ReadonlyMap<string, Stub> = new Map<string, Stub>([
  ["bid", { says: "always na: bars hold no quotes" }],
  ["ask", { says: "always na: bars hold no quotes" }],
  ["alertcondition", { says: "does nothing: there is no dialog to make an alert of it; alert() works" }],
  ["max_bars_back", { says: "does nothing: history is as long as the data", isHarmless: true }],
  ["timeframe.isticks", { says: "always false: there are no tick charts", isHarmless: true }],
  ["session.ispremarket", { says: "always false: only regular hours are known" }],
  ["session.ispostmarket", { says: "always false: only regular hours are known" }],
  ["session.isfirstbar_regular", { says: "the same as session.isfirstbar", isHarmless: true }],
  ["session.islastbar_regular", { says: "the same as session.islastbar", isHarmless: true }],
  ["chart.bg_color", { says: "always a dark grey: there is no chart", isHarmless: true }],
  ["chart.fg_color", { says: "always a light grey: there is no chart", isHarmless: true }],
  ["chart.left_visible_bar_time", { says: "the first bar: there is no chart to scroll" }],
  ["chart.right_visible_bar_time", { says: "the last bar: there is no chart to scroll" }],
  ["request.seed", { says: "always na: there is no repository of seeds" }],
  ["request.footprint", { says: "always na: bars hold no trades" }],
  ["request.dividends", { says: noData }],
  ["request.splits", { says: noData }],
  ["request.earnings", { says: noData }],
  ["request.financial", { says: noData }],
  ["request.economic", { says: noData }],
  ["request.quandl", { says: noData }],
  ["ticker.renko", { says: noChart }],
  ["ticker.pointfigure", { says: noChart }],
  ["ticker.kagi", { says: noChart }],
  ["ticker.linebreak", { says: noChart }],
]);
