import { describe, expect, it } from "vitest";
import { isPartlyHidden } from "./overview";

const STAGE = { width: 400, height: 300 };
const BOX = { x: 10, y: 20, width: 100, height: 50 };

describe("the map of the whole drawing", () => {
  it("is not needed while everything is in sight", () => {
    expect(isPartlyHidden([BOX], [0, 0, 1], STAGE)).toBe(false);
    expect(isPartlyHidden([{ ...BOX, x: 300, width: 100 }], [0, 0, 1], STAGE)).toBe(false);
    expect(isPartlyHidden([], [0, 0, 1], STAGE)).toBe(false);
  });

  it.each([
    ["left", [-11, 0, 1]],
    ["above", [0, -21, 1]],
    ["right", [291, 0, 1]],
    ["below", [0, 231, 1]],
    ["by zoom", [0, 0, 4]],
  ] as const)("is needed when a node is out of sight: %s", (_, transform) => {
    expect(isPartlyHidden([BOX], transform, STAGE)).toBe(true);
  });
});
