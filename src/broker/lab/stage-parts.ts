import { readFileSync, writeFileSync } from "node:fs";

import type { Clock } from "../../kernel/clock.ts";
import { keyText } from "../engine/desired.ts";
import { BrokerStore } from "../store/store.ts";
import { DiskStore } from "./disk-store.ts";
import { labFolder } from "./lab-folder.ts";
import type { LabRun } from "./lab-run.ts";
import type { LabProcess } from "./process.ts";
import { Connection } from "./venue/connection.ts";
import { requests } from "./venue/line.ts";
import { Violation } from "./violation.ts";
import type { World } from "./world.ts";

/** The real store, in a folder that is gone with the story, opened and closed as processes do. */
export function openStore(clock: Clock): DiskStore {
  const folder = labFolder();
  const path = folder.file("broker.sqlite");
  writeFileSync(path, emptyStore());
  return new DiskStore(path, clock, { onClose: () => folder.remove() });
}

let empty: Buffer | undefined;

/** A store with its tables and nothing in them: made once, copied for each story. */
function emptyStore(): Buffer {
  if (empty !== undefined) return empty;
  const folder = labFolder();
  const path = folder.file("broker.sqlite");
  BrokerStore.open(path).close();
  empty = readFileSync(path);
  folder.remove();
  return empty;
}

/** A process's way to the venue; nothing leaves on it that is not in the store. */
export function openConnection(world: World, run: LabRun, process: LabProcess): Connection {
  const { breaks } = world.profile;
  const connection = new Connection(world.venue, world.time, world.calls, process);
  if (breaks.includes("foreign_owner")) connection.placesAs = world.runs.at(-1)?.runId ?? null;
  if (breaks.includes("nobody")) connection.placesAs = "nobody@nowhere:LAB:1";
  connection.note = connection.feed.note = world.note;
  connection.line.onRefusal = () => {
    run.hasRefusals = true;
  };
  connection.line.onSend = (kind, about) => {
    const key = run.ledger.orders.get(about)?.key;
    world.did(`the request ${kind}${key === undefined ? "" : ` for ${keyText(key)}`}`);
    if (world.skewMs !== 0 && requests[kind] === "write")
      world.note(`${kind} while the clock is ${world.skewMs < 0 ? "behind" : "ahead"}`);
    if (kind !== "entry" && kind !== "exit" && kind !== "close") return;
    world.watch(() => {
      if (!run.ledger.orders.has(about) && breaks.every((one) => !one.startsWith("sends_")))
        throw new Violation("durable_before_sent", `${about} leaves the machine, and is not in the store`);
    });
  };
  return connection;
}
