// From Python's graph to what is drawn: pure functions.

import type { Edge, Node } from "@xyflow/react";
import { handleOf, linkKey } from "./links";
import { type Size, sizeOf } from "./layout";
import type { Change, Graph, GraphEdge, GraphNode, Positions } from "./types";

export type FlowNode = Node<{ node: GraphNode }, "troupe">;
export type FlowEdge = Edge<{ edge: GraphEdge; sourceSize: Size; targetSize: Size }, "troupe">;

/** Preact writes `tabIndex` as it stands, but names of SVG attributes tell capitals apart. */
const TABBABLE = { tabindex: 0 } as NonNullable<FlowEdge["domAttributes"]>;

/** The graph as it will be when Python agrees with what was done. */
export function expected(graph: Graph, changes: readonly Change[]): Graph {
  return changes.reduce(applied, graph);
}

function applied(graph: Graph, change: Change): Graph {
  switch (change.op) {
    case "move":
    case "layout":
      return { ...graph, nodes: graph.nodes.map((node) => ({ ...node, ...change.positions[node.id] })) };
    case "connect":
      return { ...graph, edges: [...graph.edges, newEdge(change.kind, change.source, change.target)] };
    case "delete":
      return deleted(graph, new Set(change.nodes), new Set(change.edges));
    case "add":
    case "duplicate":
    case "select":
    case "undo":
    case "redo":
      return graph;
  }
}

function newEdge(kind: GraphEdge["kind"], source: string, target: string): GraphEdge {
  return { id: linkKey(kind, source, target), kind, source, target, label: "" };
}

function deleted(graph: Graph, nodes: ReadonlySet<string>, edges: ReadonlySet<string>): Graph {
  return {
    ...graph,
    nodes: graph.nodes.filter((node) => !nodes.has(node.id)),
    edges: graph.edges.filter(
      (edge) => !edges.has(edge.id) && !nodes.has(edge.source) && !nodes.has(edge.target),
    ),
  };
}

/** Nodes to draw. What the browser knows of a node that stays (selected, being dragged) is kept. */
export function flowNodes(graph: Graph, places: Positions, drawn: readonly FlowNode[]): FlowNode[] {
  const before = new Map(drawn.map((node) => [node.id, node]));
  return graph.nodes.map((node) => {
    const old = before.get(node.id);
    return {
      id: node.id,
      type: "troupe",
      ...sizeOf(node.kind),
      position: old?.dragging ? old.position : (places[node.id] ?? { x: 0, y: 0 }),
      data: { node },
      ariaLabel: nodeLabel(node),
      ...(old?.measured && { measured: old.measured }),
      ...(old?.selected !== undefined && { selected: old.selected }),
      ...(old?.dragging !== undefined && { dragging: old.dragging }),
    };
  });
}

export function flowEdges(graph: Graph, drawn: readonly FlowEdge[]): FlowEdge[] {
  const selected = new Set(drawn.filter((edge) => edge.selected).map((edge) => edge.id));
  const kinds = new Map(graph.nodes.map((node) => [node.id, node.kind]));
  const size = (id: string): Size => sizeOf(kinds.get(id) ?? "agent");
  return graph.edges.map((edge) => ({
    id: edge.id,
    type: "troupe",
    source: edge.source,
    target: edge.target,
    sourceHandle: handleOf(edge.kind),
    targetHandle: "in",
    data: { edge, sourceSize: size(edge.source), targetSize: size(edge.target) },
    selected: selected.has(edge.id),
    ariaLabel: edgeLabel(edge),
    domAttributes: TABBABLE,
  }));
}

/** Where the drawn nodes stand differently from where they were put. */
export function moved(drawn: readonly FlowNode[], places: Positions): Positions {
  const elsewhere = drawn.filter(({ id, position }) => {
    const place = places[id];
    return place !== undefined && (place.x !== position.x || place.y !== position.y);
  });
  return Object.fromEntries(elsewhere.map(({ id, position }) => [id, position]));
}

/** With exactly these nodes or edges selected; unchanged ones stay the same objects. */
export function withSelection<T extends { id: string; selected?: boolean }>(
  elements: readonly T[],
  selected: ReadonlySet<string>,
): T[] {
  return elements.map((element) =>
    (element.selected ?? false) === selected.has(element.id)
      ? element
      : { ...element, selected: selected.has(element.id) },
  );
}

/** What one report can say about a selection: one node or one edge, else nothing. */
export function selectionChange(nodes: readonly string[], edges: readonly string[]): Change & { op: "select" } {
  const single = nodes.length + edges.length === 1;
  return { op: "select", node: (single && nodes[0]) || null, edge: (single && edges[0]) || null };
}

const KIND_WORDS: Readonly<Record<GraphNode["kind"], string>> = {
  agent: "Agent",
  function: "Python function",
  http: "HTTP call",
  mcp: "MCP server",
  guardrail: "Guardrail",
};

const BADGE_WORDS: Readonly<Record<GraphNode["badges"][number], string>> = {
  entry: "starts the run",
  writes: "changes something",
  approval: "needs approval",
  output_schema: "structured output",
};

const EDGE_VERBS: Readonly<Record<GraphEdge["kind"], string>> = {
  handoff: "hands off to",
  as_tool: "calls as a tool",
  uses: "uses",
  guards: "guards",
};

export function kindWord(kind: GraphNode["kind"]): string {
  return KIND_WORDS[kind];
}

export function badgeWord(badge: GraphNode["badges"][number]): string {
  return BADGE_WORDS[badge];
}

/** All that the node shows, in one sentence for a screen reader. */
export function nodeLabel(node: GraphNode): string {
  const problems = node.problems.map((note) => `${note.severity}: ${note.message}`);
  const parts = [`${kindWord(node.kind)} ${node.title}`, node.subtitle, ...node.badges.map(badgeWord), ...problems];
  return parts.filter((part) => part !== "").join(", ");
}

export function edgeLabel(edge: GraphEdge): string {
  const text = edge.label ? `: ${edge.label}` : "";
  return `${edge.source} ${EDGE_VERBS[edge.kind]} ${edge.target}${text}`;
}
