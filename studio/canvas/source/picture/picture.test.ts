import { expect, test } from "vitest";
import { edge, flow, GRAPH, node } from "../canvas/fixture";
import type { Graph } from "../canvas/types";
import { colours, mixed } from "./colours";
import { picture } from "./picture";
import { sharpness } from "./save";
import { pathPoints, scene } from "./scene";

const measure = (text: string): number => [...text].length * 6;
const EMPTY: Graph = { nodes: [], edges: [], problems: [], notes: [], groups: [] };

function drawn(graph: Graph, dark = false): string {
  return picture(graph, { title: "Shop", dark, measure }).svg;
}

test("a picture shows every node, note, group and label, and none of the linter's words", () => {
  const svg = drawn(GRAPH);

  for (const word of ["triage", "refund", "Why billing?", "Files", "large"]) expect(svg).toContain(`>${word}<`);
  expect(svg.match(/class="edge /g)).toHaveLength(GRAPH.edges.length);
  expect(svg).not.toContain("changes something");
});

test("a picture needs nothing from elsewhere", () => {
  const svg = drawn(GRAPH);

  expect(svg.replace('xmlns="http://www.w3.org/2000/svg"', "")).not.toMatch(/https?:|url\(|href|var\(|<foreignObject|@import/);
});

test("attributes are written as SVG wants them", () => {
  const svg = drawn({ ...EMPTY, nodes: [{ ...node(" group g", "group"), title: "g" }, node("a")] });

  expect(svg).toContain("viewBox=");
  expect(svg).toContain("stroke-dasharray=");
  expect(svg).not.toMatch(/strokeDasharray|className|textAnchor/);
});

test("names cannot break out of their place", () => {
  const svg = drawn({ ...EMPTY, nodes: [node('</text><script>alert("1")</script>')] });

  expect(svg).not.toContain("<script");
});

test("a collapsed group is one box, as on the canvas", () => {
  const graph: Graph = {
    ...EMPTY,
    nodes: [node("a", "agent", 0), node("b", "agent", 300), node("c", "agent", 600)],
    edges: [edge("handoff", "a", "b"), edge("handoff", "a", "c")],
    groups: [{ name: "Desks", members: ["b", "c"], collapsed: true }],
  };

  const { nodes, lines } = scene(graph);

  expect(nodes.map(({ data }) => data.node.title)).toEqual(["a", "Desks"]);
  expect(lines).toHaveLength(1);
});

test("the sheet holds everything, also lines that reach out beyond the nodes", () => {
  const graph: Graph = {
    ...EMPTY,
    nodes: [node("loop", "loop", 0), { ...node("again"), x: 400, y: 0 }],
    edges: [flow("again", "out", "loop")],
    notes: [{ id: "note-1", text: "", x: -500, y: 900, width: 100, height: 60 }],
  };

  const { box, lines } = scene(graph);

  for (const point of pathPoints(lines[0]?.way.path ?? "")) {
    expect(point.x).toBeGreaterThan(box.x);
    expect(point.y).toBeGreaterThan(box.y);
    expect(point.x).toBeLessThan(box.x + box.width);
  }
  expect([box.x, box.y + box.height]).toEqual([-532, 992]);
});

test("an empty organization has an empty sheet", () => {
  expect(picture(EMPTY, { title: "Nothing", dark: false, measure })).toMatchObject({ width: 64, height: 64 });
});

test("paths are read with all their commands", () => {
  expect(pathPoints("M1 2H5V7Q5 9 6 9C1 1 -2.5 2 3 3L4,4")).toEqual([
    { x: 1, y: 2 }, { x: 5, y: 2 }, { x: 5, y: 7 }, { x: 5, y: 9 }, { x: 6, y: 9 },
    { x: 1, y: 1 }, { x: -2.5, y: 2 }, { x: 3, y: 3 }, { x: 4, y: 4 },
  ]);
});

test("light and dark differ in every colour that is not between", () => {
  expect(mixed("#000000", "#ffffff", 0.25)).toBe("#bfbfbf");
  expect([colours(false).card, colours(true).ink]).toEqual(["#ffffff", "#e9ebf0"]);
  expect(drawn(GRAPH, true)).not.toBe(drawn(GRAPH));
});

test("a PNG has two pixels for one, and fewer where it would be too large to draw", () => {
  expect(sharpness(1000, 800)).toBe(2);
  expect(20_000 * sharpness(20_000, 100)).toBe(8_000);
  expect(7_900 * 7_900 * sharpness(7_900, 7_900) ** 2).toBeLessThanOrEqual(48_000_001);
});
