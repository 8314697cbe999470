// The JSON that Python's tests read too.

import shared from "../../../../tests/studio/canvas/graph_fixture.json";
import type { Change, Graph, GraphEdge, GraphNode } from "./types";

export const GRAPH = shared.graph as Graph;
export const CHANGES = shared.changes as unknown as readonly Change[];

export function node(id: string, kind: GraphNode["kind"] = "agent", x: number | null = null): GraphNode {
  return { id, kind, title: id, subtitle: "", badges: [], problems: [], x, y: x };
}

export function edge(kind: GraphEdge["kind"], source: string, target: string, label = ""): GraphEdge {
  return { id: `${kind}:${source}→${target}`, kind, source, target, label };
}
