import type { Step } from "./notation.ts";
import type { Outcome } from "./story.ts";

type Play = (steps: readonly Step[]) => Promise<Outcome>;

/** What makes two failures the same: the oracle, and what it says but for names and numbers. */
function identity({ violation }: Outcome): string | null {
  if (violation === null) return null;
  const { oracle, message, step } = violation;
  // What repeats is all that counts, not how much of it there was last.
  if (oracle === "comes_to_rest") return oracle;
  // What a step expects is missed as soon as what leads there is gone: only the same miss counts.
  if (oracle === "expectation") return `${oracle} ${step} ${message}`;
  return `${oracle} ${message.replaceAll(/[\da-z]{4}-[\da-z]{8}-[\da-z-]+|\b[A-Z]\d*\b|[\d.]+/g, "·")}`;
}

/** Steps that an expectation may depend on are never taken away for it; failures and whims are. */
const setUp = new Set([
  ...["venue", "entry", "order", "amend", "exit", "amend_exit", "close", "close_percent", "close_all"],
  ...["cancel", "cancel_all", "sync", "resync", "fill", "price", "advance", "restart", "shutdown"],
]);

/** Plays that shrinking may take where nobody says otherwise. */
const usualPlays = 600;

/**
 * A shorter story that fails in the same way: first whole stretches are taken out, then single steps, then what the
 * venue is told to be. What was found by an expectation keeps everything that leads to it.
 */
export async function shrink(
  steps: readonly Step[],
  failure: Outcome,
  play: Play,
  mostPlays = usualPlays,
): Promise<{ readonly steps: readonly Step[]; readonly outcome: Outcome }> {
  const wanted = identity(failure);
  const isExpectation = failure.violation?.oracle === "expectation";
  let best = { steps, outcome: failure };
  let plays = 0;
  const attempt = async (candidate: readonly Step[]): Promise<boolean> => {
    if (plays++ >= mostPlays) return false;
    const outcome = await play(candidate);
    if (identity(outcome) !== wanted) return false;
    best = { steps: candidate, outcome };
    return true;
  };
  const mayGo = (step: Step): boolean =>
    step.verb !== "venue" && step.verb !== "peace" && !(isExpectation && setUp.has(step.verb));

  // What comes after the failure has not been played.
  const played = failure.steps + (steps[0]?.verb === "venue" ? 2 : 1);
  if (played < steps.length) await attempt(steps.slice(0, played));
  for (let size = Math.max(1, best.steps.length >> 1); size >= 1; size >>= 1)
    for (let at = best.steps.length - size; at >= 0; at -= size) {
      const gone = best.steps.slice(at, at + size);
      if (gone.length === 0 || !gone.some(mayGo)) continue;
      const kept = gone.filter((step) => !mayGo(step));
      await attempt([...best.steps.slice(0, at), ...kept, ...best.steps.slice(at + size)]);
    }
  const [venue] = best.steps;
  if (venue?.verb === "venue")
    for (let at = venue.words.length - 1; at > 0; at--)
      for (const size of [1, 2]) {
        const now = best.steps[0]!;
        if (at + size > now.words.length) continue;
        const words = [...now.words.slice(0, at), ...now.words.slice(at + size)];
        if (await attemptQuietly(() => attempt([{ ...now, words }, ...best.steps.slice(1)]))) break;
      }
  return best;
}

/** Without a word's value the rest means nothing. */
async function attemptQuietly(attempt: () => Promise<boolean>): Promise<boolean> {
  try {
    return await attempt();
  } catch {
    return false;
  }
}
