import { context, type Entry, fn, type FunctionOptions, inline, variable } from "./entry.ts";

const method: FunctionOptions = { method: true };

/** Getters of numbers: `get_x1` reads `x1`. */
function numbers(kind: string, type: "int" | "float", keys: string): Entry[] {
  return keys
    .split(" ")
    .map((key) =>
      fn(
        `${kind}.get_${key}(series ${kind} id) series ${type}`,
        inline(`rt.${kind}.number($0, "${key}")`),
        `Reads \`${key}\`; na of na.`,
        method,
      ),
    );
}

/** Setters: key, type, name of the parameter where it is not the key's, and how the value is changed on the way. */
function setters(kind: string, id: string, list: readonly string[]): Entry[] {
  return list.map((item) => {
    const [key = "", type = "", parameter = key, value = "$1"] = item.split(" ");
    return fn(
      `${kind}.set_${key}(series ${kind} ${id}, series ${type} ${parameter}) void`,
      inline(`rt.${kind}.set($0, "${key}", ${value})`),
      `Sets \`${key}\`.`,
      method,
    );
  });
}

/** What every kind has. */
function common(kind: string, id = "id"): Entry[] {
  return [
    variable(
      `${kind}.all series array<${kind}>`,
      context(`${kind}.all`),
      "A new array of all that are drawn, oldest first.",
    ),
    fn(
      `${kind}.delete(series ${kind} ${id}) void`,
      context(`${kind}.delete`),
      "Removes it; na is ignored.",
      method,
    ),
  ];
}

function copy(kind: string): Entry {
  return fn(
    `${kind}.copy(series ${kind} id) series ${kind}`,
    context(`${kind}.copy`),
    "Another one like it.",
    method,
  );
}

function putter(signature: string, values: string, doc: string): Entry {
  const kind = signature.slice(0, signature.indexOf("."));
  return fn(`${signature} void`, inline(`rt.${kind}.put($0, { ${values} })`), doc, method);
}

const lineLook =
  "series string xloc = xloc.bar_index, series string extend = extend.none, series color color = color.blue, series string style = line.style_solid, series int width = 1, const bool force_overlay = false";

const line: readonly Entry[] = [
  fn(
    `line.new(series chart.point first_point, series chart.point second_point, ${lineLook}) series line`,
    context("line.from_points"),
    "Draws a line between two points.",
  ),
  fn(
    `line.new(series int x1, series float y1, series int x2, series float y2, ${lineLook}) series line`,
    context("line.new"),
    "Draws a line.",
  ),
  ...common("line"),
  copy("line"),
  ...numbers("line", "int", "x1 x2"),
  ...numbers("line", "float", "y1 y2"),
  fn(
    "line.get_price(series line id, series int x) series float",
    context("line.get_price"),
    "Price of the line, made endless, at a bar.",
    method,
  ),
  ...setters("line", "id", [
    "x1 int x Math.trunc($1)",
    "y1 float y",
    "x2 int x Math.trunc($1)",
    "y2 float y",
    "color color",
    "style string",
    "width int",
    "extend string",
  ]),
  putter(
    "line.set_xy1(series line id, series int x, series float y)",
    "x1: Math.trunc($1), y1: $2",
    "Moves the first end.",
  ),
  putter(
    "line.set_xy2(series line id, series int x, series float y)",
    "x2: Math.trunc($1), y2: $2",
    "Moves the second end.",
  ),
  putter(
    "line.set_xloc(series line id, series int x1, series int x2, series string xloc)",
    "x1: Math.trunc($1), x2: Math.trunc($2), xloc: $3",
    "Changes what x counts, bars or time.",
  ),
  fn(
    "line.set_first_point(series line id, series chart.point point) void",
    context("line.set_first_point"),
    "Moves the first end.",
    method,
  ),
  fn(
    "line.set_second_point(series line id, series chart.point point) void",
    context("line.set_second_point"),
    "Moves the second end.",
    method,
  ),
];

/** A size is a name, or a number of points, which has no default. */
function eachSize(name: string, fallback: string, make: (size: string) => readonly Entry[]): Entry[] {
  return [`string ${name} = ${fallback}`, `int ${name}?`].flatMap((size) => make(`series ${size}`));
}

