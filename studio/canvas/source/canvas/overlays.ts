// Notes and groups: what is drawn beside the organization, and what a collapsed group hides.

import type { Node } from "@xyflow/react";
import type { FlowNode } from "./graph";
import { sizeOf } from "./layout";
import type { Change, Graph, GraphEdge, GraphNode, GroupBox, NoteBox, Point, Positions } from "./types";

export type NoteNode = Node<{ note: NoteBox }, "note">;
export type FrameNode = Node<{ group: GroupBox }, "frame">;
export type BoardNode = FlowNode | NoteNode | FrameNode;

const PADDING = 20;
const HEAD = 34;

/** Names of nodes never begin with a space, so nothing is mistaken for a note or a group. */
const NOTE = " note ";
const GROUP = " group ";

export function noteId(id: string): string {
  return NOTE + id;
}

export function groupId(name: string): string {
  return GROUP + name;
}

/** The note with this id on the board, else null. */
export function noteOf(id: string): string | null {
  return id.startsWith(NOTE) ? id.slice(NOTE.length) : null;
}

export function groupOf(id: string): string | null {
  return id.startsWith(GROUP) ? id.slice(GROUP.length) : null;
}

export function isNodeName(id: string): boolean {
  return noteOf(id) === null && groupOf(id) === null;
}

/** A node in a collapsed group is drawn as the group. */
export function drawnAs(graph: Graph, node: string): string {
  const box = graph.groups.find((group) => group.collapsed && group.members.includes(node));
  return box ? groupId(box.name) : node;
}

/** The graph with each collapsed group as one node, which the links of its members lead to. */
export function folded(graph: Graph): Graph {
  const closed = graph.groups.filter((group) => group.collapsed);
  if (closed.length === 0) return graph;
  const box = new Map(closed.flatMap(({ name, members }) => members.map((member) => [member, groupId(name)])));
  const boxes = closed.map((group) => boxNode(group, graph));
  return {
    ...graph,
    nodes: [...graph.nodes.filter((node) => !box.has(node.id)), ...boxes],
    edges: merged(graph.edges, (id) => box.get(id) ?? id),
  };
}

function boxNode({ name, members }: GroupBox, graph: Graph): GraphNode {
  const inside = graph.nodes.filter((node) => members.includes(node.id));
  const placed = inside.filter((node) => node.x !== null && node.y !== null);
  return {
    id: groupId(name),
    kind: "group",
    title: name,
    subtitle: inside.length === 1 ? "1 node" : `${inside.length} nodes`,
    badges: inside.some((node) => node.badges.includes("entry")) ? ["entry"] : [],
    ports: [],
    members,
    problems: inside.flatMap((node) => node.problems),
    x: placed.length === 0 ? null : Math.min(...placed.map((node) => node.x as number)),
    y: placed.length === 0 ? null : Math.min(...placed.map((node) => node.y as number)),
  };
}

/** Links between boxes: those of one kind between the same two become one. */
function merged(edges: readonly GraphEdge[], end: (id: string) => string): GraphEdge[] {
  const found = new Map<string, GraphEdge>();
  for (const edge of edges) {
    const [source, target] = [end(edge.source), end(edge.target)];
    const same = source === edge.source && target === edge.target;
    if (source === target && !same) continue;
    const port = source === edge.source ? edge.port : "";
    const key = same ? edge.id : `${edge.kind} ${source} ${port} ${target}`;
    const first = found.get(key);
    const count = (first?.count ?? 0) + 1;
    found.set(key, first ? { ...first, count, label: `${count} links` } : { ...edge, source, target, port, count });
  }
  return [...found.values()];
}

