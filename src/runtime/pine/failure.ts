import { PyneError } from "../../kernel/errors.ts";

/** A script failed while it ran. The cause's stack leads to the line. */
export class ScriptFailure extends PyneError {
  override readonly code = "SCRIPT_FAILED";
  /** Number of the bar; −1 before the first. */
  readonly bar: number;
  /** Its open, epoch ms. */
  readonly timeMs: number;

  constructor(message: string, bar: number, timeMs: number, cause: unknown) {
    super(message, { cause, hint: cause instanceof PyneError ? cause.hint : undefined });
    this.bar = bar;
    this.timeMs = timeMs;
  }
}

/** What a person is told of a failure in generated code. */
export function failureMessage(error: unknown): string | undefined {
  if (error instanceof PyneError) return error.message;
  if (!(error instanceof TypeError)) return undefined;
  // A field or method of na.
  const access = /null is not an object \(evaluating '(.+)'\)/.exec(error.message);
  const field = /\.([\w$]+)(?:\(.*)?$/.exec(access?.[1] ?? "");
  if (access === null) return undefined;
  return field === null ? "an object that is na is used" : `\`${field[1]}\` of an object that is na`;
}
