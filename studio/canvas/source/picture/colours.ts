// The colours of a picture: those of the studio's light and dark theme, as they are mixed on the canvas.

export interface Colours {
  readonly ink: string;
  readonly stage: string;
  readonly card: string;
  readonly tile: string;
  readonly step: string;
  readonly paper: string;
  readonly frame: string;
  readonly muted: string;
  readonly line: string;
  readonly lineStrong: string;
  readonly edge: string;
}

const LIGHT = { background: "#ffffff", ink: "#15171c" };
const DARK = { background: "#14161b", ink: "#e9ebf0" };

export function colours(dark: boolean): Colours {
  const { background, ink } = dark ? DARK : LIGHT;
  const at = (share: number): string => mixed(background, ink, share);
  const stage = at(dark ? 0.98 : 0.965);
  const card = dark ? at(0.91) : background;
  return {
    ink,
    stage,
    card,
    tile: at(dark ? 0.84 : 0.94),
    step: at(dark ? 0.86 : 0.95),
    paper: mixed(card, stage, 0.6),
    frame: mixed(stage, ink, 0.975),
    muted: at(0.28),
    line: at(dark ? 0.83 : 0.88),
    lineStrong: at(dark ? 0.68 : 0.76),
    edge: at(0.48),
  };
}

/** `share` (0 to 1) of one colour, the rest of the other; colours are written `#rrggbb`. */
export function mixed(one: string, other: string, share: number): string {
  const [a, b] = [channels(one), channels(other)];
  const parts = a.map((value, index) => Math.round(value * share + (b[index] ?? 0) * (1 - share)));
  return `#${parts.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

function channels(color: string): number[] {
  return (color.slice(1).match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
}
