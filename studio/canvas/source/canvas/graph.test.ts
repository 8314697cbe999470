import { expect, test } from "vitest";
import { CHANGES, edge, flow, GRAPH, node } from "./fixture";
import { edgeLabel, expected, flowEdges, type FlowNode, flowNodes, moved, nodeLabel } from "./graph";
import { placed } from "./layout";
import type { Change, Graph } from "./types";

const PLACES = placed(GRAPH, {});

function change<Op extends Change["op"]>(op: Op): Change & { op: Op } {
  return CHANGES.find((each) => each.op === op) as Change & { op: Op };
}

test("every node and edge of Python's graph is drawn, at its place", () => {
  const nodes = flowNodes(GRAPH, PLACES, []);
  const edges = flowEdges(GRAPH, []);

  expect(nodes.map(({ id }) => id)).toEqual(GRAPH.nodes.map(({ id }) => id));
  expect(nodes[1]).toMatchObject({ id: "billing", position: { x: 320, y: 12.5 } });
  expect(edges.map(({ sourceHandle }) => sourceHandle)).toEqual([
    ...["handoff", "tool", "tool", "tool", "guard"],
    ...["flow:out", "flow:large", "flow:small"],
  ]);
});

test("a new drawing keeps what is selected, and what is being dragged under the pointer", () => {
  const drawn: FlowNode[] = flowNodes(GRAPH, PLACES, []).map((each) => {
    if (each.id === "triage") return { ...each, selected: true, dragging: true, position: { x: 900, y: 900 } };
    return each.id === "billing" ? { ...each, selected: true, position: { x: 800, y: 800 } } : each;
  });

  const [triage, billing, lookup] = flowNodes(GRAPH, PLACES, drawn);

  expect(triage).toMatchObject({ selected: true, dragging: true, position: { x: 900, y: 900 } });
  expect(billing).toMatchObject({ selected: true, position: { x: 320, y: 12.5 } });
  expect(lookup?.selected).toBeUndefined();
});

test("a move is drawn before Python has answered", () => {
  const graph = expected(GRAPH, [change("move")]);

  expect(graph.nodes.find(({ id }) => id === "billing")).toMatchObject({ x: 320, y: 40 });
});

test("a deletion takes the links of its nodes along", () => {
  const graph = expected(GRAPH, [change("delete")]);

  expect(graph.nodes.some(({ id }) => id === "billing")).toBe(false);
  expect(graph.edges.map(({ id }) => id)).toEqual(["flow:Kind?.large→Over", "flow:Kind?.small→Over"]);
});

test("a new link is drawn under the key that Python will give it", () => {
  const empty: Graph = { nodes: [node("triage"), node("billing")], edges: [], problems: [], notes: [], groups: [] };

  expect(expected(empty, [change("connect")]).edges).toEqual([edge("handoff", "triage", "billing")]);
});

test("a new flow link leaves from its port", () => {
  const connected = CHANGES.filter((each) => each.op === "connect");

  expect(expected(GRAPH, connected.slice(1)).edges.at(-1)).toEqual(flow("Kind?", "default", "triage"));
});

test("what only Python can do is waited for", () => {
  const waits = (["add", "duplicate", "select", "undo", "redo"] as const).map(change);

  expect(expected(GRAPH, waits)).toBe(GRAPH);
});

test("moved is what stands elsewhere than it was put", () => {
  const drawn = flowNodes(GRAPH, PLACES, []).map((each) =>
    each.id === "docs" ? { ...each, position: { x: 1, y: 2 } } : each,
  );

  expect(moved(drawn, PLACES)).toEqual({ docs: { x: 1, y: 2 } });
});

test("the keyboard reaches every edge: the attribute is written as SVG wants it", () => {
  for (const { domAttributes } of flowEdges(GRAPH, [])) expect(domAttributes).toEqual({ tabindex: 0 });
});

test("a screen reader is told all that is to be seen", () => {
  const refund = GRAPH.nodes.find(({ id }) => id === "refund");

  expect(refund && nodeLabel(refund)).toBe(
    "Python function refund, shop:refund, changes something, needs approval, warning: 'refund' changes something.",
  );
  expect(GRAPH.edges.map(edgeLabel)).toEqual([
    "triage hands off to billing: Everything that is about money…",
    "billing calls as a tool triage: ask_triage",
    "billing uses refund",
    "billing uses lookup_order",
    "No secrets guards triage",
    "billing goes on to Kind?",
    "Kind? goes on to Over: large: amount > 100",
    "Kind? goes on to Over: small, error: 'Kind?' has no 'small'.",
  ]);
});

test("what a join asks is shown, and is no link that could be selected", () => {
  const graph: Graph = { ...GRAPH, nodes: [node("all", "join"), node("editor")], edges: [edge("asks", "all", "editor")] };

  const [line] = flowEdges(graph, []);

  expect(line).toMatchObject({ sourceHandle: "asks", selectable: false, focusable: false });
  expect(line?.domAttributes).toBeUndefined();
  expect(line?.ariaLabel).toBe("all has its branches joined by editor");
});
