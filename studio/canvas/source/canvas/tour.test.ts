import { expect, test } from "vitest";
import { edge, flow, node } from "./fixture";
import { caption, tour } from "./tour";
import type { Graph, GraphNode } from "./types";

function at(id: string, x: number, y: number, kind: GraphNode["kind"] = "agent"): GraphNode {
  return { ...node(id, kind), x, y };
}

const DESK: Graph = {
  nodes: [
    at("lost", 0, 900),
    at("refund", 400, 300, "function"),
    at("lower", 300, 200),
    at("upper", 300, 0),
    at("rules", 0, 300, "guardrail"),
    { ...at("sort", 0, 100, "branch"), badges: ["entry"] },
    at("over", 600, 100, "end"),
  ],
  edges: [
    flow("sort", "no", "lower"),
    flow("sort", "yes", "upper"),
    edge("uses", "lower", "refund"),
    edge("guards", "rules", "upper"),
    flow("lower", "out", "over"),
    flow("upper", "out", "over"),
    flow("over", "again", "sort"),
  ],
  problems: [],
  notes: [],
  groups: [],
};

test("a presentation goes the way of a run, and shows what hangs on a node right after it", () => {
  expect(tour(DESK)).toEqual(["sort", "upper", "rules", "lower", "refund", "over", "lost"]);
});

test("every node is shown once, also where there is no start and all is a circle", () => {
  const circle: Graph = { ...DESK, nodes: [at("b", 1, 0), at("a", 0, 0)], edges: [flow("a", "out", "b"), flow("b", "out", "a")] };

  expect(tour(circle)).toEqual(["a", "b"]);
});

test("a node is told by what it is and where it leads", () => {
  expect(caption(DESK, "lower")).toBe("Agent · uses refund · goes on to over");
  expect(caption(DESK, "gone")).toBe("");
});
