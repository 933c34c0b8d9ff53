/**
 * The colours of a report, light and dark. They become CSS variables; a test works out that text on every surface has
 * a contrast of at least 4.5, and what is drawn at least 3.
 */

export interface Palette {
  readonly background: string;
  readonly surface: string;
  readonly border: string;
  readonly grid: string;
  readonly text: string;
  readonly muted: string;
  readonly accent: string;
  /** On the accent. */
  readonly onAccent: string;
  readonly profit: string;
  readonly loss: string;
  readonly up: string;
  readonly down: string;
  /** Lines of plots, in turn. */
  readonly plots: readonly string[];
}

export const light: Palette = {
  background: "#f6f7f9",
  surface: "#ffffff",
  border: "#d9dee5",
  grid: "#edf0f4",
  text: "#161b22",
  muted: "#57606c",
  accent: "#1d5fd1",
  onAccent: "#ffffff",
  profit: "#0a7a5c",
  loss: "#c4303c",
  up: "#1b9c85",
  down: "#dd4b56",
  plots: ["#2962ff", "#d9650b", "#8a3ffc", "#0b8793", "#c2278c", "#6b7a10", "#7a4a2b", "#4b5d73"],
};

export const dark: Palette = {
  background: "#0d1117",
  surface: "#151b23",
  border: "#2b3440",
  grid: "#1e2731",
  text: "#e8edf3",
  muted: "#9aa7b5",
  accent: "#6ea8ff",
  onAccent: "#0d1117",
  profit: "#3ecf9f",
  loss: "#ff7b85",
  up: "#2bb69a",
  down: "#f0616d",
  plots: ["#6ea8ff", "#ffa657", "#c297ff", "#4fd1d9", "#ff8ac4", "#c4d14a", "#d3a482", "#a9b8c9"],
};

/** Shares of profit or loss colour mixed into a cell of the heat map, by level. */
export const heat = [0, 0.12, 0.22, 0.34, 0.46] as const;

/** A palette as declarations of CSS variables. */
export function paletteVariables(palette: Palette): string {
  const { plots, ...named } = palette;
  return [
    ...Object.entries(named).map(([name, colour]) => `--${kebab(name)}:${colour}`),
    ...plots.map((colour, index) => `--plot-${index}:${colour}`),
    ...heat.map((share, level) => `--gain-${level}:${mix(palette.profit, palette.surface, share)}`),
    ...heat.map((share, level) => `--pain-${level}:${mix(palette.loss, palette.surface, share)}`),
  ].join(";");
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** `share` of one colour over another, both `#rrggbb`. */
export function mix(over: string, under: string, share: number): string {
  const channel = (at: number): string => {
    const [a, b] = [
      Number.parseInt(over.slice(at, at + 2), 16),
      Number.parseInt(under.slice(at, at + 2), 16),
    ];
    return Math.round(a * share + b * (1 - share))
      .toString(16)
      .padStart(2, "0");
  };
  return `#${channel(1)}${channel(3)}${channel(5)}`;
}
