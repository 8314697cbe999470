import { expect, test } from "vitest";
import { edge, flow, node } from "./fixture";
import { flowNodes } from "./graph";
import { carried, folded, groupId, moveOf, noteId, overlays, reframed } from "./overlays";
import type { Graph } from "./types";

const NOTE = { id: "note-1", text: "Why?", x: 500, y: 0, width: 200, height: 80 };

function graph(collapsed: boolean): Graph {
  return {
    nodes: [node("a", "agent", 0), node("b", "agent", 300), node("c", "agent", 600)],
    edges: [edge("handoff", "a", "b"), edge("handoff", "a", "c"), edge("handoff", "b", "c"), flow("c", "out", "a")],
    problems: [],
    notes: [NOTE],
    groups: [{ name: "Work", members: ["a", "b"], collapsed }],
  };
}

test("a collapsed group is one box where its members were, and its links lead to the box", () => {
  const { nodes, edges } = folded(graph(true));

  expect(nodes.map(({ id }) => id)).toEqual(["c", groupId("Work")]);
  expect(nodes[1]).toMatchObject({ kind: "group", title: "Work", subtitle: "2 nodes", x: 0, y: 0 });
  expect(edges.map(({ source, target, label }) => [source, target, label])).toEqual([
    [groupId("Work"), "c", "2 links"],
    ["c", groupId("Work"), ""],
  ]);
});

test("an open group changes nothing in the graph", () => {
  expect(folded(graph(false))).toEqual(graph(false));
});

test("an open group is framed, and the frame follows its members", () => {
  const nodes = flowNodes(graph(false), { a: { x: 0, y: 0 }, b: { x: 300, y: 100 } }, []);
  const board = [...overlays(graph(false), nodes, {}, []), ...nodes];

  expect(board[0]).toMatchObject({ position: { x: -20, y: -34 }, width: 552, height: 214 });
  const moved = board.map((each) => (each.id === "a" ? { ...each, position: { x: -100, y: 0 } } : each));
  expect(reframed(moved)[0]).toMatchObject({ position: { x: -120, y: -34 }, width: 652 });
});

test("what is in a dragged frame goes along, but not what is dragged itself", () => {
  const nodes = flowNodes(graph(false), { a: { x: 0, y: 0 }, b: { x: 300, y: 100 } }, []);
  const board = [...overlays(graph(false), nodes, {}, []), ...nodes];

  expect(carried(board, { [groupId("Work")]: { x: -10, y: -30 } })).toEqual({
    a: { x: 10, y: 4 },
    b: { x: 310, y: 104 },
  });
  expect(Object.keys(carried(board, { [groupId("Work")]: { x: 0, y: 0 }, a: { x: 9, y: 9 } }))).toEqual(["b"]);
});

test("moves tell nodes from notes, and a collapsed box takes its members along", () => {
  const gone = { c: { x: 1, y: 2 }, [noteId("note-1")]: { x: 3, y: 4 }, [groupId("Work")]: { x: 50, y: 20 } };

  expect(moveOf(graph(true), gone, { [groupId("Work")]: { x: 0, y: 0 } })).toEqual({
    op: "move",
    positions: { c: { x: 1, y: 2 }, a: { x: 50, y: 20 }, b: { x: 350, y: 320 } },
    notes: { "note-1": { x: 3, y: 4 } },
  });
});
