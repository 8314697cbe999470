// The way of an edge. Forward it goes from right to left side; back, from left to right side; between nodes that
// stand above each other, around their right sides. So it never runs through its own two nodes.

import { getBezierPath, Position } from "@xyflow/react";
import type { Size } from "./layout";

export interface Ends {
  /** Border of the source at the handle: right side. */
  readonly sourceX: number;
  readonly sourceY: number;
  /** Border of the target: left side, in the middle. */
  readonly targetX: number;
  readonly targetY: number;
  readonly sourceSize: Size;
  readonly targetSize: Size;
}

export interface EdgePath {
  readonly path: string;
  readonly label: { readonly x: number; readonly y: number };
  readonly end: { readonly x: number; readonly y: number };
  /** The end points to the left. */
  readonly flipped: boolean;
}

/** So much of the way belongs to the end mark. */
const END = 6;
const CLEAR = 20;
const BULGE = 64;

export function edgePath(ends: Ends): EdgePath {
  const { sourceX, sourceY, targetX, targetY, sourceSize, targetSize } = ends;
  if (targetX >= sourceX + CLEAR) {
    const [path, x, y] = curve(sourceX, sourceY, Position.Right, targetX - END, targetY, Position.Left);
    return { path, label: { x, y }, end: { x: targetX, y: targetY }, flipped: false };
  }
  const end = { x: targetX + targetSize.width, y: targetY };
  const sourceLeft = sourceX - sourceSize.width;
  if (end.x <= sourceLeft - CLEAR) {
    const [path, x, y] = curve(sourceLeft, sourceY, Position.Left, end.x + END, targetY, Position.Right);
    return { path, label: { x, y }, end, flipped: true };
  }
  const far = Math.max(sourceX, end.x) + BULGE;
  const path = `M${sourceX} ${sourceY}C${far} ${sourceY} ${far} ${targetY} ${end.x + END} ${targetY}`;
  const label = { x: (sourceX + end.x + 6 * far) / 8, y: (sourceY + targetY) / 2 };
  return { path, label, end, flipped: true };
}

function curve(
  sourceX: number,
  sourceY: number,
  sourcePosition: Position,
  targetX: number,
  targetY: number,
  targetPosition: Position,
): [string, number, number] {
  const options = { sourceX, sourceY, sourcePosition, targetX, targetY, targetPosition, curvature: 0.3 };
  const [path, x, y] = getBezierPath(options);
  return [path, x, y];
}
