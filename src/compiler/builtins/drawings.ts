import { context, type Entry, fn, variable } from "./entry.ts";

/** Drawings: objects that live on the chart. Every type has `.all`, most have `.delete` and `.copy`. */

/** `set_color(line id, color color)`: one call for each property. */
function setters(
  type: string,
  properties: readonly (readonly [name: string, parameters: string])[],
): Entry[] {
  return properties.map(([name, parameters]) =>
    fn(`${type}.${name}(${type} id, ${parameters}) void`, context(`${type}.${name}`), "Changes the drawing."),
  );
}

function getters(type: string, result: string, names: string): Entry[] {
  return names
    .split(" ")
    .map((name) =>
      fn(`${type}.${name}(${type} id) series ${result}`, context(`${type}.${name}`), "Of the drawing."),
    );
}

function common(type: string, hasCopy: boolean): Entry[] {
  return [
    variable(`${type}.all series array<${type}>`, context(`${type}.all`), "All that exist, oldest first."),
    fn(`${type}.delete(${type} id) void`, context(`${type}.delete`), "Takes the drawing away."),
    ...(hasCopy
      ? [fn(`${type}.copy(${type} id) series ${type}`, context(`${type}.copy`), "A second drawing like it.")]
      : []),
  ];
}

const point = "chart.point";

const points: readonly Entry[] = [
  fn(
    "chart.point.new(int time, int index, float price) series chart.point",
    context("chart.point.new"),
    "A place on the chart.",
  ),
  fn(
    "chart.point.now(float price = close) series chart.point",
    context("chart.point.now"),
    "A place on this bar.",
  ),
  fn(
    "chart.point.from_index(int index, float price) series chart.point",
    context("chart.point.from_index"),
    "A place by the number of a bar.",
  ),
  fn(
    "chart.point.from_time(int time, float price) series chart.point",
    context("chart.point.from_time"),
    "A place by a time.",
  ),
  fn(
    "chart.point.copy(chart.point id) series chart.point",
    context("chart.point.copy"),
    "The same place again.",
  ),
];

const lineStyle =
  "string xloc = xloc.bar_index, string extend = extend.none, color color?, string style = line.style_solid, int width = 1, const bool force_overlay = false";

const lines: readonly Entry[] = [
  fn(
    `line.new(${point} first_point, ${point} second_point, ${lineStyle}) series line`,
    context("line.new"),
    "A line.",
  ),
  fn(
    `line.new(int x1, float y1, int x2, float y2, ${lineStyle}) series line`,
    context("line.new"),
    "A line.",
  ),
  ...common("line", true),
  ...getters("line", "int", "get_x1 get_x2"),
  ...getters("line", "float", "get_y1 get_y2"),
  fn("line.get_price(line id, int x) series float", context("line.get_price"), "Price of the line at a bar."),
  ...setters("line", [
    ["set_x1", "int x"],
    ["set_x2", "int x"],
    ["set_y1", "float y"],
    ["set_y2", "float y"],
    ["set_xy1", "int x, float y"],
    ["set_xy2", "int x, float y"],
    ["set_xloc", "int x1, int x2, string xloc"],
    ["set_first_point", `${point} point`],
    ["set_second_point", `${point} point`],
    ["set_color", "color color"],
    ["set_style", "string style"],
    ["set_width", "int width"],
    ["set_extend", "string extend"],
  ]),
];

const labelStyle = (size: string): string =>
  `string yloc = yloc.price, color color?, string style = label.style_label_down, color textcolor?, ${size}, string textalign = text.align_center, string tooltip?, string text_font_family = font.family_default, const bool force_overlay = false, string text_formatting = text.format_none`;

/** A size is a word, or a number of points. */
const sizes = (name: string, fallback: string): readonly string[] => [
  `string ${name} = ${fallback}`,
  `int ${name}`,
];

const labels: readonly Entry[] = [
  ...sizes("size", "size.normal").flatMap((size, index) => {
    const word = index === 0;
    // A number of points has no default: the signature with a word serves when nothing is given.
    const style = labelStyle(word ? size : `${size}?`);
    return [
      fn(
        `label.new(${point} point, string text = "", string xloc = xloc.bar_index, ${style}) series label`,
        context("label.new"),
        "A label.",
      ),
      fn(
        `label.new(int x, float y, string text = "", string xloc = xloc.bar_index, ${style}) series label`,
        context("label.new"),
        "A label.",
      ),
    ];
  }),
  ...common("label", true),
  ...getters("label", "int", "get_x"),
  ...getters("label", "float", "get_y"),
  ...getters("label", "string", "get_text"),
  ...setters("label", [
    ["set_x", "int x"],
    ["set_y", "float y"],
    ["set_xy", "int x, float y"],
    ["set_point", `${point} point`],
    ["set_xloc", "int x, string xloc"],
    ["set_yloc", "string yloc"],
    ["set_text", "string text"],
    ["set_color", "color color"],
    ["set_textcolor", "color textcolor"],
    ["set_style", "string style"],
    ["set_size", "string size"],
    ["set_size", "int size"],
    ["set_textalign", "string textalign"],
    ["set_tooltip", "string tooltip"],
    ["set_text_font_family", "string text_font_family"],
    ["set_text_formatting", "string text_formatting"],
  ]),
];

