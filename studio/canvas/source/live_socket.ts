// A run's live events over a WebSocket that is opened again when it breaks off.

import type { LiveEvent } from "./live_status";

export interface LiveRun {
  readonly id: string;
  readonly status: string;
  readonly input: string;
  readonly simulated: boolean;
}

export type Frame =
  | { readonly type: "events"; readonly run: LiveRun; readonly events: readonly LiveEvent[] }
  | { readonly type: "event"; readonly event: LiveEvent }
  | { readonly type: "text"; readonly text: { readonly [field: string]: unknown } }
  | { readonly type: "end"; readonly status: string }
  /** There is no such run. */
  | { readonly type: "error"; readonly message: string };

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 8000;

/** Follows a run until its end, until the server says that there is none, or until the returned function is called. */
export function follow(
  url: string,
  onFrame: (frame: Frame) => void,
  onConnection: (connected: boolean) => void = () => {},
): () => void {
  let socket: WebSocket | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pause = FIRST_PAUSE;
  let over = false;

  function open(): void {
    socket = new WebSocket(url);
    socket.onopen = () => {
      pause = FIRST_PAUSE;
      onConnection(true);
    };
    socket.onmessage = (message) => {
      if (over) return;
      const frame = JSON.parse(message.data as string) as Frame;
      over = frame.type === "end" || frame.type === "error";
      onFrame(frame);
    };
    socket.onclose = () => {
      if (over) return;
      onConnection(false);
      timer = setTimeout(open, pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    };
  }

  open();
  return () => {
    over = true;
    clearTimeout(timer);
    socket?.close();
  };
}
