// Where nodes stand: their sizes, an automatic arrangement from left to right, and free places.

import dagre from "@dagrejs/dagre";
import { AGENT_HEIGHT, FOOT, HEAD, hasRows, isStep, ROW, type Shaped, ways } from "./ports";
import type { Graph, GraphEdge, GraphNode, Point, Positions } from "./types";

type Drawn = Pick<Graph, "nodes" | "edges">;

export interface Size {
  readonly width: number;
  readonly height: number;
}

const AGENT: Size = { width: 212, height: AGENT_HEIGHT };
const OTHER: Size = { width: 188, height: 46 };
const STEP_WIDTH = 196;
const GAP = 40;
const STEP = 24;
const LETTER = 5.6;
const LONGEST_LABEL = 108;

export function sizeOf(node: Shaped): Size {
  if (node.kind === "agent") return AGENT;
  if (!isStep(node.kind)) return OTHER;
  return { width: STEP_WIDTH, height: hasRows(node) ? HEAD + ROW * ways(node).length + FOOT : HEAD };
}

/** Python arranges workflows: what hangs on their agents stands below the line. */
export function hasWorkflow(graph: Drawn): boolean {
  return graph.nodes.some((node) => isStep(node.kind)) || graph.edges.some((edge) => edge.kind === "flow");
}

/** Positions for all nodes: from left to right along the links. */
export function arranged(graph: Drawn): Positions {
  const drawing = new dagre.graphlib.Graph({ multigraph: true });
  drawing.setGraph({ rankdir: "LR", nodesep: 28, edgesep: 12, ranksep: 56, marginx: 0, marginy: 0 });
  drawing.setDefaultEdgeLabel(() => ({}));
  for (const node of graph.nodes) drawing.setNode(node.id, { ...sizeOf(node) });
  for (const edge of graph.edges) drawing.setEdge(edge.source, edge.target, labelRoom(edge), edge.id);
  dagre.layout(drawing);
  return Object.fromEntries(graph.nodes.map((node) => [node.id, corner(drawing.node(node.id), node)]));
}

/** Positions for all nodes: their own, else a remembered one, else an automatic one that covers no other. */
export function placed(graph: Drawn, remembered: Positions): Positions {
  const known: Record<string, Point> = {};
  for (const node of graph.nodes) {
    const place = ownPlace(node) ?? remembered[node.id];
    if (place) known[node.id] = place;
  }
  const missing = graph.nodes.filter((node) => !known[node.id]);
  if (missing.length === 0) return known;
  const ids = new Set(missing.map((node) => node.id));
  const inside = graph.edges.filter((edge) => ids.has(edge.source) && ids.has(edge.target));
  const fresh = arranged({ nodes: missing, edges: inside });
  return { ...known, ...below(graph, known, fresh) };
}

/** The positions of the nodes that Python has none for: they go with the first change. */
export function unplaced(graph: Drawn, drawn: Positions): Positions {
  const missing = graph.nodes.filter((node) => ownPlace(node) === null && drawn[node.id]);
  return Object.fromEntries(missing.map((node) => [node.id, drawn[node.id] as Point]));
}

/** A place for a new node as near to `wish` as it can be without covering another node's corner. */
export function freePlace(wish: Point, taken: readonly Point[]): Point {
  let place = rounded(wish);
  while (taken.some((other) => near(other, place))) place = { x: place.x + STEP, y: place.y + STEP };
  return place;
}

export function rounded(point: Point): Point {
  return { x: Math.round(point.x), y: Math.round(point.y) };
}

/** Room for the label of an edge, so that nodes do not stand on it. */
function labelRoom({ label }: GraphEdge): { width: number; height: number; labelpos: "c" } {
  const width = label === "" ? 0 : Math.min(label.length * LETTER, LONGEST_LABEL) + 8;
  return { width, height: 20, labelpos: "c" };
}

function ownPlace(node: GraphNode): Point | null {
  return node.x === null || node.y === null ? null : { x: node.x, y: node.y };
}

function corner(center: Point, node: GraphNode): Point {
  const { width, height } = sizeOf(node);
  return rounded({ x: center.x - width / 2, y: center.y - height / 2 });
}

function below(graph: Drawn, known: Positions, fresh: Positions): Positions {
  const standing = graph.nodes.filter((node) => known[node.id]);
  if (standing.length === 0) return fresh;
  const left = Math.min(...standing.map((node) => (known[node.id] as Point).x));
  const bottom = Math.max(...standing.map((node) => (known[node.id] as Point).y + sizeOf(node).height));
  return Object.fromEntries(
    Object.entries(fresh).map(([id, point]) => [id, { x: point.x + left, y: point.y + bottom + GAP }]),
  );
}

function near(a: Point, b: Point): boolean {
  return Math.abs(a.x - b.x) < STEP && Math.abs(a.y - b.y) < STEP;
}
