import { expect, test } from "vitest";
import { fitted, wrapped } from "./text";

/** Every letter is ten pixels wide. */
const measure = (text: string): number => [...text].length * 10;

test("a text that fits stays as it is, a longer one ends in dots", () => {
  expect(fitted("Billing", 70, "", measure)).toBe("Billing");
  expect(fitted("Billing desk", 90, "", measure)).toBe("Billing…");
  expect(fitted("Billing", 5, "", measure)).toBe("…");
  expect(fitted("😀😀😀", 20, "", measure)).toBe("😀…");
});

test("a note is broken between words, within words that are too long, and where its writer broke it", () => {
  expect(wrapped("Ask Ada first", 80, 9, "", measure)).toEqual(["Ask Ada", "first"]);
  expect(wrapped("incomprehensible", 60, 9, "", measure)).toEqual(["incomp", "rehens", "ible"]);
  expect(wrapped("one\n\ntwo", 80, 9, "", measure)).toEqual(["one", "", "two"]);
});

test("what does not fit below is left out, and dots say so", () => {
  expect(wrapped("a b c d", 10, 2, "", measure)).toEqual(["a", "…"]);
  expect(wrapped("a b", 10, 0, "", measure)).toEqual([]);
});
