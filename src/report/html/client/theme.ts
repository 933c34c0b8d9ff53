/** The page's colours as the chart needs them: the canvas knows no CSS variables. */
export interface Theme {
  readonly surface: string;
  readonly text: string;
  readonly muted: string;
  readonly grid: string;
  readonly border: string;
  readonly accent: string;
  readonly profit: string;
  readonly loss: string;
  readonly up: string;
  readonly down: string;
  readonly plots: readonly string[];
}

/** The colours in force. */
export function currentTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    surface: colour("surface"),
    text: colour("text"),
    muted: colour("muted"),
    grid: colour("grid"),
    border: colour("border"),
    accent: colour("accent"),
    profit: colour("profit"),
    loss: colour("loss"),
    up: colour("up"),
    down: colour("down"),
    plots: Array.from({ length: 8 }, (_, index) => colour(`plot-${index}`)),
  };
}

/** Calls back when the system turns light or dark, and around printing, which is always light. */
export function onThemeChange(changed: () => void): void {
  for (const query of ["(prefers-color-scheme: dark)", "print"])
    matchMedia(query).addEventListener("change", changed);
}
