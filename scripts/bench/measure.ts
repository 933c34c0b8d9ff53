/** Measuring processes: wall time and resident memory, medians of many runs. */

/** What a command cost. */
export interface ProcessCost {
  /** Median wall time, ms. */
  readonly wallMs: number;
  /** Median of the largest resident size, MB. */
  readonly residentMb: number;
}

/** How commands are measured. */
export interface MeasureOptions {
  readonly runs?: number;
  readonly cwd?: string;
  readonly env?: Record<string, string>;
}

/** Starts a command again and again; the first runs warm the caches and do not count. */
export async function measureProcess(
  command: readonly string[],
  options: MeasureOptions = {},
): Promise<ProcessCost> {
  const [cost] = await measureInTurn([command], options);
  return cost!;
}

/** Starts commands in turn, again and again, so that a busy moment of the machine meets all of them. */
export async function measureInTurn(
  commands: readonly (readonly string[])[],
  options: MeasureOptions = {},
): Promise<ProcessCost[]> {
  const runs = options.runs ?? 30;
  const costs = commands.map((command) => ({ command, walls: [] as number[], sizes: [] as number[] }));
  for (let run = -3; run < runs; run++) {
    for (const { command, walls, sizes } of costs) {
      const started = performance.now();
      const child = Bun.spawn([...command], {
        stdout: "ignore",
        stderr: "ignore",
        ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
        ...(options.env === undefined ? {} : { env: options.env }),
      });
      const code = await child.exited;
      if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}`);
      if (run < 0) continue;
      walls.push(performance.now() - started);
      sizes.push((child.resourceUsage()?.maxRSS ?? 0) / 1e6);
    }
  }
  return costs.map(({ walls, sizes }) => ({ wallMs: median(walls), residentMb: median(sizes) }));
}

/** The middle value. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
