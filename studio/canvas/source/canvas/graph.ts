// From Python's graph to what is drawn: pure functions.

import type { Edge, Node } from "@xyflow/react";
import { type Size, sizeOf } from "./layout";
import { linkKey } from "./links";
import { entryTop, handleOf, handleTop, type Shaped } from "./ports";
import type { Change, Graph, GraphEdge, GraphNode, GroupBox, Note, NoteBox, Positions } from "./types";

export type FlowNode = Node<{ node: GraphNode }, "troupe">;
export type FlowData = { readonly edge: GraphEdge; readonly ends: EndNodes };
export type FlowEdge = Edge<FlowData, "troupe">;

/** What the way of an edge depends on, besides where its nodes stand. */
export interface EndNodes {
  readonly sourceSize: Size;
  readonly targetSize: Size;
  /** How far its ends are below the upper borders of its nodes. */
  readonly sourceDrop: number;
  readonly targetDrop: number;
}

const UNKNOWN: Shaped = { kind: "agent", ports: [] };

/** Preact writes `tabIndex` as it stands, but names of SVG attributes tell capitals apart. */
const TABBABLE = { tabindex: 0 } as NonNullable<FlowEdge["domAttributes"]>;

/** The graph as it will be when Python agrees with what was done. */
export function expected(graph: Graph, changes: readonly Change[]): Graph {
  return changes.reduce(applied, graph);
}

function applied(graph: Graph, change: Change): Graph {
  switch (change.op) {
    case "move":
      return withNotes(withPlaces(graph, change.positions), (note) => ({ ...note, ...change.notes[note.id] }));
    case "layout":
      return withPlaces(graph, change.positions);
    case "change_note":
      return withNotes(graph, (note) => (note.id === change.id ? noteIn(change) : note));
    case "change_group":
      return { ...graph, groups: graph.groups.map((group) => (group.name === change.group ? regrouped(group, change) : group)) };
    case "connect":
      return { ...graph, edges: [...graph.edges, newEdge(change)] };
    case "delete":
      return withoutDrawing(deleted(graph, new Set(change.nodes), new Set(change.edges)), change);
    case "add":
    case "add_note":
    case "group":
    case "align":
    case "duplicate":
    case "copy":
    case "paste":
    case "select":
    case "present":
    case "undo":
    case "redo":
      return graph;
  }
}

function withPlaces(graph: Graph, positions: Positions): Graph {
  return { ...graph, nodes: graph.nodes.map((node) => ({ ...node, ...positions[node.id] })) };
}

function withNotes(graph: Graph, change: (note: NoteBox) => NoteBox): Graph {
  return { ...graph, notes: graph.notes.map(change) };
}

function noteIn({ op: _, ...note }: Change & { op: "change_note" }): NoteBox {
  return note;
}

function regrouped(group: GroupBox, { name, collapsed }: Change & { op: "change_group" }): GroupBox {
  return { ...group, name, collapsed };
}

function withoutDrawing(graph: Graph, { notes, groups }: Change & { op: "delete" }): Graph {
  return {
    ...graph,
    notes: graph.notes.filter((note) => !notes.includes(note.id)),
    groups: graph.groups.filter((group) => !groups.includes(group.name)),
  };
}

function newEdge({ kind, source, target, port }: Change & { op: "connect" }): GraphEdge {
  const id = linkKey(kind, source, target, port ?? "");
  return { id, kind, source, target, port: port ?? "", label: "", problems: [] };
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
export function flowNodes(graph: Graph, places: Positions, drawn: readonly Node[]): FlowNode[] {
  const before = new Map(drawn.map((node) => [node.id, node]));
  return graph.nodes.map((node) => {
    const old = before.get(node.id);
    return {
      id: node.id,
      type: "troupe",
      ...sizeOf(node),
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
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  return graph.edges.map((edge) => ({
    id: edge.id,
    type: "troupe",
    source: edge.source,
    target: edge.target,
    sourceHandle: nodes.get(edge.source)?.kind === "group" ? "group" : handleOf(edge.kind, edge.port),
    targetHandle: "in",
    ...(isLink(edge) ? { domAttributes: TABBABLE } : { selectable: false, focusable: false }),
    data: { edge, ends: endNodes(edge, nodes.get(edge.source) ?? UNKNOWN, nodes.get(edge.target) ?? UNKNOWN) },
    selected: selected.has(edge.id),
    ariaLabel: edgeLabel(edge),
  }));
}

/** Whether it is one link that can be selected. */
function isLink({ kind, count = 1 }: GraphEdge): boolean {
  return kind !== "asks" && count === 1;
}

function endNodes(edge: GraphEdge, source: Shaped, target: Shaped): EndNodes {
  const sourceDrop = handleTop(source, handleOf(edge.kind, edge.port));
  return { sourceSize: sizeOf(source), targetSize: sizeOf(target), sourceDrop, targetDrop: entryTop(target) };
}

/** Where the drawn nodes stand differently from where they were put. */
export function moved(drawn: readonly Node[], places: Positions): Positions {
  const elsewhere = drawn.filter(({ id, position }) => {
    const place = places[id];
    return place !== undefined && (place.x !== position.x || place.y !== position.y);
  });
  return Object.fromEntries(elsewhere.map(({ id, position }) => [id, position]));
}

const KIND_WORDS: Readonly<Record<GraphNode["kind"], string>> = {
  agent: "Agent",
  function: "Python function",
  http: "HTTP call",
  mcp: "MCP server",
  guardrail: "Guardrail",
  parallel: "Parallel step",
  map: "Map step",
  join: "Join step",
  branch: "Branch step",
  loop: "Loop step",
  approval: "Approval step",
  transform: "Transform step",
  end: "End step",
  group: "Group",
};

const BADGE_WORDS: Readonly<Record<GraphNode["badges"][number], string>> = {
  entry: "starts the run",
  writes: "changes something",
  approval: "needs approval",
  output_schema: "structured output",
};

export const EDGE_VERBS: Readonly<Record<GraphEdge["kind"], string>> = {
  flow: "goes on to",
  handoff: "hands off to",
  as_tool: "calls as a tool",
  uses: "uses",
  guards: "guards",
  asks: "has its branches joined by",
};

export function kindWord(kind: GraphNode["kind"]): string {
  return KIND_WORDS[kind];
}

export function badgeWord(badge: GraphNode["badges"][number]): string {
  return BADGE_WORDS[badge];
}

/** All that the node shows, in one sentence for a screen reader. */
export function nodeLabel(node: GraphNode): string {
  const badges = node.badges.map(badgeWord);
  const parts = [`${kindWord(node.kind)} ${node.title}`, node.subtitle, ...badges, ...node.problems.map(noteWords)];
  return parts.filter((part) => part !== "").join(", ");
}

export function edgeLabel(edge: GraphEdge): string {
  const text = edge.label ? `: ${edge.label}` : "";
  const what = `${edge.source} ${EDGE_VERBS[edge.kind]} ${edge.target}${text}`;
  return [what, ...edge.problems.map(noteWords)].join(", ");
}

function noteWords(note: Note): string {
  return `${note.severity}: ${note.message}`;
}
