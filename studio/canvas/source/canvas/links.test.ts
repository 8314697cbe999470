import { expect, test } from "vitest";
import { GRAPH } from "./fixture";
import { handleOf, linkKey, linkKind, possibleLinks, refusal } from "./links";

test("keys are the ones that Python gives", () => {
  for (const { id, kind, source, target } of GRAPH.edges) expect(linkKey(kind, source, target)).toBe(id);
});

test.each([
  ["handoff", "agent", "handoff"],
  ["handoff", "function", null],
  ["tool", "agent", "as_tool"],
  ["tool", "http", "uses"],
  ["tool", "mcp", "uses"],
  ["tool", "guardrail", null],
  ["guard", "agent", "guards"],
  ["guard", "function", null],
] as const)("from the %s handle to a %s: %s", (handle, target, kind) => {
  expect(linkKind(handle, target)).toBe(kind);
  if (kind) expect(handleOf(kind)).toBe(handle);
});

test("what cannot be linked is refused with a reason", () => {
  expect(refusal(GRAPH, "triage", "handoff", "triage")).toBe("A node cannot be linked to itself.");
  expect(refusal(GRAPH, "triage", "handoff", "billing")).toBe("triage and billing already have this link.");
  expect(refusal(GRAPH, "triage", "handoff", "refund")).toMatch(/^A handoff goes to an agent/);
  expect(refusal(GRAPH, "Polite", "guard", "refund")).toBe("A guardrail guards agents only.");
  expect(refusal(GRAPH, "triage", "tool", "Polite")).toMatch(/own handle/);
  expect(refusal(GRAPH, "triage", "tool", "gone")).toBe("Drop it on a node.");
});

test("two agents can have a handoff and a tool link, in both directions", () => {
  expect(refusal(GRAPH, "triage", "tool", "billing")).toBeNull();
  expect(refusal(GRAPH, "billing", "handoff", "triage")).toBeNull();
});

test("the keyboard is offered just what the pointer could draw", () => {
  const offers = possibleLinks(GRAPH, "billing").map(({ kind, target }) => `${kind} ${target.id}`);

  expect(offers).toEqual(["handoff triage", "uses track", "uses files", "uses docs"]);
  expect(possibleLinks(GRAPH, "refund")).toEqual([]);
  expect(possibleLinks(GRAPH, "gone")).toEqual([]);
});
