// The way of an edge. Forward it goes from right to left side; back, from left to right side; between nodes that
// stand above each other, around their right sides. So it never runs through its own two nodes. The flow runs in
// right angles and always arrives at the left side: what leads back to a loop goes over the top.

import { getBezierPath, getSmoothStepPath, Position } from "@xyflow/system";
import type { EndNodes } from "./graph";
import { ERROR, HEAD } from "./ports";
import type { GraphEdge } from "./types";

export interface Ends extends EndNodes {
  /** Border of the source at the handle: right side, of error edges the lower one. */
  readonly sourceX: number;
  readonly sourceY: number;
  /** Border of the target: left side. */
  readonly targetX: number;
  readonly targetY: number;
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
/** How long the end mark of a flow link is. */
const HEAD_LENGTH = 11;
const CLEAR = 20;
const BULGE = 64;
const ROUND = 10;
const OVER = 26;
const TURN = 14;

/** The way of a link, whatever its kind. */
export function wayOf(edge: GraphEdge, ends: Ends): EdgePath {
  return edge.kind === "flow" ? flowPath(ends, { fails: isError(edge), labelled: edge.label !== "" }) : edgePath(ends);
}

export function isError({ kind, port }: GraphEdge): boolean {
  return kind === "flow" && port === ERROR;
}

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

export interface FlowLook {
  /** An error edge leaves at the lower border. */
  readonly fails: boolean;
  readonly labelled: boolean;
}

/** The way of a flow link. A label stands beside the target: there each way has a line of its own. */
export function flowPath(ends: Ends, { fails, labelled }: FlowLook): EdgePath {
  const { sourceX, sourceY, targetX, targetY } = ends;
  const end = { x: targetX, y: targetY };
  const forward = targetX >= sourceX + CLEAR;
  if (!fails && !forward && (isBack(ends) || isBeside(ends))) return { ...over(ends), end, flipped: false };
  const turn = labelled && forward && !fails ? turnAt(ends) : undefined;
  const [path, x, y] = getSmoothStepPath({
    ...(turn !== undefined && { centerX: turn }),
    sourceX,
    sourceY,
    sourcePosition: fails ? Position.Bottom : Position.Right,
    targetX: targetX - END,
    targetY,
    targetPosition: Position.Left,
    borderRadius: ROUND,
    offset: CLEAR,
  });
  const label = turn === undefined ? { x, y } : { x: (turn + targetX - HEAD_LENGTH) / 2, y: targetY };
  return { path, label, end, flipped: false };
}

/** Where a way turns up or down: each at its own place, so that ways from one step do not cross. */
function turnAt({ sourceX, sourceY, sourceDrop, sourceSize, targetX, targetY }: Ends): number {
  const rows = targetY > sourceY ? sourceSize.height - sourceDrop : sourceDrop - HEAD;
  return Math.min(sourceX + TURN + 0.35 * Math.max(0, rows), (sourceX + targetX) / 2);
}

function isBack({ sourceX, sourceSize, targetX }: Ends): boolean {
  return targetX < sourceX - sourceSize.width;
}

/** Whether the two nodes stand so much in one row that no line fits between them. */
function isBeside({ sourceY, sourceDrop, sourceSize, targetY, targetDrop, targetSize }: Ends): boolean {
  const [top, other] = [sourceY - sourceDrop, targetY - targetDrop];
  return top < other + targetSize.height + 2 * ROUND && other < top + sourceSize.height + 2 * ROUND;
}

function over(ends: Ends): Pick<EdgePath, "path" | "label"> {
  const { sourceX, sourceY, targetX, targetY } = ends;
  const top = Math.min(sourceY - ends.sourceDrop, targetY - ends.targetDrop) - OVER;
  const [right, left, r] = [sourceX + CLEAR, targetX - CLEAR, ROUND];
  const up = `M${sourceX} ${sourceY}H${right - r}Q${right} ${sourceY} ${right} ${sourceY - r}V${top + r}`;
  const back = `Q${right} ${top} ${right - r} ${top}H${left + r}Q${left} ${top} ${left} ${top + r}`;
  const down = `V${targetY - r}Q${left} ${targetY} ${left + r} ${targetY}H${targetX - END}`;
  return { path: up + back + down, label: { x: (left + right) / 2, y: top } };
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