const boxStyle = (size: string): string =>
  `color border_color?, int border_width = 1, string border_style = line.style_solid, string extend = extend.none, string xloc = xloc.bar_index, color bgcolor?, string text = "", ${size}, color text_color?, string text_halign = text.align_center, string text_valign = text.align_center, string text_wrap = text.wrap_none, string text_font_family = font.family_default, const bool force_overlay = false, string text_formatting = text.format_none`;

const boxes: readonly Entry[] = [
  ...["string text_size = size.auto", "int text_size?"].flatMap((size) => [
    fn(
      `box.new(${point} top_left, ${point} bottom_right, ${boxStyle(size)}) series box`,
      context("box.new"),
      "A box.",
    ),
    fn(
      `box.new(int left, float top, int right, float bottom, ${boxStyle(size)}) series box`,
      context("box.new"),
      "A box.",
    ),
  ]),
  ...common("box", true),
  ...getters("box", "int", "get_left get_right"),
  ...getters("box", "float", "get_top get_bottom"),
  ...setters("box", [
    ["set_left", "int left"],
    ["set_right", "int right"],
    ["set_top", "float top"],
    ["set_bottom", "float bottom"],
    ["set_lefttop", "int left, float top"],
    ["set_rightbottom", "int right, float bottom"],
    ["set_top_left_point", `${point} point`],
    ["set_bottom_right_point", `${point} point`],
    ["set_xloc", "int left, int right, string xloc"],
    ["set_border_color", "color color"],
    ["set_border_width", "int width"],
    ["set_border_style", "string style"],
    ["set_bgcolor", "color color"],
    ["set_extend", "string extend"],
    ["set_text", "string text"],
    ["set_text_color", "color text_color"],
    ["set_text_size", "string text_size"],
    ["set_text_size", "int text_size"],
    ["set_text_halign", "string text_halign"],
    ["set_text_valign", "string text_valign"],
    ["set_text_wrap", "string text_wrap"],
    ["set_text_font_family", "string text_font_family"],
    ["set_text_formatting", "string text_formatting"],
  ]),
];

const fills: readonly Entry[] = [
  fn(
    "linefill.new(line line1, line line2, color color) series linefill",
    context("linefill.new"),
    "The space between two lines.",
  ),
  ...common("linefill", false),
  ...getters("linefill", "line", "get_line1 get_line2"),
  ...setters("linefill", [["set_color", "color color"]]),
];

const polylines: readonly Entry[] = [
  fn(
    `polyline.new(array<${point}> points, bool curved = false, bool closed = false, string xloc = xloc.bar_index, color line_color?, color fill_color?, string line_style = line.style_solid, int line_width = 1, const bool force_overlay = false) series polyline`,
    context("polyline.new"),
    "A line through several places.",
  ),
  ...common("polyline", false),
];

const cellText = (size: string): string =>
  `string text = "", float width = 0, float height = 0, color text_color?, string text_halign = text.align_center, string text_valign = text.align_center, ${size}, color bgcolor?, string tooltip?, string text_font_family = font.family_default, string text_formatting = text.format_none`;

/** `cell_set_text(table table_id, int column, int row, string text)`. */
function cellSetters(properties: readonly (readonly [name: string, parameter: string])[]): Entry[] {
  return properties.map(([name, parameter]) =>
    fn(
      `table.cell_set_${name}(table table_id, int column, int row, ${parameter}) void`,
      context(`table.cell_set_${name}`),
      "Changes a cell.",
    ),
  );
}

const tables: readonly Entry[] = [
  fn(
    "table.new(string position, int columns, int rows, color bgcolor?, color frame_color?, int frame_width = 0, color border_color?, int border_width = 0, const bool force_overlay = false) series table",
    context("table.new"),
    "A table.",
  ),
  ...["string text_size = size.normal", "int text_size?"].map((size) =>
    fn(
      `table.cell(table table_id, int column, int row, ${cellText(size)}) void`,
      context("table.cell"),
      "Fills a cell.",
    ),
  ),
  variable("table.all series array<table>", context("table.all"), "All that exist, oldest first."),
  fn("table.delete(table table_id) void", context("table.delete"), "Takes the table away."),
  ...cellSetters([
    ["text", "string text"],
    ["bgcolor", "color bgcolor"],
    ["text_color", "color text_color"],
    ["text_size", "string text_size"],
    ["text_size", "int text_size"],
    ["text_halign", "string text_halign"],
    ["text_valign", "string text_valign"],
    ["tooltip", "string tooltip"],
    ["width", "float width"],
    ["height", "float height"],
    ["text_font_family", "string text_font_family"],
    ["text_formatting", "string text_formatting"],
  ]),
  ...["clear", "merge_cells"].map((name) =>
    fn(
      `table.${name}(table table_id, int start_column, int start_row, int end_column${name === "clear" ? "?" : ""}, int end_row${name === "clear" ? "?" : ""}) void`,
      context(`table.${name}`),
      "Changes a range of cells.",
    ),
  ),
  ...(
    [
      ["set_position", "string position"],
      ["set_bgcolor", "color bgcolor"],
      ["set_frame_color", "color frame_color"],
      ["set_frame_width", "int frame_width"],
      ["set_border_color", "color border_color"],
      ["set_border_width", "int border_width"],
    ] as const
  ).map(([name, parameter]) =>
    fn(`table.${name}(table table_id, ${parameter}) void`, context(`table.${name}`), "Changes the table."),
  ),
];

export const drawings: readonly Entry[] = [
  ...points,
  ...lines,
  ...labels,
  ...boxes,
  ...fills,
  ...polylines,
  ...tables,
];
