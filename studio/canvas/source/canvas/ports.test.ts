import { expect, test } from "vitest";
import { GRAPH, node } from "./fixture";
import { sizeOf } from "./layout";
import { entryTop, flowHandle, handleOf, handleTop, hasRows, portOf, sourceHandles, ways } from "./ports";

const BRANCH = node("Kind?", "branch");

test("a case cannot be mistaken for another kind of link", () => {
  expect(portOf(flowHandle("tool"))).toBe("tool");
  expect(portOf("tool")).toBeNull();
});

test("each kind of link leaves from its own handle", () => {
  expect(GRAPH.edges.map(({ kind, port }) => handleOf(kind, port))).toEqual([
    ...["handoff", "tool", "tool", "tool", "guard"],
    ...["flow:out", "flow:large", "flow:small"],
  ]);
});

test("several ways out stand in rows below the head, within the node", () => {
  const tops = ways(BRANCH).map((port) => handleTop(BRANCH, flowHandle(port)));

  expect(hasRows(BRANCH)).toBe(true);
  expect(tops).toEqual([57, 79, 101]);
  expect(Math.max(...tops)).toBeLessThan(sizeOf(BRANCH).height);
});

test("a step with one way out has no rows, and the error edge is none of them", () => {
  const parallel = node("All", "parallel");

  expect(ways(parallel)).toEqual(["branch"]);
  expect(hasRows(parallel)).toBe(false);
  expect(handleTop(parallel, "flow:branch")).toBe(entryTop(parallel));
});

test("the flow goes straight through an agent", () => {
  const agent = node("a");

  expect(sourceHandles(agent)).toEqual(["handoff", "tool", "flow:out", "flow:error"]);
  expect(handleTop(agent, "flow:out")).toBe(entryTop(agent));
});

test("nothing leaves the end of a run", () => {
  expect(sourceHandles(node("Over", "end"))).toEqual([]);
});
