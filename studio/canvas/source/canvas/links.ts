// Which links are possible.

import { ERROR, isStep, portOf, type SourceHandle, sourceHandles } from "./ports";
import type { EdgeKind, Graph, GraphNode, NodeKind } from "./types";

export const EDGE_NAMES: Readonly<Record<EdgeKind, string>> = {
  flow: "Flow",
  handoff: "Handoff",
  as_tool: "Agent as tool",
  uses: "Uses tool",
  guards: "Guards",
  asks: "Joining agent",
};

const OWN_HANDLE = "Link a guardrail from its own handle to the agent it guards.";

export function linkKey(kind: EdgeKind, source: string, target: string, port = ""): string {
  return kind === "flow" ? `flow:${source}.${port}→${target}` : `${kind}:${source}→${target}`;
}

/** The kind of link that a drag from this handle to such a node makes, or null when there is none. */
export function linkKind(handle: SourceHandle, target: NodeKind): EdgeKind | null {
  if (target === "group") return null;
  const toAgent = target === "agent";
  if (portOf(handle) !== null) return toAgent || isStep(target) ? "flow" : null;
  if (handle === "guard") return toAgent ? "guards" : null;
  if (handle === "handoff") return toAgent ? "handoff" : null;
  if (target === "guardrail" || isStep(target)) return null;
  return toAgent ? "as_tool" : "uses";
}

/** Why a link cannot be made, in words for a person; null when it can. */
export function refusal(graph: Graph, source: string, handle: SourceHandle, target: string): string | null {
  const to = nodeById(graph, target);
  if (!to) return "Drop it on a node.";
  if (source === target) return "A node cannot be linked to itself.";
  const kind = linkKind(handle, to.kind);
  if (kind === null) return wrongKind(handle, to.kind);
  const port = portOf(handle) ?? "";
  const exists = graph.edges.some((edge) => edge.id === linkKey(kind, source, target, port));
  if (exists) return `${source} and ${target} already have this link.`;
  return kind === "flow" ? takenPort(graph, source, port) : null;
}

/** Only a parallel step goes several ways at once. */
function takenPort(graph: Graph, source: string, port: string): string | null {
  if (nodeById(graph, source)?.kind === "parallel" && port !== ERROR) return null;
  const other = graph.edges.find((edge) => edge.kind === "flow" && edge.source === source && edge.port === port);
  if (!other) return null;
  const way = port === "out" ? source : `'${port}' of ${source}`;
  return `${way} leads to ${other.target} already. Delete that link first, or put a parallel step between.`;
}

export interface PossibleLink {
  readonly kind: EdgeKind;
  readonly handle: SourceHandle;
  readonly target: GraphNode;
}

/** All links that could still be drawn from a node. */
export function possibleLinks(graph: Graph, source: string): readonly PossibleLink[] {
  const from = nodeById(graph, source);
  if (!from) return [];
  return graph.nodes.flatMap((target) =>
    sourceHandles(from).flatMap((handle) => {
      const kind = linkKind(handle, target.kind);
      const fits = kind !== null && refusal(graph, source, handle, target.id) === null;
      return fits ? [{ kind, handle, target }] : [];
    }),
  );
}

/** The handles that some link could still be drawn from, in the order of the node. */
export function openHandles(graph: Graph, source: string): readonly SourceHandle[] {
  const from = nodeById(graph, source);
  const open = new Set(possibleLinks(graph, source).map(({ handle }) => handle));
  return from ? sourceHandles(from).filter((handle) => open.has(handle)) : [];
}

/** What a link from this handle is called in a list. */
export function handleName(handle: SourceHandle): string {
  const port = portOf(handle);
  if (port === null) return { handoff: "handoff", tool: "tool", guard: "guards" }[handle as "handoff"];
  return port === "out" ? "next" : port;
}

/** The kind of a link, and its port where that says something. */
export function linkName({ kind, handle }: Pick<PossibleLink, "kind" | "handle">): string {
  const port = portOf(handle);
  return port === null || port === "out" ? EDGE_NAMES[kind] : `${EDGE_NAMES[kind]} · ${port}`;
}

function wrongKind(handle: SourceHandle, target: NodeKind): string {
  if (target === "group") return "Expand the group first, then link to a node in it.";
  if (handle === "guard") return "A guardrail guards agents only.";
  if (target === "guardrail") return OWN_HANDLE;
  if (portOf(handle) !== null) return "The flow goes on to an agent or a step. Tools hang on an agent's lower handle.";
  if (isStep(target)) return "A step is reached by the flow only. Draw from the middle handle of the agent.";
  return "A handoff goes to an agent. Use the lower handle to give an agent a tool.";
}

function nodeById(graph: Graph, id: string): GraphNode | undefined {
  return graph.nodes.find((node) => node.id === id);
}
