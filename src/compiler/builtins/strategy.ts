import { context, type Entry, fn, variable } from "./entry.ts";

function values(type: string, names: string): Entry[] {
  return names
    .split(" ")
    .map((name) =>
      variable(
        `strategy.${name} series ${type}`,
        context(`strategy.${name}`),
        "Of the strategy at the end of the last bar.",
      ),
    );
}

function ofTrade(list: "closedtrades" | "opentrades", type: string, names: string): Entry[] {
  return names
    .split(" ")
    .map((name) =>
      fn(
        `strategy.${list}.${name}(series int trade_num) series ${type}`,
        context(`strategy.${list}.${name}`),
        "Of one trade; 0 is the oldest.",
      ),
    );
}

const order =
  "series string id, series string direction, series float qty?, series float limit?, series float stop?, series string oca_name?, series string oca_type?, series string comment?, series string alert_message?, series bool disable_alert = false";
const when = ", series bool when = true";
const tradeFloats =
  "entry_price commission max_drawdown max_drawdown_percent max_runup max_runup_percent profit profit_percent size";

/** A call in both versions: the older one has a condition `when`. */
function command(name: string, parameters: string, doc: string): Entry[] {
  const separator = parameters === "" ? when.slice(2) : when;
  return [
    fn(`strategy.${name}(${parameters}) void`, context(`strategy.${name}`), doc, { versions: [6] }),
    fn(`strategy.${name}(${parameters}${separator}) void`, context(`strategy.${name}`), doc, {
      versions: [5],
    }),
  ];
}

/** `strategy`: orders and what became of them. */
export const strategy: readonly Entry[] = [
  ...command("entry", order, "An order that opens a position, or reverses one."),
  ...command("order", order, "An order as it is."),
  ...command(
    "exit",
    'series string id, series string from_entry = "", series float qty?, series float qty_percent?, series float profit?, series float limit?, series float loss?, series float stop?, series float trail_price?, series float trail_points?, series float trail_offset?, series string oca_name?, series string comment?, series string comment_profit?, series string comment_loss?, series string comment_trailing?, series string alert_message?, series string alert_profit?, series string alert_loss?, series string alert_trailing?, series bool disable_alert = false',
    "Orders that close a position at a price.",
  ),
  ...command(
    "close",
    "series string id, series string comment?, series float qty?, series float qty_percent?, series string alert_message?, series bool immediately = false, series bool disable_alert = false",
    "A market order that closes what an entry opened.",
  ),
  ...command(
    "close_all",
    "series string comment?, series string alert_message?, series bool immediately = false, series bool disable_alert = false",
    "A market order that closes the whole position.",
  ),
  // The first scripts of version 5 gave `when` by its place.
  fn(
    "strategy.close(series string id, series bool when, series string comment?, series float qty?, series float qty_percent?, series string alert_message?, series bool immediately = false, series bool disable_alert = false) void",
    context("strategy.close"),
    "A market order that closes what an entry opened.",
    { versions: [5] },
  ),
  fn(
    "strategy.close_all(series bool when, series string comment?, series string alert_message?, series bool immediately = false, series bool disable_alert = false) void",
    context("strategy.close_all"),
    "A market order that closes the whole position.",
    { versions: [5] },
  ),
  ...command("cancel", "series string id", "Takes an order back."),
  ...command("cancel_all", "", "Takes every order back."),
  fn(
    "strategy.risk.allow_entry_in(simple string value) void",
    context("strategy.risk.allow_entry_in"),
    "Which side may be entered.",
  ),
  fn(
    "strategy.risk.max_cons_loss_days(simple int count, simple string alert_message?) void",
    context("strategy.risk.max_cons_loss_days"),
    "Days of loss in a row.",
  ),
  fn(
    "strategy.risk.max_drawdown(simple float value, simple string type, simple string alert_message?) void",
    context("strategy.risk.max_drawdown"),
    "Largest drawdown.",
  ),
  fn(
    "strategy.risk.max_intraday_filled_orders(simple int count, simple string alert_message?) void",
    context("strategy.risk.max_intraday_filled_orders"),
    "Fills in a day.",
  ),
  fn(
    "strategy.risk.max_intraday_loss(simple float value, simple string type, simple string alert_message?) void",
    context("strategy.risk.max_intraday_loss"),
    "Loss in a day.",
  ),
  fn(
    "strategy.risk.max_position_size(simple float contracts) void",
    context("strategy.risk.max_position_size"),
    "Largest position.",
  ),
  ...values(
    "float",
    "position_size position_avg_price equity netprofit netprofit_percent grossprofit grossprofit_percent grossloss grossloss_percent openprofit openprofit_percent max_runup max_runup_percent max_drawdown max_drawdown_percent max_contracts_held_all max_contracts_held_long max_contracts_held_short avg_trade avg_trade_percent avg_winning_trade avg_winning_trade_percent avg_losing_trade avg_losing_trade_percent margin_liquidation_price",
  ),
  variable(
    "strategy.initial_capital simple float",
    context("strategy.initial_capital"),
    "Money at the start.",
  ),
  variable(
    "strategy.account_currency simple string",
    context("strategy.account_currency"),
    "Currency of the account.",
  ),
  variable(
    "strategy.position_entry_name series string",
    context("strategy.position_entry_name"),
    "Id of the entry that opened the position.",
  ),
  ...values("int", "wintrades losstrades eventrades"),
  variable("strategy.opentrades series int", context("strategy.opentrades.count"), "Number of open trades."),
  variable(
    "strategy.closedtrades series int",
    context("strategy.closedtrades.count"),
    "Number of closed trades.",
  ),
  fn(
    "strategy.convert_to_account(series float value) series float",
    context("strategy.convert_to_account"),
    "Into the account's currency.",
  ),
  fn(
    "strategy.convert_to_symbol(series float value) series float",
    context("strategy.convert_to_symbol"),
    "Into the symbol's currency.",
  ),
  fn(
    "strategy.default_entry_qty(series float fill_price) series float",
    context("strategy.default_entry_qty"),
    "What the sizing settings buy at a price.",
  ),
  ...(["closedtrades", "opentrades"] as const).flatMap((list) => [
    ...ofTrade(list, "int", "entry_bar_index entry_time"),
    ...ofTrade(list, "string", "entry_comment entry_id"),
    ...ofTrade(list, "float", tradeFloats),
  ]),
  ...ofTrade("closedtrades", "int", "exit_bar_index exit_time"),
  ...ofTrade("closedtrades", "string", "exit_comment exit_id"),
  ...ofTrade("closedtrades", "float", "exit_price"),
  variable(
    "strategy.closedtrades.first_index series int",
    context("strategy.closedtrades.first_index"),
    "Number of the oldest closed trade that is kept.",
  ),
  variable(
    "strategy.opentrades.capital_held series float",
    context("strategy.opentrades.capital_held"),
    "Capital bound by open trades.",
  ),
];
