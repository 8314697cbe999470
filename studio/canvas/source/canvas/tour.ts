// The way through an organization that a presentation takes, and what is said of each node.

import { EDGE_VERBS, kindWord } from "./graph";
import type { EdgeKind, Graph, GraphNode } from "./types";

const AHEAD: ReadonlySet<EdgeKind> = new Set<EdgeKind>(["flow", "handoff", "as_tool", "asks"]);

/** All nodes in the order in which a run meets them: from the start, near ones first, upper ones before lower ones.
 * What hangs on a node (its tools, its guardrails) comes right after it. */
export function tour(graph: Graph): readonly string[] {
  const inPlace = [...graph.nodes].sort(byPlace).map(({ id }) => id);
  const place = new Map(inPlace.map((id, index) => [id, index]));
  const starts = graph.nodes.filter((node) => node.badges.includes("entry")).map(({ id }) => id);
  // What nothing leads to comes last; agents and steps before the tools that hang on them.
  const main = inPlace.filter((id) => graph.edges.some((edge) => edge.source === id && AHEAD.has(edge.kind)));
  const seen = new Set<string>();
  for (const start of [...starts, ...main, ...inPlace]) {
    const waiting = [start];
    for (const id of waiting) {
      if (seen.has(id)) continue;
      seen.add(id);
      for (const hanging of sorted(hangingOn(graph, id), place)) seen.add(hanging);
      waiting.push(...sorted(aheadOf(graph, id), place));
    }
  }
  return [...seen];
}

/** What a node is, and where it leads, in words. */
export function caption(graph: Graph, id: string): string {
  const node = graph.nodes.find((each) => each.id === id);
  if (!node) return "";
  const leaving = new Map<EdgeKind, string[]>();
  for (const { kind, source, target } of graph.edges) {
    if (source === id) leaving.set(kind, [...new Set([...(leaving.get(kind) ?? []), titleOf(graph, target)])]);
  }
  const ways = [...leaving].map(([kind, targets]) => `${EDGE_VERBS[kind]} ${targets.join(", ")}`);
  return [kindWord(node.kind), node.subtitle, ...ways].filter((part) => part !== "").join(" · ");
}

function aheadOf(graph: Graph, id: string): string[] {
  return graph.edges.filter((edge) => edge.source === id && AHEAD.has(edge.kind)).map((edge) => edge.target);
}

function hangingOn(graph: Graph, id: string): string[] {
  return graph.edges.flatMap((edge) => {
    if (edge.kind === "uses" && edge.source === id) return [edge.target];
    return edge.kind === "guards" && edge.target === id ? [edge.source] : [];
  });
}

function sorted(ids: readonly string[], place: ReadonlyMap<string, number>): string[] {
  return [...ids].sort((one, other) => (place.get(one) ?? 0) - (place.get(other) ?? 0));
}

function byPlace(one: GraphNode, other: GraphNode): number {
  return (one.y ?? 0) - (other.y ?? 0) || (one.x ?? 0) - (other.x ?? 0);
}

function titleOf(graph: Graph, id: string): string {
  return graph.nodes.find((node) => node.id === id)?.title ?? id;
}
