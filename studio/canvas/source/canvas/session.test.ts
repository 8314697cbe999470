import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { GRAPH } from "./fixture";
import { Session } from "./session";
import type { CanvasData, Report } from "./types";

const DATA: CanvasData = {
  graph: GRAPH,
  revision: 1,
  status: { billing: "running" },
  selected: [],
  read_only: false,
  live_run: null,
  live_over: "",
  presented: null,
  can_undo: false,
  can_redo: false,
  fit: 0,
  height: 640,
  order: null,
  ack: 0,
};

let sent: Report[] = [];
const send = (report: Report): void => void sent.push(report);

beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
});
afterEach(() => void vi.useRealTimers());

test("a second change waits until Python has seen the first", () => {
  const session = new Session(DATA, send);

  session.push({ op: "undo" });
  session.push({ op: "redo" });
  expect(sent.map((report) => report.change.op)).toEqual(["undo"]);

  session.receive({ ...DATA, revision: 2, ack: sent[0]?.seq ?? 0 }, send);
  expect(sent.map((report) => [report.change.op, report.rev])).toEqual([
    ["undo", 1],
    ["redo", 1],
  ]);
});

test("data that is no answer sends nothing again", () => {
  const session = new Session(DATA, send);
  session.push({ op: "undo" });

  session.receive({ ...DATA, status: {} }, send);

  expect(sent).toHaveLength(1);
  expect(session.pending).toHaveLength(1);
});

test("a page that never answers does not hold later changes up for ever", () => {
  const session = new Session(DATA, send);
  session.push({ op: "undo" });
  session.push({ op: "redo" });

  vi.advanceTimersByTime(15_000);

  expect(sent.map((report) => report.change.op)).toEqual(["undo", "undo", "undo", "redo"]);
});

test("a change without an answer is sent again as the same change", () => {
  const session = new Session(DATA, send);
  session.push({ op: "undo" });

  vi.advanceTimersByTime(5_000);
  session.receive({ ...DATA, revision: 2, ack: sent[0]?.seq ?? 0 }, send);
  vi.advanceTimersByTime(60_000);

  expect(sent.map((report) => report.attempt)).toEqual([1, 2]);
  expect(new Set(sent.map((report) => report.seq)).size).toBe(1);
  expect(session.pending).toHaveLength(0);
});

test("the drawing is made anew for a new revision and for an answer, not for a status", () => {
  const session = new Session(DATA, send);
  const before = session.version;

  session.receive({ ...DATA, status: { billing: "done" } }, send);
  expect(session.version).toBe(before);
  expect(session.status("billing")).toBe("done");

  session.receive({ ...DATA, revision: 2 }, send);
  expect(session.version).not.toBe(before);
});

test("numbers of a later canvas are higher, so that Python does not take them for old ones", () => {
  const earlier = new Session(DATA, send);
  for (let index = 0; index < 5; index += 1) earlier.push({ op: "undo" });
  vi.advanceTimersByTime(1000);

  new Session(DATA, send).push({ op: "redo" });

  expect(sent.at(-1)?.seq).toBeGreaterThan(sent[0]?.seq ?? Infinity);
});

test("a run that is tried again is followed again", () => {
  const sockets: { onmessage: (message: { data: string }) => void }[] = [];
  vi.stubGlobal("WebSocket", class {
    constructor() { sockets.push(this as never); }
    close(): void {}
  });
  const data = { ...DATA, live_run: "r1" };
  const session = new Session(data, send);
  sockets[0]!.onmessage({ data: JSON.stringify({ type: "end", status: "failed" }) });

  session.receive({ ...data, live_over: "10:00" }, send);
  expect(sockets).toHaveLength(1);
  session.receive({ ...data, live_over: "" }, send);
  session.receive({ ...data, live_over: "" }, send);

  expect(sockets).toHaveLength(2);
  sockets[1]!.onmessage({ data: JSON.stringify({ type: "end", status: "failed" }) });
  session.receive({ ...data, live_over: "10:01" }, send);
  session.receive({ ...data, live_over: "10:01" }, send);
  expect(sockets).toHaveLength(2);

  // It ended again before the page was drawn.
  session.receive({ ...data, live_over: "10:02" }, send);
  session.receive({ ...data, live_over: "10:02" }, send);
  expect(sockets).toHaveLength(3);
  vi.unstubAllGlobals();
});
