import type { TimeframeTable } from "pynecore/plugin";

const usual =
  "1S 5S 10S 15S 30S 45S 1 2 3 4 5 6 10 12 15 20 30 45 60 90 120 180 240 360 480 720 1D 2D 3D 1W 2W 1M 2M 3M 6M 12M";

/** The usual timeframes, each its own word. */
export const timeframes: TimeframeTable = Object.fromEntries(usual.split(" ").map((word) => [word, word]));
