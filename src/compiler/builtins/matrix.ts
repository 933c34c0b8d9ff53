import { call, type Entry, fn, type FunctionEntry } from "./entry.ts";

/** One function of matrices, which is a method of theirs. */
function method(signature: string, doc: string): FunctionEntry {
  return fn(signature, call(signature.slice(0, signature.search(/[(<]/))), doc, { method: true });
}

/** The same for whole numbers and for floats: `N` stands for either. */
function numeric(signature: string, doc: string): FunctionEntry[] {
  return ["int", "float"].map((type) => method(signature.replaceAll(/\bN\b/g, type), doc));
}

/** With a matrix, and with a number, as the second operand. */
function arithmetic(name: string, doc: string): FunctionEntry[] {
  return [
    ...numeric(`matrix.${name}(matrix<N> id1, matrix<N> id2) matrix<N>`, doc),
    method(`matrix.${name}(matrix<int> id1, series int id2) matrix<int>`, doc),
    method(`matrix.${name}(matrix<float> id1, series float id2) matrix<float>`, doc),
  ];
}

/** `matrix`. */
export const matrix: readonly Entry[] = [
  fn(
    "matrix.new<T>(series int rows = 0, series int columns = 0, T initial_value?) matrix<T>",
    call("matrix.new", { typed: true }),
    "A matrix of so many rows and columns.",
  ),
  method("matrix.get(matrix<T> id, series int row, series int column) T", "The element at a place."),
  method("matrix.set(matrix<T> id, series int row, series int column, T value) void", "Replaces an element."),
  method("matrix.rows(matrix<T> id) series int", "How many rows there are."),
  method("matrix.columns(matrix<T> id) series int", "How many columns there are."),
  method("matrix.elements_count(matrix<T> id) series int", "How many elements there are."),
  method("matrix.row(matrix<T> id, series int row) array<T>", "A copy of a row."),
  method("matrix.col(matrix<T> id, series int column) array<T>", "A copy of a column."),
  method(
    "matrix.add_row(matrix<T> id, series int row = na, array<T> array_id = na) void",
    "Puts a row before another, or at the end.",
  ),
  method(
    "matrix.add_col(matrix<T> id, series int column = na, array<T> array_id = na) void",
    "Puts a column before another, or at the end.",
  ),
  method(
    "matrix.remove_row(matrix<T> id, series int row = na) array<T>",
    "Takes a row out, the last by default.",
  ),
  method(
    "matrix.remove_col(matrix<T> id, series int column = na) array<T>",
    "Takes a column out, the last by default.",
  ),
  method("matrix.swap_rows(matrix<T> id, series int row1, series int row2) void", "Exchanges two rows."),
  method(
    "matrix.swap_columns(matrix<T> id, series int column1, series int column2) void",
    "Exchanges two columns.",
  ),
  method(
    "matrix.fill(matrix<T> id, T value, series int from_row = 0, series int to_row = na, series int from_column = 0, series int to_column = na) void",
    "Replaces the elements of an area; its ends are not part of it.",
  ),
  method("matrix.copy(matrix<T> id) matrix<T>", "A matrix of its own with the same elements."),
  method(
    "matrix.submatrix(matrix<T> id, series int from_row = 0, series int to_row = na, series int from_column = 0, series int to_column = na) matrix<T>",
    "A copy of an area; its ends are not part of it.",
  ),
  method(
    "matrix.reshape(matrix<T> id, series int rows, series int columns) void",
    "Gives the elements another shape.",
  ),
  method(
    "matrix.concat(matrix<T> id1, matrix<T> id2) matrix<T>",
    "Appends the rows of the second to the first and gives the first.",
  ),
  method("matrix.reverse(matrix<T> id) void", "Turns the order of rows and columns round."),
  method(
    "matrix.sort(matrix<T> id, series int column = 0, series string order = order.ascending) void",
    "Sorts the rows by a column.",
  ),
  method("matrix.transpose(matrix<T> id) matrix<T>", "Rows as columns."),

  ...numeric("matrix.avg(matrix<N> id) series float", "The mean of all elements."),
  ...numeric("matrix.min(matrix<N> id) series N", "The smallest element."),
  ...numeric("matrix.max(matrix<N> id) series N", "The greatest element."),
  ...numeric("matrix.median(matrix<N> id) series float", "The median of all elements."),
  ...numeric("matrix.mode(matrix<N> id) series N", "The most frequent element."),
  ...arithmetic("sum", "The sum, element by element."),
  ...arithmetic("diff", "The difference, element by element."),
  ...arithmetic("mult", "The product of two matrices, or of every element and a number."),
  ...numeric("matrix.mult(matrix<N> id1, array<N> id2) array<N>", "The product with a column."),
  ...numeric("matrix.pow(matrix<N> id, series int power) matrix<N>", "The matrix multiplied with itself."),
  ...numeric("matrix.det(matrix<N> id) series float", "The determinant."),
  ...numeric("matrix.inv(matrix<N> id) matrix<float>", "The inverse; na without one."),
  ...numeric("matrix.pinv(matrix<N> id) matrix<float>", "The pseudoinverse."),
  ...numeric("matrix.rank(matrix<N> id) series int", "How many rows are independent."),
  ...numeric("matrix.trace(matrix<N> id) series N", "The sum of the diagonal."),
  ...numeric("matrix.eigenvalues(matrix<N> id) array<float>", "The eigenvalues."),
  ...numeric("matrix.eigenvectors(matrix<N> id) matrix<float>", "The eigenvectors as columns."),
  ...numeric("matrix.kron(matrix<N> id1, matrix<N> id2) matrix<N>", "The Kronecker product."),

  method("matrix.is_square(matrix<T> id) series bool", "As many rows as columns."),
  ...[
    ["identity", "1 on the diagonal and 0 elsewhere."],
    ["binary", "Nothing but 0 and 1."],
    ["zero", "Nothing but 0."],
    ["symmetric", "Equal to its transpose."],
    ["antisymmetric", "The negative of its transpose."],
    ["diagonal", "0 off the diagonal."],
    ["antidiagonal", "0 off the other diagonal."],
    ["triangular", "0 on one side of the diagonal."],
    ["stochastic", "Nothing below 0, and every row adds up to 1."],
  ].flatMap(([name, doc]) => numeric(`matrix.is_${name}(matrix<N> id) series bool`, doc!)),
];
