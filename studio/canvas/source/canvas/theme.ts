/** Whether Streamlit's present theme is dark, seen from its background colour. */
export function isDark(element: Element): boolean {
  const color = getComputedStyle(element).getPropertyValue("--st-background-color").trim();
  return luminance(color) < 0.5;
}

/** How bright a colour is, from 0 to 1; unknown notations count as bright. */
export function luminance(color: string): number {
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(color)?.[1];
  const rgb = /^rgba?\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)/.exec(color);
  const parts = hex ? hexParts(hex) : rgb ? rgb.slice(1, 4).map(Number) : [255, 255, 255];
  const [red = 0, green = 0, blue = 0] = parts;
  return (0.299 * red + 0.587 * green + 0.114 * blue) / 255;
}

function hexParts(hex: string): number[] {
  const digits = hex.length === 3 ? [...hex].map((digit) => digit + digit) : (hex.match(/../g) ?? []);
  return digits.map((pair) => Number.parseInt(pair, 16));
}
