import { expect, test } from "vitest";
import { CHANGES, GRAPH } from "./fixture";
import { flowNodes } from "./graph";
import { placed } from "./layout";
import { Selecting, selectionChange, withoutSelection, withSelection } from "./selection";

const NONE = { op: "select", node: null, edge: null };

test("selecting leaves untouched what does not change", () => {
  const drawn = flowNodes(GRAPH, placed(GRAPH, {}), []);

  const selected = withSelection(drawn, new Set(["billing"]));

  expect(selected.filter((each) => each.selected).map(({ id }) => id)).toEqual(["billing"]);
  expect(selected[0]).toBe(drawn[0]);
  expect(withoutSelection(selected, new Set(["billing"])).some((each) => each.selected)).toBe(false);
  expect(withoutSelection(selected, new Set(["triage"]))).toEqual(selected);
});

test("one selected thing is reported by name, several as none", () => {
  expect(selectionChange(["billing"], [])).toEqual(CHANGES[6]);
  expect(selectionChange([], ["uses:billing→refund"])).toEqual(CHANGES[7]);
  expect(selectionChange(["a", "b"], [])).toEqual(NONE);
  expect(selectionChange(["a"], ["e"])).toEqual(NONE);
});

test("what Python selects is drawn once and not reported back", () => {
  const selecting = new Selecting([]);

  expect(selecting.news(["a"], false)).toEqual(["a"]);
  expect(selecting.news(["a"], false)).toBeNull();
  expect(selecting.report(["a"], [])).toBeNull();
  expect(selecting.report([], [])).toBeNull();
});

test("a person's selection is reported once", () => {
  const selecting = new Selecting([]);

  selecting.touched();

  expect(selecting.report(["a"], [])).toEqual({ ...NONE, node: "a" });
  expect(selecting.report(["a"], [])).toBeNull();
  expect(selecting.news(["a"], false)).toBeNull();
});

test("a link that was just drawn does not overtake what a person selects meanwhile", () => {
  const selecting = new Selecting([]);

  selecting.touched();

  expect(selecting.news(["handoff:a→b"], false)).toBeNull();
  expect(selecting.report(["c"], [])).toEqual({ ...NONE, node: "c" });
  expect(selecting.news(["handoff:a→b"], true)).toBeNull();
  expect(selecting.news(["c"], false)).toBeNull();
});

test("several that Python selected stay selected, and are let go by the next selection", () => {
  const selecting = new Selecting([]);
  expect(selecting.news(["a 2", "b 2"], false)).toEqual(["a 2", "b 2"]);

  selecting.touched();
  expect(selecting.report(["b 2", "a 2"], [])).toBeNull();
  selecting.touched();
  expect(selecting.report(["a 2"], [])).toEqual({ ...NONE, node: "a 2" });

  selecting.touched();
  expect(selecting.report(["a 2", "c"], [])).toEqual(NONE);
});

test("a person's several are the same to Python as none", () => {
  const selecting = new Selecting([]);

  selecting.touched();

  expect(selecting.report(["a", "b"], [])).toBeNull();
});
