// The one thing CSS cannot work out from Streamlit's colours: which text can be read on them.

export function applyTheme(host: HTMLElement): void {
  const style = getComputedStyle(host);
  const background = luminance(style.getPropertyValue("--st-background-color"));
  const accent = luminance(style.getPropertyValue("--st-primary-color"));
  host.style.colorScheme = background < 0.2 ? "dark" : "light";
  // White, as on Streamlit's own buttons, up to where it no longer stands out 4.5 to 1.
  host.style.setProperty("--on-accent", accent <= 1.05 / 4.5 - 0.05 ? "#fff" : "#000");
}

function luminance(colour: string): number {
  const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  if (!context) return 1;
  context.fillStyle = colour.trim() || "#fff";
  context.fillRect(0, 0, 1, 1);
  const [red, green, blue] = [...context.getImageData(0, 0, 1, 1).data].map(linear) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function linear(channel: number): number {
  const part = channel / 255;
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
}
