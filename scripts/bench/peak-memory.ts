/** Converts a CSV in a process of its own and prints its peak memory in MB: `bun peak-memory.ts pyne|hand FILE`. */
import { readFileSync } from "node:fs";

import { convertAndAggregate } from "./data.ts";
import { convertByHand } from "./limit/convert.ts";

const [, , who, csv = ""] = process.argv;
if (who === "pyne") convertAndAggregate(csv);
else convertByHand(csv, `${csv}.minutes`, `${csv}.hours`);
// What the system reports of a child includes its parent's memory at the time of the fork; this does not.
const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
console.log((Number(peak) / 1000).toFixed(0));
