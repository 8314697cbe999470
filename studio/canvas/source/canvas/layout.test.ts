import { expect, test } from "vitest";
import { edge, GRAPH, node } from "./fixture";
import { arranged, freePlace, placed, sizeOf, unplaced } from "./layout";
import type { Graph, Point, Positions } from "./types";

const CHAIN: Graph = {
  nodes: [node("a"), node("b"), node("t", "function")],
  edges: [edge("handoff", "a", "b"), edge("uses", "b", "t"), edge("handoff", "b", "a")],
  problems: [],
  notes: [],
  groups: [],
};

function at(positions: Positions, id: string): Point {
  return positions[id] as Point;
}

test("an arrangement leads from left to right, also around a circle of handoffs", () => {
  const positions = arranged(CHAIN);

  expect(at(positions, "a").x + sizeOf(node("a")).width).toBeLessThan(at(positions, "b").x);
  expect(at(positions, "b").x + sizeOf(node("a")).width).toBeLessThan(at(positions, "t").x);
});

test("a label gets room between its nodes", () => {
  const labelled = { ...CHAIN, edges: [edge("handoff", "a", "b", "money questions"), ...CHAIN.edges.slice(1)] };

  expect(at(arranged(labelled), "b").x).toBeGreaterThan(at(arranged(CHAIN), "b").x);
});

test("no two nodes cover each other, whether placed or not", () => {
  const positions = placed(GRAPH, {});

  expect(Object.keys(positions)).toHaveLength(GRAPH.nodes.length);
  for (const one of GRAPH.nodes) {
    for (const other of GRAPH.nodes) {
      if (one.id >= other.id) continue;
      const [p, q] = [at(positions, one.id), at(positions, other.id)];
      const apart =
        p.x + sizeOf(one).width <= q.x ||
        q.x + sizeOf(other).width <= p.x ||
        p.y + sizeOf(one).height <= q.y ||
        q.y + sizeOf(other).height <= p.y;
      expect(apart, `${one.id} and ${other.id}`).toBe(true);
    }
  }
});

test("a node stands where Python says, else where it stood before", () => {
  const graph = { ...CHAIN, nodes: [node("a", "agent", 7), node("b")] };

  expect(placed(graph, { a: { x: 1, y: 1 }, b: { x: 500, y: 2 } })).toEqual({
    a: { x: 7, y: 7 },
    b: { x: 500, y: 2 },
  });
});

test("only nodes without a place of their own go with the first change", () => {
  const graph = { ...CHAIN, nodes: [node("a", "agent", 7), node("b")] };

  expect(unplaced(graph, { a: { x: 7, y: 7 }, b: { x: 500, y: 2 } })).toEqual({ b: { x: 500, y: 2 } });
});

test("a new node does not hide another one", () => {
  const place = freePlace({ x: 10.4, y: 20 }, [
    { x: 10, y: 20 },
    { x: 34, y: 44 },
  ]);

  expect(place).toEqual({ x: 58, y: 68 });
});
