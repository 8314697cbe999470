import { describe, expect, test } from "vitest";
import { edgePath, flowPath } from "./edge_path";

const SIZES = { sourceSize: { width: 200, height: 60 }, targetSize: { width: 180, height: 46 }, sourceDrop: 30, targetDrop: 23 };

function ends(targetX: number) {
  return edgePath({ ...SIZES, sourceX: 200, sourceY: 30, targetX, targetY: 90 });
}

test("forward an edge ends at the left side of its target", () => {
  expect(ends(400)).toMatchObject({ flipped: false, end: { x: 400, y: 90 } });
});

test("backward it leaves at the left and ends at the right side", () => {
  const { path, end, flipped } = ends(-400);

  expect({ end, flipped }).toEqual({ end: { x: -220, y: 90 }, flipped: true });
  expect(path.startsWith("M0,30")).toBe(true);
});

test("between nodes above each other it goes around their right sides", () => {
  const { path, label, end, flipped } = ends(20);

  expect({ end, flipped }).toEqual({ end: { x: 200, y: 90 }, flipped: true });
  expect(path.startsWith("M200 30C264")).toBe(true);
  expect(label.x).toBeGreaterThan(200);
});

describe("the flow", () => {
  const flow = (targetX: number, targetY: number, fails = false) =>
    flowPath({ ...SIZES, sourceX: fails ? 30 : 200, sourceY: fails ? 60 : 30, targetX, targetY }, { fails, labelled: false });

  test("always arrives at the left side of its target", () => {
    for (const way of [flow(400, 90), flow(-400, 30), flow(20, 300), flow(400, 30, true), flow(-400, 30, true)]) {
      expect(way.flipped).toBe(false);
      expect(way.path.endsWith(`${way.end.x - 6} ${way.end.y}`) || way.path.endsWith(`H${way.end.x - 6}`)).toBe(true);
    }
  });

  test("back to a loop in the same row goes over the top of both", () => {
    const { path, label } = flow(-400, 30);

    expect(label.y).toBe(-26);
    expect(path.startsWith("M200 30H210")).toBe(true);
  });

  test("to the row below, in the same column, it goes between the rows", () => {
    expect(flow(0, 300).label.y).toBeGreaterThan(60);
  });

  test("labels of several ways stand beside their targets", () => {
    const size = { width: 196, height: 118 };
    const ways = [57, 79, 101].map((drop, number) => {
      const ends = { ...SIZES, sourceSize: size, sourceX: 196, sourceY: drop, sourceDrop: drop };
      return flowPath({ ...ends, targetX: 500, targetY: number * 90 }, { fails: false, labelled: true });
    });

    expect(ways.map(({ label }) => label.y)).toEqual([0, 90, 180]);
    expect(ways.every(({ label }) => label.x > 300)).toBe(true);
  });
});
