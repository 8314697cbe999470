import { expect, test } from "vitest";
import { edgePath } from "./edge_path";

const SIZES = { sourceSize: { width: 200, height: 60 }, targetSize: { width: 180, height: 46 } };

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
