// The ways out of a node: which there are, and where on its border their handles stand.

import type { EdgeKind, GraphNode, NodeKind, StepKind } from "./types";

/** A place on a node from which links are drawn, named for what it makes; a flow link's one names its port too. */
export type FlowHandle = `flow:${string}`;
export type SourceHandle = "handoff" | "tool" | "guard" | FlowHandle;
/** Where the links of a collapsed group leave it; none can be drawn from there. */
export const GROUP_HANDLE = "group";
/** Where the line to a join's agent leaves it; none can be drawn from there. */
export const ASKS_HANDLE = "asks";

/** What sizes and handles depend on. */
export type Shaped = Pick<GraphNode, "kind" | "ports">;

export const ERROR = "error";
/** The part of a step that says what it is; its ways out follow below when there are several. */
export const HEAD = 46;
export const ROW = 22;
export const FOOT = 6;
export const AGENT_HEIGHT = 60;

const STEPS: ReadonlySet<NodeKind> = new Set<StepKind>([
  "parallel",
  "map",
  "join",
  "branch",
  "loop",
  "approval",
  "transform",
  "end",
]);

export function isStep(kind: NodeKind): boolean {
  return STEPS.has(kind);
}

export function flowHandle(port: string): FlowHandle {
  return `flow:${port}`;
}

/** The port of a flow handle; null for the handles of other links. */
export function portOf(handle: SourceHandle): string | null {
  return handle.startsWith("flow:") ? handle.slice("flow:".length) : null;
}

/** The ways out other than the error edge. */
export function ways(node: Shaped): readonly string[] {
  return node.ports.filter((port) => port !== ERROR);
}

/** Whether the ways out stand in rows of their own, each with its name. */
export function hasRows(node: Shaped): boolean {
  return isStep(node.kind) && ways(node).length > 1;
}

export function sourceHandles(node: Shaped): readonly SourceHandle[] {
  const flow = node.ports.map(flowHandle);
  if (node.kind === "agent") return ["handoff", "tool", ...flow];
  return node.kind === "guardrail" ? ["guard"] : flow;
}

export function handleOf(kind: EdgeKind, port: string): SourceHandle | typeof ASKS_HANDLE {
  switch (kind) {
    case "handoff":
      return "handoff";
    case "guards":
      return "guard";
    case "flow":
      return flowHandle(port);
    case "asks":
      return ASKS_HANDLE;
    case "as_tool":
    case "uses":
      return "tool";
  }
}

/** How far below the upper border a handle on the right side stands. */
export function handleTop(node: Shaped, handle: SourceHandle | typeof ASKS_HANDLE): number {
  if (handle === ASKS_HANDLE) return HEAD - 10;
  const port = portOf(handle);
  if (node.kind === "agent") {
    if (port !== null) return AGENT_HEIGHT / 2;
    return handle === "handoff" ? 13 : AGENT_HEIGHT - 13;
  }
  if (port !== null && hasRows(node)) return HEAD + ROW * (Math.max(0, ways(node).indexOf(port)) + 0.5);
  return HEAD / 2;
}

/** How far below the upper border links arrive at the left side. */
export function entryTop(node: Shaped): number {
  return node.kind === "agent" ? AGENT_HEIGHT / 2 : HEAD / 2;
}
