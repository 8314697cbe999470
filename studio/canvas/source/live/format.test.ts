import { expect, it } from "vitest";

import { argumentSummary, cut, duration, instant, looksLikeJson, oneLine, sameText } from "./format";

it("takes times without a zone as UTC", () => {
  expect(instant("2026-11-22T10:00:00")).toBe(Date.UTC(2026, 10, 22, 10));
  expect(instant("2026-11-22T10:00:00.5+01:00")).toBe(Date.UTC(2026, 10, 22, 9, 0, 0, 500));
  expect(instant(1.5)).toBe(1500);
});

it("says durations in the unit a person would use", () => {
  expect([0.0004, 0.08, 0.42, 59.94, 60, 3700].map(duration)).toEqual(["1 ms", "80 ms", "0.4 s", "59.9 s", "1 min 0 s", "1 h 1 min"]);
});

it("sums arguments up in one line", () => {
  expect(argumentSummary({ order: "A1", amount: 20, to: ["a", "b"] })).toBe('order: A1, amount: 20, to: ["a","b"]');
  expect(argumentSummary({ query: "one\n two" })).toBe("one two");
  expect(argumentSummary({})).toBe("");
});

it("never cuts an emoji in two", () => {
  expect(cut("ab😀", 3)).toBe("ab");
  expect(oneLine("😀😀😀", 3)).toBe("😀…");
});

it("knows the same JSON with other spaces", () => {
  expect(sameText('{"a": [1]}', '{"a":[1]}')).toBe(true);
  expect(sameText("a ", "a")).toBe(true);
  expect(sameText("{a}", "{ a }")).toBe(false);
});

it("tells JSON from words while it is being written", () => {
  expect(["{", '{"a', "[", "[[", '[{"'].map(looksLikeJson)).toEqual([true, true, true, true, true]);
  expect(["[1] says", "[link](x)", "Hello", "{name}"].map(looksLikeJson)).toEqual([false, false, false, false]);
});
