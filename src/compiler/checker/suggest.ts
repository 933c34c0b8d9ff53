import { nearest } from "../../kernel/nearest.ts";

/** "; did you mean `length`?" for the nearest of the candidates, or nothing. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  // Of one or two letters everything is near.
  const near = name.length < 3 ? undefined : nearest(name, candidates);
  return near === undefined ? "" : `; did you mean \`${near}\`?`;
}
