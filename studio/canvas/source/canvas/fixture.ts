// The JSON that Python's tests read too.

import shared from "../../../../tests/studio/canvas/graph_fixture.json";
import type { Change, Graph, GraphEdge, GraphNode, NodeKind } from "./types";

export const GRAPH = shared.graph as unknown as Graph;
export const CHANGES = shared.changes as unknown as readonly Change[];

const PORTS: Partial<Record<NodeKind, readonly string[]>> = {
  agent: ["out", "error"],
  branch: ["yes", "no", "default"],
  loop: ["body", "done", "error"],
  parallel: ["branch", "error"],
};

export function node(id: string, kind: GraphNode["kind"] = "agent", x: number | null = null): GraphNode {
  return { id, kind, title: id, subtitle: "", badges: [], ports: PORTS[kind] ?? [], problems: [], x, y: x };
}

export function edge(kind: GraphEdge["kind"], source: string, target: string, label = ""): GraphEdge {
  return { id: `${kind}:${source}→${target}`, kind, source, target, port: "", label, problems: [] };
}

export function flow(source: string, port: string, target: string): GraphEdge {
  return { ...edge("flow", source, target), id: `flow:${source}.${port}→${target}`, port };
}