const labelLook = (size: string): string =>
  `series string text = "", series string xloc = xloc.bar_index, series string yloc = yloc.price, series color color = color.blue, series string style = label.style_label_down, series color textcolor = color.white, ${size}, series string textalign = text.align_center, series string tooltip?, series string text_font_family = font.family_default, const bool force_overlay = false, series string text_formatting = text.format_none`;

const label: readonly Entry[] = [
  ...eachSize("size", "size.normal", (size) => [
    fn(
      `label.new(series chart.point point, ${labelLook(size)}) series label`,
      context("label.from_point"),
      "Draws a label at a point.",
    ),
    fn(
      `label.new(series int x, series float y, ${labelLook(size)}) series label`,
      context("label.new"),
      "Draws a label.",
    ),
  ]),
  ...common("label"),
  copy("label"),
  ...numbers("label", "int", "x"),
  ...numbers("label", "float", "y"),
  fn(
    "label.get_text(series label id) series string",
    inline('rt.label.text($0, "text")'),
    "Reads the text; na of na.",
    method,
  ),
  ...setters("label", "id", [
    "x int x Math.trunc($1)",
    "y float",
    "yloc string",
    "text string",
    "color color",
    "textcolor color",
    "style string",
    "size string",
    "size int",
    "textalign string",
    "tooltip string",
    "text_font_family string",
    "text_formatting string",
  ]),
  putter(
    "label.set_xy(series label id, series int x, series float y)",
    "x: Math.trunc($1), y: $2",
    "Moves it.",
  ),
  putter(
    "label.set_xloc(series label id, series int x, series string xloc)",
    "x: Math.trunc($1), xloc: $2",
    "Changes what x counts, bars or time.",
  ),
  fn(
    "label.set_point(series label id, series chart.point point) void",
    context("label.set_point"),
    "Moves it.",
    method,
  ),
];

const boxLook = (size: string): string =>
  `series color border_color = color.blue, series int border_width = 1, series string border_style = line.style_solid, series string extend = extend.none, series string xloc = xloc.bar_index, series color bgcolor = color.blue, series string text = "", ${size}, series color text_color = color.black, series string text_halign = text.align_center, series string text_valign = text.align_center, series string text_wrap = text.wrap_none, series string text_font_family = font.family_default, const bool force_overlay = false, series string text_formatting = text.format_none`;

const box: readonly Entry[] = [
  ...eachSize("text_size", "size.auto", (size) => [
    fn(
      `box.new(series chart.point top_left, series chart.point bottom_right, ${boxLook(size)}) series box`,
      context("box.from_points"),
      "Draws a box between two points.",
    ),
    fn(
      `box.new(series int left, series float top, series int right, series float bottom, ${boxLook(size)}) series box`,
      context("box.new"),
      "Draws a box.",
    ),
  ]),
  ...common("box"),
  copy("box"),
  ...numbers("box", "int", "left right"),
  ...numbers("box", "float", "top bottom"),
  ...setters("box", "id", [
    "left int left Math.trunc($1)",
    "top float",
    "right int right Math.trunc($1)",
    "bottom float",
    "border_color color color",
    "border_width int width",
    "border_style string style",
    "bgcolor color color",
    "extend string",
    "text string",
    "text_color color",
    "text_size string",
    "text_size int",
    "text_halign string",
    "text_valign string",
    "text_wrap string",
    "text_font_family string",
    "text_formatting string",
  ]),
  putter(
    "box.set_lefttop(series box id, series int left, series float top)",
    "left: Math.trunc($1), top: $2",
    "Moves the corner on the upper left.",
  ),
  putter(
    "box.set_rightbottom(series box id, series int right, series float bottom)",
    "right: Math.trunc($1), bottom: $2",
    "Moves the corner on the lower right.",
  ),
  putter(
    "box.set_xloc(series box id, series int left, series int right, series string xloc)",
    "left: Math.trunc($1), right: Math.trunc($2), xloc: $3",
    "Changes what left and right count, bars or time.",
  ),
  fn(
    "box.set_top_left_point(series box id, series chart.point point) void",
    context("box.set_top_left_point"),
    "Moves the corner on the upper left.",
    method,
  ),
  fn(
    "box.set_bottom_right_point(series box id, series chart.point point) void",
    context("box.set_bottom_right_point"),
    "Moves the corner on the lower right.",
    method,
  ),
];

