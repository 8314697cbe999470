import { expect, test } from "vitest";
import { luminance } from "./theme";

test.each([
  ["#ffffff", 1],
  ["#fff", 1],
  ["#000", 0],
  ["rgb(0, 0, 0)", 0],
  ["rgba(255 255 255 / 1)", 1],
  ["rebeccapurple", 1],
])("the luminance of %s is %d", (color, value) => {
  expect(luminance(color)).toBeCloseTo(value);
});

test("Streamlit's dark background counts as dark, its light grey as bright", () => {
  expect(luminance("#0e1117")).toBeLessThan(0.5);
  expect(luminance("#f0f2f6")).toBeGreaterThan(0.5);
});
