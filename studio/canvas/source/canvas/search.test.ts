import { expect, test } from "vitest";
import { GRAPH, node } from "./fixture";
import { found } from "./search";
import type { Graph } from "./types";

function names(graph: Pick<Graph, "nodes">, text: string): string[] {
  return found(graph, text).map(({ id }) => id);
}

test("nodes are found by name, kind and subtitle, in any case", () => {
  expect(names(GRAPH, "BILL")).toEqual(["billing"]);
  expect(names(GRAPH, "mcp server")).toEqual(["files", "docs"]);
  expect(names(GRAPH, "carrier.example")).toEqual(["track"]);
  expect(names(GRAPH, "agent gpt-5")).toEqual(["triage"]);
  expect(names(GRAPH, "nothing of the kind")).toEqual([]);
});

test("names come before other places, and beginnings before middles", () => {
  const graph = { nodes: [node("x", "agent"), node("An agent"), node("Agent 2")] };

  expect(names(graph, "agent")).toEqual(["Agent 2", "An agent", "x"]);
});

test("without words everything is listed as it stands", () => {
  expect(names(GRAPH, "  ")).toEqual(GRAPH.nodes.map(({ id }) => id));
});
