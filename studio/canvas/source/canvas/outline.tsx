// The shapes that tell kinds of nodes apart where a box with corners would not do.

import { sizeOf } from "./layout";
import { HEAD } from "./ports";
import type { GraphNode } from "./types";

const TIP = 14;

export function Outline({ node }: { readonly node: GraphNode }) {
  const { width, height } = sizeOf(node);
  const corners = corner(node.kind, width - 1, height - 1);
  if (corners === null) return null;
  return (
    <svg className="tc-outline" width={width} height={height} aria-hidden="true">
      <polygon points={corners.map(([x, y]) => `${x},${y}`).join(" ")} />
    </svg>
  );
}

type Corners = readonly (readonly [number, number])[];

/** Clockwise from the upper left; null for what is drawn as a box. */
function corner(kind: GraphNode["kind"], right: number, bottom: number): Corners | null {
  const middle = bottom / 2 + 0.5;
  switch (kind) {
    case "guardrail":
      return [[1, middle], [TIP, 1], [right - TIP, 1], [right, middle], [right - TIP, bottom], [TIP, bottom]];
    case "branch":
      return [[1, HEAD / 2], [TIP, 1], [right, 1], [right, bottom], [TIP, bottom], [TIP, HEAD - 1]];
    case "parallel":
      return [[1, TIP], [TIP, 1], [right, 1], [right, bottom], [TIP, bottom], [1, bottom - TIP]];
    case "join":
      return [[1, 1], [right - TIP, 1], [right, TIP], [right, bottom - TIP], [right - TIP, bottom], [1, bottom]];
    case "transform":
      return [[TIP - 4, 1], [right, 1], [right - TIP + 4, bottom], [1, bottom]];
    case "approval":
      return [[1, 1], [right - TIP, 1], [right, TIP], [right, bottom], [1, bottom]];
    default:
      return null;
  }
}

export function hasOutline(node: GraphNode): boolean {
  return corner(node.kind, 100, 100) !== null;
}