/** Frames of open groups and notes, in the order they are drawn: below all nodes. */
export function overlays(
  graph: Graph,
  nodes: readonly FlowNode[],
  places: Positions,
  drawn: readonly BoardNode[],
): readonly (FrameNode | NoteNode)[] {
  const before = new Map(drawn.map((node) => [node.id, node]));
  const kept = (id: string): { selected?: boolean; dragging?: boolean; measured?: { width?: number; height?: number } } => {
    const old = before.get(id);
    return {
      ...(old?.measured && { measured: old.measured }),
      ...(old?.selected !== undefined && { selected: old.selected }),
      ...(old?.dragging !== undefined && { dragging: old.dragging }),
    };
  };
  const frames = graph.groups.filter((group) => !group.collapsed).map((group): FrameNode => {
    const id = groupId(group.name);
    const frame = { id, type: "frame" as const, data: { group }, position: { x: 0, y: 0 }, zIndex: -2 };
    const label = `Group ${group.name}: ${group.members.join(", ")}`;
    return { ...kept(id), ...frame, dragHandle: ".tc-frame-head", style: { pointerEvents: "none" }, ariaLabel: label };
  });
  const notes = graph.notes.map((note): NoteNode => {
    const id = noteId(note.id);
    const old = before.get(id);
    const position = old?.dragging ? old.position : (places[id] ?? { x: note.x, y: note.y });
    const { width, height } = note;
    const label = `Note: ${note.text || "empty"}`;
    return { ...kept(id), id, type: "note", data: { note }, position, width, height, zIndex: -1, ariaLabel: label };
  });
  return [...frames.flatMap((frame) => framed(frame, nodes)), ...notes];
}

/** A frame around where its members are now; none without members on the board. */
function framed(frame: FrameNode, nodes: readonly FlowNode[]): FrameNode[] {
  const members = new Set(frame.data.group.members);
  const inside = nodes.filter((node) => members.has(node.id));
  if (inside.length === 0) return [];
  const sizes = inside.map((node) => ({ ...node.position, ...sizeOf(node.data.node) }));
  const x = Math.min(...sizes.map((box) => box.x)) - PADDING;
  const y = Math.min(...sizes.map((box) => box.y)) - HEAD;
  const width = Math.max(...sizes.map((box) => box.x + box.width)) + PADDING - x;
  const height = Math.max(...sizes.map((box) => box.y + box.height)) + PADDING - y;
  const same = frame.position.x === x && frame.position.y === y && frame.width === width && frame.height === height;
  return [same ? frame : { ...frame, position: { x, y }, width, height }];
}

/** The board with its frames around where their members are now. */
export function reframed(board: readonly BoardNode[]): readonly BoardNode[] {
  if (!board.some((node) => node.type === "frame")) return board;
  const nodes = board.filter((node): node is FlowNode => node.type === "troupe");
  return board.flatMap((node): BoardNode[] => (node.type === "frame" ? framed(node, nodes) : [node]));
}

/** Where the members of dragged frames go; `moves` are the new positions of what is dragged. */
export function carried(board: readonly BoardNode[], moves: Positions): Positions {
  const goals: Record<string, Point> = {};
  for (const frame of board) {
    const goal = moves[frame.id];
    if (frame.type !== "frame" || !goal) continue;
    const by = { x: goal.x - frame.position.x, y: goal.y - frame.position.y };
    for (const node of board) {
      if (!frame.data.group.members.includes(node.id) || moves[node.id]) continue;
      goals[node.id] = { x: node.position.x + by.x, y: node.position.y + by.y };
    }
  }
  return goals;
}

/** A change that says where nodes and notes went; a collapsed group takes its members along. */
export function moveOf(graph: Graph, gone: Positions, places: Positions): Change & { op: "move" } {
  const positions: Record<string, Point> = {};
  const notes: Record<string, Point> = {};
  for (const [id, goal] of Object.entries(gone)) {
    const [note, group, from] = [noteOf(id), groupOf(id), places[id]];
    if (note !== null) notes[note] = goal;
    else if (group === null) positions[id] = goal;
    else if (from) Object.assign(positions, shifted(graph, group, { x: goal.x - from.x, y: goal.y - from.y }));
  }
  return { op: "move", positions, notes };
}

function shifted(graph: Graph, name: string, by: Point): Positions {
  const members = graph.groups.find((group) => group.name === name)?.members ?? [];
  const inside = graph.nodes.filter((node) => members.includes(node.id) && node.x !== null && node.y !== null);
  return Object.fromEntries(
    inside.map(({ id, x, y }) => [id, { x: Math.round((x as number) + by.x), y: Math.round((y as number) + by.y) }]),
  );
}
