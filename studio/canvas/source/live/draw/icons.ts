// Icons as strokes on a 16 × 16 grid, in the colour of the text around them. What a thing is looks as on the canvas.

const STROKES = {
  agent: "M5 5h6a2.5 2.5 0 0 1 2.5 2.5V11a2.5 2.5 0 0 1-2.5 2.5H5A2.5 2.5 0 0 1 2.5 11V7.5A2.5 2.5 0 0 1 5 5ZM8 5V2.5M5.75 8.5V10M10.25 8.5V10M.75 8.5v2M15.25 8.5v2M8 1.5a.6.6 0 1 1 0 1.2.6.6 0 0 1 0-1.2Z",
  function: "M5.5 2.5c-1.6 0-2 .8-2 2v1.7c0 1-.5 1.6-1.6 1.8 1.1.2 1.6.8 1.6 1.8v1.7c0 1.2.4 2 2 2M10.5 2.5c1.6 0 2 .8 2 2v1.7c0 1 .5 1.6 1.6 1.8-1.1.2-1.6.8-1.6 1.8v1.7c0 1.2-.4 2-2 2",
  http: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2ZM2 8h12M8 2c2 1.7 2.7 3.7 2.7 6S10 12.3 8 14c-2-1.7-2.7-3.7-2.7-6S6 3.7 8 2Z",
  mcp: "M3.2 2.5h9.6A1.2 1.2 0 0 1 14 3.7v2.1A1.2 1.2 0 0 1 12.8 7H3.2A1.2 1.2 0 0 1 2 5.8V3.7a1.2 1.2 0 0 1 1.2-1.2ZM3.2 9h9.6a1.2 1.2 0 0 1 1.2 1.2v2.1a1.2 1.2 0 0 1-1.2 1.2H3.2A1.2 1.2 0 0 1 2 12.3v-2.1A1.2 1.2 0 0 1 3.2 9ZM4.8 4.75h.01M4.8 11.25h.01M8 4.75h3.2M8 11.25h3.2",
  guardrail: "M8 1.8 13 3.7v3.9c0 3-2 5.3-5 6.6-3-1.3-5-3.6-5-6.6V3.7L8 1.8ZM5.8 7.9l1.6 1.6 2.9-3.1",
  handoff: "M3 8h9.5M9 4.5 12.5 8 9 11.5",
  done: "M3 8.5l3.3 3.3L13 4.8",
  failed: "M4 4l8 8M12 4l-8 8",
  alert: "M8 2.2 14.5 13.5h-13L8 2.2ZM8 6.5v3.2M8 11.7v.01",
  waiting: "M8 2.3a5.7 5.7 0 1 1 0 11.4A5.7 5.7 0 0 1 8 2.3ZM8 4.8V8l2.2 1.5",
  paused: "M8 2.3a5.7 5.7 0 1 1 0 11.4A5.7 5.7 0 0 1 8 2.3ZM6.5 5.8v4.4M9.5 5.8v4.4",
  rejected: "M8 2.3a5.7 5.7 0 1 1 0 11.4A5.7 5.7 0 0 1 8 2.3ZM4 4l8 8",
  stopped: "M4.5 4.5h7v7h-7Z",
  queued: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  running: "M8 2.5A5.5 5.5 0 1 1 2.5 8",
  resumed: "M3 8a5 5 0 1 0 1.6-3.7M4.4 1.9v2.7h2.7",
  copy: "M5.6 5.6h7.2v7.2H5.6ZM3.2 10.4V3.2h7.2",
  chevron: "M6 4l4 4-4 4",
  down: "M8 3v9.5M4 8.8l4 4 4-4",
  simulated: "M6 2.2h4M6.8 2.2v4L3.4 12a1.2 1.2 0 0 0 1 1.8h7.2a1.2 1.2 0 0 0 1-1.8L9.2 6.2v-4M5 9.8h6",
  shortened: "M3 3.5h10M3 6.5h10M5.5 9.5h5M7 12.5h2",
  step: "M2.5 3.5h4v4h-4ZM9.5 8.5h4v4h-4ZM6.5 5.5h5v3",
  branch: "M8 14V9.5M8 9.5 3.5 5V2M8 9.5 12.5 5V2M2 3.5 3.5 2 5 3.5M11 3.5 12.5 2 14 3.5",
  output: "M3.2 3.2h9.6v9.6H3.2ZM5.6 6.4h4.8M5.6 9.2h3",
} as const;

export type IconName = keyof typeof STROKES;

const SVG = "http://www.w3.org/2000/svg";

export function icon(shape: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", `icon icon-${shape}`);
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", STROKES[shape]);
  svg.append(path);
  return svg;
}

export function toolIcon(kind: string): IconName {
  return kind === "agent" || kind === "http" || kind === "mcp" ? kind : "function";
}
