/**
 * A disk on which the process can be killed: after so many steps that change something the next one happens half or
 * not at all, and from then on nothing does, until the next process starts. Without an order it is the real disk.
 */
import { mock } from "bun:test";
import * as fs from "node:fs";

/** What every change throws once the process is dead. */
export class Killed extends Error {
  constructor() {
    super("killed");
  }
}

/** What a disk writes in one piece. */
const sectorBytes = 512;

const real = { ...fs };
let left = Infinity;
let dead = false;

/** Kills the process at its `step`th change from now on. */
export function killAt(step: number): void {
  left = step;
  dead = false;
}

/** Starts the next process. Returns whether the last one was killed. */
export function revive(): boolean {
  const killed = dead;
  left = Infinity;
  dead = false;
  return killed;
}

/** Whether this change still happens. */
function alive(): boolean {
  if (dead) throw new Killed();
  if (left-- > 0) return true;
  dead = true;
  return false;
}

function change<Args extends unknown[], Result>(
  action: (...args: Args) => Result,
): (...args: Args) => Result {
  return (...args) => {
    if (alive()) return action(...args);
    throw new Killed();
  };
}

void mock.module("node:fs", () => ({
  ...real,
  openSync: (path: string, flags: string, mode?: number) => {
    if (/[wa]/.test(flags) && !alive()) throw new Killed();
    return real.openSync(path, flags, mode);
  },
  writeSync: (
    descriptor: number,
    bytes: Uint8Array,
    offset = 0,
    length = bytes.length - offset,
    position: number | null = null,
  ) => {
    if (alive()) return real.writeSync(descriptor, bytes, offset, length, position);
    // What a killed process wrote may end anywhere, but a disk writes a sector as a whole or not at all.
    const at = position ?? 0;
    const half = Math.floor((at + length / 2) / sectorBytes) * sectorBytes - at;
    if (half > 0) real.writeSync(descriptor, bytes, offset, half, position);
    throw new Killed();
  },
  appendFileSync: (path: string, bytes: Uint8Array) => {
    if (alive()) return real.appendFileSync(path, bytes);
    real.appendFileSync(path, bytes.subarray(0, Math.floor(bytes.length / 2)));
    throw new Killed();
  },
  fsyncSync: change(real.fsyncSync),
  ftruncateSync: change(real.ftruncateSync),
  renameSync: change(real.renameSync),
  rmSync: change(real.rmSync),
}));