const linefill: readonly Entry[] = [
  fn(
    "linefill.new(series line line1, series line line2, series color color) series linefill",
    context("linefill.new"),
    "Fills the space between two lines.",
  ),
  ...common("linefill"),
  ...["line1", "line2"].map((which) =>
    fn(
      `linefill.get_${which}(series linefill id) series line`,
      context(`linefill.get_${which}`),
      "One of its lines.",
      method,
    ),
  ),
  ...setters("linefill", "id", ["color color"]),
];

const polyline: readonly Entry[] = [
  fn(
    "polyline.new(array<chart.point> points, series bool curved = false, series bool closed = false, series string xloc = xloc.bar_index, series color line_color = color.blue, series color fill_color?, series string line_style = line.style_solid, series int line_width = 1, const bool force_overlay = false) series polyline",
    context("polyline.new"),
    "Draws a line through points.",
  ),
  ...common("polyline"),
];

/** Values of a cell that can be set by themselves. */
const cellValues = [
  "text string",
  "bgcolor color",
  "text_color color",
  "text_size string",
  "text_size int",
  "text_halign string",
  "text_valign string",
  "tooltip string",
  "width float",
  "height float",
  "text_font_family string",
  "text_formatting string",
];
const area =
  "series table table_id, series int start_column, series int start_row, series int end_column?, series int end_row?";

const table: readonly Entry[] = [
  fn(
    "table.new(series string position, series int columns, series int rows, series color bgcolor?, series color frame_color?, series int frame_width = 0, series color border_color?, series int border_width = 0, const bool force_overlay = false) series table",
    context("table.new"),
    "Makes a table at a place of the chart.",
  ),
  ...common("table", "table_id"),
  ...eachSize("text_size", "size.normal", (size) => [
    fn(
      `table.cell(series table table_id, series int column, series int row, series string text = "", series float width = 0, series float height = 0, series color text_color = color.black, series string text_halign = text.align_center, series string text_valign = text.align_center, ${size}, series color bgcolor?, series string tooltip?, series string text_font_family = font.family_default, series string text_formatting = text.format_none) void`,
      context("table.cell"),
      "Defines a cell.",
      method,
    ),
  ]),
  ...cellValues.map((item) => {
    const [key = "", type = ""] = item.split(" ");
    return fn(
      `table.cell_set_${key}(series table table_id, series int column, series int row, series ${type} ${key}) void`,
      inline(`rt.table.set_cell($0, $1, $2, "${key}", $3)`),
      `Sets \`${key}\` of a cell.`,
      method,
    );
  }),
  fn(`table.clear(${area}) void`, context("table.clear"), "Removes cells.", method),
  fn(`table.merge_cells(${area}) void`, context("table.merge_cells"), "Makes one cell of several.", method),
  ...setters("table", "table_id", [
    "position string",
    "bgcolor color",
    "frame_color color",
    "frame_width int",
    "border_color color",
    "border_width int",
  ]),
];

const point: readonly Entry[] = [
  fn(
    "chart.point.new(series int time, series int index, series float price) series chart.point",
    context("point.new"),
    "A place on the chart.",
  ),
  fn(
    "chart.point.now(series float price = close) series chart.point",
    context("point.now"),
    "A price on the current bar.",
  ),
  fn(
    "chart.point.from_index(series int index, series float price) series chart.point",
    context("point.from_index"),
    "A price on a bar; its time is na.",
  ),
  fn(
    "chart.point.from_time(series int time, series float price) series chart.point",
    context("point.from_time"),
    "A price at a time; its bar is na.",
  ),
  fn(
    "chart.point.copy(series chart.point id) series chart.point",
    context("point.copy"),
    "Another one like it.",
    method,
  ),
];

/** What a script draws besides its plots. */
export const drawings: readonly Entry[] = [
  ...line,
  ...label,
  ...box,
  ...linefill,
  ...polyline,
  ...table,
  ...point,
];
