import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { follow, type Frame } from "./live_socket";

class Socket {
  static readonly opened: Socket[] = [];
  onopen = (): void => {};
  onclose = (): void => {};
  onmessage = (_message: { data: string }): void => {};

  constructor(readonly url: string) {
    Socket.opened.push(this);
  }

  /** The server sends a frame and hangs up. */
  sayLast(frame: Frame): void {
    this.onopen();
    this.onmessage({ data: JSON.stringify(frame) });
    this.onclose();
  }

  close(): void {
    this.onclose();
  }
}

const EVENTS: Frame = {
  type: "events",
  run: { id: "r1", status: "running", input: "Hi", simulated: false },
  events: [],
};

let frames: Frame[] = [];
let connections: boolean[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", Socket);
  Socket.opened.length = 0;
  frames = [];
  connections = [];
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function followed(): Socket {
  follow("ws://studio/live/r1", (frame) => frames.push(frame), (connected) => connections.push(connected));
  return Socket.opened[0]!;
}

test("a connection that breaks off is opened again", () => {
  followed().sayLast(EVENTS);

  vi.advanceTimersByTime(500);

  expect(Socket.opened).toHaveLength(2);
  expect(connections).toEqual([true, false]);
});

test.each<Frame>([
  { type: "end", status: "completed" },
  { type: "error", message: "There is no run 'r1'." },
])("after $type nobody asks again", (last) => {
  followed().sayLast(last);

  vi.advanceTimersByTime(60_000);

  expect(Socket.opened).toHaveLength(1);
  expect(frames).toEqual([last]);
  expect(connections).toEqual([true]);
});
