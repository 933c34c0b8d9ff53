/** Where a live run stands while its script executes: feeds and contexts go by it. */
export class LiveMoment {
  /** Grows with every execution. */
  number = 0;
  /** The chart's last bar is not over. */
  isForming = false;
  /** What runs may know everything up to its own moment: that is the end of the chart's bar, or lies before it. */
  isSettled = true;
  /** The chart's history is over. */
  isLive = false;
  /** End of the last chart bar that was over, epoch ms: what ended by then is known. */
  settledMs = -Infinity;

  /** The script is about to run on a bar that is over. */
  settle(endMs: number): void {
    this.number++;
    this.isForming = false;
    this.isSettled = true;
    this.settledMs = endMs;
  }

  /** The script is about to run on a bar that forms. */
  form(): void {
    this.number++;
    this.isForming = true;
    this.isSettled = false;
  }

  /** Runs what lies before the chart's forming bar. */
  before(run: () => void): void {
    const { isSettled } = this;
    this.isSettled = true;
    try {
      run();
    } finally {
      this.isSettled = isSettled;
    }
  }
}
