// Which links are possible.

import type { EdgeKind, Graph, GraphNode, NodeKind } from "./types";

/** A place on a node from which links are drawn, named for what it makes. */
export type SourceHandle = "handoff" | "tool" | "guard";

export const EDGE_NAMES: Readonly<Record<EdgeKind, string>> = {
  handoff: "Handoff",
  as_tool: "Agent as tool",
  uses: "Uses tool",
  guards: "Guards",
};

export function linkKey(kind: EdgeKind, source: string, target: string): string {
  return `${kind}:${source}→${target}`;
}

export function sourceHandles(kind: NodeKind): readonly SourceHandle[] {
  if (kind === "agent") return ["handoff", "tool"];
  return kind === "guardrail" ? ["guard"] : [];
}

export function handleOf(kind: EdgeKind): SourceHandle {
  if (kind === "handoff") return "handoff";
  return kind === "guards" ? "guard" : "tool";
}

/** The kind of link that a drag from this handle to such a node makes, or null when there is none. */
export function linkKind(handle: SourceHandle, target: NodeKind): EdgeKind | null {
  const toAgent = target === "agent";
  if (handle === "guard") return toAgent ? "guards" : null;
  if (handle === "handoff") return toAgent ? "handoff" : null;
  if (target === "guardrail") return null;
  return toAgent ? "as_tool" : "uses";
}

/** Why a link cannot be made, in words for a person; null when it can. */
export function refusal(graph: Graph, source: string, handle: SourceHandle, target: string): string | null {
  const to = nodeById(graph, target);
  if (!to) return "Drop it on a node.";
  if (source === target) return "A node cannot be linked to itself.";
  const kind = linkKind(handle, to.kind);
  if (kind === null) return wrongKind(handle, to.kind);
  const exists = graph.edges.some((edge) => edge.id === linkKey(kind, source, target));
  return exists ? `${source} and ${target} already have this link.` : null;
}

export interface PossibleLink {
  readonly kind: EdgeKind;
  readonly target: GraphNode;
}

/** All links that could still be drawn from a node. */
export function possibleLinks(graph: Graph, source: string): readonly PossibleLink[] {
  const from = nodeById(graph, source);
  if (!from) return [];
  return graph.nodes.flatMap((target) =>
    sourceHandles(from.kind).flatMap((handle) => {
      const kind = linkKind(handle, target.kind);
      return kind !== null && refusal(graph, source, handle, target.id) === null ? [{ kind, target }] : [];
    }),
  );
}

function wrongKind(handle: SourceHandle, target: NodeKind): string {
  if (handle === "guard") return "A guardrail guards agents only.";
  if (target === "guardrail") return "Link a guardrail from its own handle to the agent it guards.";
  return "A handoff goes to an agent. Use the lower handle to give an agent a tool.";
}

function nodeById(graph: Graph, id: string): GraphNode | undefined {
  return graph.nodes.find((node) => node.id === id);
}
