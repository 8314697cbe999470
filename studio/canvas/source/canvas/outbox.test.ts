import { expect, test } from "vitest";
import { acknowledged, newOutbox, pendingChanges, queued, underWay } from "./outbox";
import type { Change } from "./types";

const select = (node: string): Change => ({ op: "select", node, edge: null });
const UNDO: Change = { op: "undo" };

function filled(...changes: Change[]) {
  return changes.reduce((outbox, change) => queued(outbox, change, 4), newOutbox(100));
}

test("one change is under way until Python has seen it", () => {
  const outbox = filled(UNDO, { op: "redo" });

  expect(underWay(outbox)).toEqual({ rev: 4, seq: 100, change: UNDO });
  expect(underWay(acknowledged(outbox, 99))?.seq).toBe(100);
  expect(underWay(acknowledged(outbox, 100))).toEqual({ rev: 4, seq: 101, change: { op: "redo" } });
  expect(underWay(acknowledged(outbox, 101))).toBeNull();
});

test("of selections that wait only the last is sent, but never instead of the one under way", () => {
  expect(pendingChanges(filled(select("a"), select("b"), select("c")))).toEqual([select("a"), select("c")]);
  expect(pendingChanges(filled(UNDO, select("b"), UNDO, select("c")))).toHaveLength(4);
});

test("an old acknowledgement changes nothing", () => {
  const outbox = filled(UNDO);

  expect(acknowledged(outbox, 0)).toBe(outbox);
});
