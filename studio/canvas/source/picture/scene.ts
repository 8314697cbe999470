// What is in a picture, and where: all that the canvas draws, on one sheet.

import { type EdgePath, isError, wayOf } from "../canvas/edge_path";
import { type FlowEdge, type FlowNode, flowEdges, flowNodes } from "../canvas/graph";
import { placed } from "../canvas/layout";
import { type FrameNode, folded, type NoteNode, overlays } from "../canvas/overlays";
import type { Graph, GraphEdge, Point } from "../canvas/types";

export interface Line {
  readonly edge: GraphEdge;
  readonly way: EdgePath;
}

export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

export interface Scene {
  readonly nodes: readonly FlowNode[];
  readonly frames: readonly FrameNode[];
  readonly notes: readonly NoteNode[];
  readonly lines: readonly Line[];
  /** All of it, with a margin. */
  readonly box: Box;
}

const MARGIN = 32;
/** Where an error edge leaves the lower border. */
const ERROR_LEFT = 30;

export function scene(graph: Graph): Scene {
  const shown = folded(graph);
  const places = placed(shown, {});
  const nodes = flowNodes(shown, places, []);
  const board = overlays(graph, nodes, places, []);
  const frames = board.filter((each): each is FrameNode => each.type === "frame");
  const notes = board.filter((each): each is NoteNode => each.type === "note");
  const at = new Map(nodes.map((node) => [node.id, node.position]));
  const lines = flowEdges(shown, []).flatMap((edge) => lineOf(edge, at.get(edge.source), at.get(edge.target)));
  const points = [...[...nodes, ...frames, ...notes].flatMap(corners), ...lines.flatMap(({ way }) => pathPoints(way.path))];
  return { nodes, frames, notes, lines, box: around(points) };
}

function lineOf({ data }: FlowEdge, source: Point | undefined, target: Point | undefined): Line[] {
  if (!data || !source || !target) return [];
  const { edge, ends } = data;
  const { width, height } = ends.sourceSize;
  const start = isError(edge)
    ? { sourceX: source.x + ERROR_LEFT, sourceY: source.y + height }
    : { sourceX: source.x + width, sourceY: source.y + ends.sourceDrop };
  const way = wayOf(edge, { ...ends, ...start, targetX: target.x, targetY: target.y + ends.targetDrop });
  return [{ edge, way }];
}

function corners({ position, width = 0, height = 0 }: FlowNode | FrameNode | NoteNode): Point[] {
  return [position, { x: position.x + width, y: position.y + height }];
}

/** The points that a path runs through or bends to. */
export function pathPoints(path: string): Point[] {
  const points: Point[] = [];
  let last = { x: 0, y: 0 };
  for (const [, command = "", numbers = ""] of path.matchAll(/([A-Z])([^A-Z]*)/g)) {
    const values = (numbers.match(/-?[\d.]+(?:e-?\d+)?/g) ?? []).map(Number);
    for (let index = 0; index < values.length; index += command === "H" || command === "V" ? 1 : 2) {
      const [first = 0, second = 0] = values.slice(index);
      if (command === "H") last = { ...last, x: first };
      else if (command === "V") last = { ...last, y: first };
      else last = { x: first, y: second };
      points.push(last);
    }
  }
  return points;
}

function around(points: readonly Point[]): Box {
  if (points.length === 0) return { x: 0, y: 0, width: 2 * MARGIN, height: 2 * MARGIN };
  const [left, top] = [Math.min(...points.map(({ x }) => x)), Math.min(...points.map(({ y }) => y))];
  const [right, bottom] = [Math.max(...points.map(({ x }) => x)), Math.max(...points.map(({ y }) => y))];
  const [x, y] = [Math.floor(left - MARGIN), Math.floor(top - MARGIN)];
  return { x, y, width: Math.ceil(right + MARGIN) - x, height: Math.ceil(bottom + MARGIN) - y };
}
