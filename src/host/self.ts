/** The words that start this very program again: the compiled executable, or Bun with the entry in development. */
export function selfCommand(): string[] {
  return Bun.isStandaloneExecutable ? [process.execPath] : [process.execPath, "--no-install", Bun.main];
}
