// What one mounted canvas knows: Python's data, changes on their way to it, and the live state of a run.

import { useSyncExternalStore } from "react";
import { liveUrl } from "../base_url";
import { follow, type Frame } from "../live_socket";
import { fold, NO_RUN, type LiveState, type Status, statuses } from "../live_status";
import { acknowledged, newOutbox, pendingChanges, queued, underWay } from "./outbox";
import type { CanvasData, Change, Report, State } from "./types";

/** How long an answer is waited for until a change is sent again, in ms, and how often it is sent. */
const PATIENCE = 5_000;
const ATTEMPTS = 3;

export type Send = (report: Report) => void;

export interface LiveView {
  readonly state: LiveState;
  readonly connected: boolean;
  readonly simulated: boolean;
}

const NOT_LIVE: LiveView = { state: NO_RUN, connected: false, simulated: false };

export class Session {
  private listeners = new Set<() => void>();
  private outbox = newOutbox(Date.now());
  private sent = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private run: string | null = null;
  private liveEnded = false;
  /** When Python last knew the run to have ended. */
  private liveOver = "";
  private unfollow = (): void => {};
  private overlay: Record<string, Status> = {};
  live = NOT_LIVE;
  /** The node that somebody looks at in a list. */
  looked: string | null = null;
  /** The node that the keyboard has reached. */
  focused: string | null = null;
  /** The note or group whose text is being edited. */
  editing: string | null = null;

  constructor(
    public data: CanvasData,
    private send: Send,
  ) {
    this.followRun(data);
  }

  /** Newest data from Python. */
  receive(data: CanvasData, send: Send): void {
    this.data = data;
    this.send = send;
    this.outbox = acknowledged(this.outbox, data.ack);
    if (underWay(this.outbox) === null) clearTimeout(this.timer);
    this.followRun(data);
    this.sendNext();
    this.notify();
  }

  /** Reports a change to Python as soon as it has seen the earlier ones. */
  push(change: Change): void {
    this.outbox = queued(this.outbox, change, this.data.revision);
    this.sendNext();
    this.notify();
  }

  highlight(node: string | null): void {
    this.looked = node;
    this.notify();
  }

  focus(node: string | null): void {
    if (node === this.focused) return;
    this.focused = node;
    this.notify();
  }

  edit(id: string | null): void {
    this.editing = id;
    this.notify();
  }

  get pending(): readonly Change[] {
    return pendingChanges(this.outbox);
  }

  /** Differs whenever the graph may have to be drawn anew. */
  get version(): string {
    return `${this.data.revision}/${this.outbox.reports.map((report) => report.seq).join()}`;
  }

  status(id: string): State {
    return this.overlay[id] ?? this.data.status[id] ?? "idle";
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  close(): void {
    clearTimeout(this.timer);
    this.unfollow();
  }

  private sendNext(): void {
    const report = underWay(this.outbox);
    if (report === null || report.seq === this.sent) return;
    this.sent = report.seq;
    this.attempt(report, 1);
  }

  /** A page that is overtaken by another run may never draw its answer; asked again, it does. Python takes a change
   * once, however often it is sent. */
  private attempt(report: Report, attempt: number): void {
    clearTimeout(this.timer);
    if (attempt > ATTEMPTS) {
      this.giveUp(report.seq);
      return;
    }
    this.send({ ...report, attempt });
    this.timer = setTimeout(() => this.attempt(report, attempt + 1), PATIENCE);
  }

  /** The page does not answer (it failed, or the server is gone): later changes must not wait for ever. */
  private giveUp(seq: number): void {
    this.outbox = acknowledged(this.outbox, seq);
    this.sendNext();
    this.notify();
  }

  private followRun({ live_run: run, live_over }: CanvasData): void {
    const triedAgain = this.liveEnded && (live_over === "" || (this.liveOver !== "" && live_over !== this.liveOver));
    this.liveOver = live_over;
    if (run === this.run && !triedAgain) return;
    this.unfollow();
    this.liveEnded = false;
    if (run !== this.run) {
      this.run = run;
      this.live = NOT_LIVE;
      this.overlay = {};
    }
    this.unfollow =
      run === null
        ? () => {}
        : follow(
            liveUrl(import.meta.url, run),
            (frame) => this.onFrame(frame),
            (connected) => this.show({ ...this.live, connected }),
          );
  }

  private onFrame(frame: Frame): void {
    if (frame.type === "events") {
      const state = frame.events.reduce(fold, NO_RUN);
      this.show({ ...this.live, state, simulated: frame.run.simulated });
    } else if (frame.type === "event") {
      this.show({ ...this.live, state: fold(this.live.state, frame.event) });
    } else if (frame.type === "end") {
      this.liveEnded = true;
    } else if (frame.type === "error") {
      this.show({ ...NOT_LIVE, state: { ...NO_RUN, phase: "gone" } });
    }
  }

  private show(live: LiveView): void {
    this.live = live;
    this.overlay = statuses(live.state);
    this.notify();
  }

  private notify(): void {
    for (const listener of this.listeners) listener();
  }
}

export function useSession<T>(session: Session, read: (session: Session) => T): T {
  return useSyncExternalStore(session.subscribe, () => read(session));
}
