import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Frame } from "./events";
import { Session, type LiveRun } from "./session";

class Socket {
  static readonly opened: Socket[] = [];
  onopen = (): void => {};
  onclose = (): void => {};
  onmessage = (_message: { data: string }): void => {};

  constructor(readonly url: string) {
    Socket.opened.push(this);
  }

  say(...frames: Frame[]): void {
    for (const frame of frames) this.onmessage({ data: JSON.stringify(frame) });
  }

  close(): void {}
}

const RUN: LiveRun = { id: "r1", status: "running", input: "Hi", simulated: false, label: "", over: "" };
const BEGIN: Frame = { type: "events", run: RUN, events: [] };
const FAILED: Frame = { type: "end", status: "failed" };
let told: string[] = [];

beforeEach(() => {
  vi.stubGlobal("WebSocket", Socket);
  Socket.opened.length = 0;
  told = [];
});
afterEach(() => void vi.unstubAllGlobals());

function session(run: LiveRun): Session {
  const listener = {
    changed: () => {},
    ended: (status: string) => void told.push(`ended ${status}`),
    paused: (status: string) => void told.push(`paused ${status}`),
  };
  const made = new Session(run, "http://studio/app/live.js", listener);
  made.start();
  return made;
}

function event(seq: number, kind: string, more: object = {}): Frame {
  return { type: "event", event: { seq, kind, at: "2026-11-22T10:00:00Z", ...more } } as Frame;
}

test("a run that is tried again after its end is followed again", () => {
  const live = session(RUN);
  Socket.opened[0]!.say(BEGIN, FAILED);
  live.update({ ...RUN, status: "failed" });
  expect(Socket.opened).toHaveLength(1);

  live.update({ ...RUN, status: "queued" });

  expect(Socket.opened).toHaveLength(2);
});

test("it is, too, where the page has never drawn the end", () => {
  const live = session(RUN);
  Socket.opened[0]!.say(BEGIN, FAILED);

  live.update({ ...RUN, status: "queued" });

  expect(Socket.opened).toHaveLength(2);
});

test("it is, too, where it ended again before the page was drawn", () => {
  const live = session(RUN);
  Socket.opened[0]!.say(BEGIN, FAILED);
  live.update({ ...RUN, status: "failed", over: "10:00" });
  live.update({ ...RUN, status: "failed", over: "10:00" });
  expect(Socket.opened).toHaveLength(1);

  live.update({ ...RUN, status: "failed", over: "10:01" });
  expect(Socket.opened).toHaveLength(2);
  Socket.opened[1]!.say(BEGIN, FAILED);
  live.update({ ...RUN, status: "failed", over: "10:01" });
  expect(Socket.opened).toHaveLength(2);

  live.update({ ...RUN, status: "completed", over: "10:02" });
  expect(Socket.opened).toHaveLength(3);
});

test("it is, too, where the page has drawn neither end before", () => {
  const live = session(RUN);
  Socket.opened[0]!.say(BEGIN, FAILED);

  live.update({ ...RUN, status: "completed", over: "10:00" });

  expect(Socket.opened).toHaveLength(2);
});

test("a run that sleeps is not fetched because it ended again", () => {
  const live = session({ ...RUN, status: "failed", over: "10:00" });

  live.update({ ...RUN, status: "completed", over: "10:01" });

  expect(Socket.opened).toEqual([]);
});

test("the page is told once that a run rests, and once that it goes on", () => {
  const live = session(RUN);
  Socket.opened[0]!.say(BEGIN, event(1, "run_started", { input: "Hi" }), event(2, "run_paused", { calls: [], by: "" }));
  expect(told).toEqual(["paused paused"]);

  live.update({ ...RUN, status: "paused" });
  Socket.opened[0]!.say(event(3, "run_steered", { text: "Hm", calls: [] }), event(4, "run_resumed", { reason: "resume" }));

  expect(told).toEqual(["paused paused", "paused running"]);
});

test("the page is not told what it knows", () => {
  const live = session({ ...RUN, status: "paused" });
  Socket.opened[0]!.say({ ...BEGIN, run: { ...RUN, status: "paused" } } as Frame);
  live.update({ ...RUN, status: "queued" });
  Socket.opened[0]!.say(event(1, "run_resumed", { reason: "resume" }));

  expect(told).toEqual([]);
});
