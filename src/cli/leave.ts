/**
 * Ends the process a moment after its command has: a plugin's forgotten timer, or a request that no signal ends, would
 * keep it for ever, and a scheduler with it.
 *
 * @param isRead whether somebody has read everything that was printed; until then the process stays
 */
export function leaveSoon(isRead: () => boolean): void {
  // It does not hold the process itself: where nothing else does, the process ends without it.
  setTimeout(() => (isRead() ? process.exit() : leaveSoon(isRead)), graceMs).unref();
}

/** Time for connections to close by themselves. */
const graceMs = 500;
