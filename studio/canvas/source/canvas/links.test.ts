import { expect, test } from "vitest";
import { flow, GRAPH, node } from "./fixture";
import { linkKey, linkKind, linkName, openHandles, possibleLinks, refusal } from "./links";
import { handleOf } from "./ports";
import type { Graph } from "./types";

const FLOW: Graph = {
  nodes: [node("a"), node("b"), node("All", "parallel"), node("Kind?", "branch"), node("Over", "end")],
  edges: [flow("a", "out", "Kind?"), flow("Kind?", "yes", "b"), flow("All", "branch", "a")],
  problems: [],
  notes: [],
  groups: [],
};

test("keys are the ones that Python gives", () => {
  for (const { id, kind, source, target, port } of GRAPH.edges) {
    expect(linkKey(kind, source, target, port)).toBe(id);
  }
});

test.each([
  ["handoff", "agent", "handoff"],
  ["handoff", "function", null],
  ["handoff", "branch", null],
  ["tool", "agent", "as_tool"],
  ["tool", "http", "uses"],
  ["tool", "mcp", "uses"],
  ["tool", "guardrail", null],
  ["tool", "loop", null],
  ["guard", "agent", "guards"],
  ["guard", "function", null],
  ["guard", "join", null],
  ["flow:yes", "agent", "flow"],
  ["flow:yes", "end", "flow"],
  ["flow:yes", "mcp", null],
  ["flow:yes", "guardrail", null],
] as const)("from the %s handle to a %s: %s", (handle, target, kind) => {
  expect(linkKind(handle, target)).toBe(kind);
  if (kind) expect(handleOf(kind, "yes")).toBe(handle);
});

test("what cannot be linked is refused with a reason", () => {
  expect(refusal(GRAPH, "triage", "handoff", "triage")).toBe("A node cannot be linked to itself.");
  expect(refusal(GRAPH, "triage", "handoff", "billing")).toBe("triage and billing already have this link.");
  expect(refusal(GRAPH, "triage", "handoff", "refund")).toMatch(/^A handoff goes to an agent/);
  expect(refusal(GRAPH, "Polite", "guard", "refund")).toBe("A guardrail guards agents only.");
  expect(refusal(GRAPH, "triage", "tool", "Polite")).toMatch(/own handle/);
  expect(refusal(GRAPH, "triage", "tool", "gone")).toBe("Drop it on a node.");
  expect(refusal(GRAPH, "triage", "flow:out", "refund")).toMatch(/^The flow goes on to an agent or a step/);
  expect(refusal(GRAPH, "triage", "handoff", "Kind?")).toMatch(/reached by the flow only/);
});

test("one flow link leaves each port, but as many as one likes a parallel step", () => {
  expect(refusal(FLOW, "a", "flow:out", "b")).toMatch(/^a leads to Kind\? already/);
  expect(refusal(FLOW, "Kind?", "flow:yes", "Over")).toMatch(/^'yes' of Kind\? leads to b already/);
  expect(refusal(FLOW, "Kind?", "flow:no", "b")).toBeNull();
  expect(refusal(FLOW, "All", "flow:branch", "b")).toBeNull();
  expect(refusal(FLOW, "All", "flow:branch", "a")).toMatch(/already have this link/);
});

test("two agents can have a handoff and a tool link, in both directions", () => {
  expect(refusal(GRAPH, "triage", "tool", "billing")).toBeNull();
  expect(refusal(GRAPH, "billing", "handoff", "triage")).toBeNull();
});

test("the keyboard is offered just what the pointer could draw", () => {
  const offers = possibleLinks(GRAPH, "billing").map((link) => `${linkName(link)} → ${link.target.id}`);

  expect(offers).toEqual([
    "Handoff → triage",
    "Flow · error → triage",
    ...["Uses tool → track", "Uses tool → files", "Uses tool → docs"],
    ...["Flow · error → Kind?", "Flow · error → Over"],
  ]);
  expect(possibleLinks(GRAPH, "refund")).toEqual([]);
  expect(possibleLinks(GRAPH, "Over")).toEqual([]);
  expect(possibleLinks(GRAPH, "gone")).toEqual([]);
});

test("ways out that lead somewhere are not open any more", () => {
  expect(openHandles(FLOW, "Kind?")).toEqual(["flow:no", "flow:default"]);
  expect(openHandles({ ...FLOW, nodes: FLOW.nodes.slice(0, 1) }, "a")).toEqual([]);
});
