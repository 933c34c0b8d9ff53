/** Calls of a slow extension: in order, never holding up the caller, never more than there is room for. */
import { expect, test } from "bun:test";

import { HookQueue, mostCalls } from "../../src/host/hook-queue.ts";

function queue(): { queue: HookQueue; failures: unknown[]; overflows: () => number } {
  const failures: unknown[] = [];
  let overflows = 0;
  const made = new HookQueue(
    (error) => failures.push(error),
    () => overflows++,
  );
  return { queue: made, failures, overflows: () => overflows };
}

test("a call that takes no time is made at once; what it throws is the caller's", () => {
  const { queue: calls, failures } = queue();
  const seen: number[] = [];
  for (let call = 0; call < 3; call++) calls.push(() => void seen.push(call));
  expect(seen).toEqual([0, 1, 2]);
  expect(() =>
    calls.push(() => {
      throw new Error("at once");
    }),
  ).toThrow("at once");
  expect(failures).toEqual([]);
});

test("calls behind one that takes its time wait for it, in order", async () => {
  const { queue: calls } = queue();
  const seen: string[] = [];
  const first = Promise.withResolvers<void>();
  calls.push(async () => {
    await first.promise;
    seen.push("first");
  });
  for (const name of ["second", "third"]) calls.push(() => void seen.push(name));
  expect(seen).toEqual([]);
  first.resolve();
  expect(await calls.drain(10_000)).toBe(true);
  expect(seen).toEqual(["first", "second", "third"]);
  calls.push(() => void seen.push("at once again"));
  expect(seen.at(-1)).toBe("at once again");
});

test("one that fails is reported, the others go on", async () => {
  const { queue: calls, failures } = queue();
  const seen: string[] = [];
  calls.push(() => Promise.reject(new Error("one")));
  calls.push(() => {
    throw new Error("two");
  });
  calls.push(() => void seen.push("three"));
  expect(await calls.drain(10_000)).toBe(true);
  expect(failures.map((error) => (error as Error).message)).toEqual(["one", "two"]);
  expect(seen).toEqual(["three"]);
});

test("of too many the oldest go, which is said once", async () => {
  const { queue: calls, overflows } = queue();
  const seen: number[] = [];
  const first = Promise.withResolvers<void>();
  calls.push(() => first.promise);
  for (let call = 0; call < mostCalls + 5; call++) calls.push(() => void seen.push(call));
  first.resolve();
  await calls.drain(10_000);
  expect(seen).toHaveLength(mostCalls);
  expect(seen[0]).toBe(5);
  expect(overflows()).toBe(1);
});

test("a call that never ends is not waited for for ever", async () => {
  const { queue: calls } = queue();
  const seen: string[] = [];
  calls.push(() => new Promise(() => {}));
  calls.push(() => void seen.push("never"));
  expect(await calls.drain(0)).toBe(false);
  expect(seen).toEqual([]);
});
