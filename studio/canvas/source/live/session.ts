// One run in the chat: where its facts come from, and the conversation they add up to.
import { baseUrl, liveUrl } from "../base_url";
import { follow } from "../live_socket";
import { emptyConversation, fold } from "./conversation";
import type { Conversation } from "./entries";
import { isEnded, type Frame, type RunEvent, type RunHead } from "./events";

/** A run as the page gives it. `label` names the variant when several are compared; `over` is when it ended, "" while
 * it goes on. */
export interface LiveRun extends RunHead {
  readonly label: string;
  readonly over: string;
}

export type Connection = "asleep" | "loading" | "live" | "reconnecting" | "failed" | "gone" | "complete";

export interface Listener {
  changed(): void;
  ended(status: string): void;
  /** It came to rest for a pause, or went on after one. */
  paused(status: string): void;
}

export class Session {
  conversation: Conversation;
  connection: Connection = "asleep";
  /** What the page knows of pauses. */
  private paused: boolean;
  private stop: () => void = () => {};

  constructor(public run: LiveRun, private readonly scriptUrl: string, private readonly listener: Listener) {
    this.conversation = emptyConversation(run);
    this.paused = run.status === "paused";
  }

  /** Follows a run that goes on; one that has ended sleeps until it is loaded. */
  start(): void {
    if (!isEnded(this.run.status)) this.follow();
  }

  /** What the page knows may be newer (a run that goes on after all) or older than what came live. */
  update(run: LiveRun): void {
    const wasOver = isEnded(this.run.status) || this.connection === "complete";
    const goesOn = wasOver && !isEnded(run.status);
    const endedAgain = this.connection === "complete" && this.isAnotherEnd(run);
    this.run = run;
    this.paused = run.status === "paused";
    if (goesOn || endedAgain) this.follow();
  }

  /** Whether the run was tried again, and that was over before the page could say that it goes on. */
  private isAnotherEnd(run: LiveRun): boolean {
    const isLater = this.run.over !== "" && run.over !== this.run.over;
    return isEnded(run.status) && (isLater || run.status !== this.conversation.run.status);
  }

  /** Fetches an ended run. */
  async load(): Promise<void> {
    if (this.connection !== "asleep" && this.connection !== "failed") return;
    this.connect("loading");
    try {
      const stored = await fetchEvents(`${baseUrl(this.scriptUrl)}live/${encodeURIComponent(this.run.id)}/events`);
      if (stored === null) return this.connect("gone");
      const { run, events } = stored;
      this.take({ type: "events", run, events });
      // Somebody has tried it again.
      if (!isEnded(this.conversation.run.status)) return this.follow();
      this.take({ type: "end", status: run.status });
      this.connect("complete");
    } catch (error) {
      console.warn(`Run ${this.run.id} could not be loaded`, error);
      this.connect("failed");
    }
  }

  close(): void {
    this.stop();
  }

  private follow(): void {
    this.stop();
    this.connect("loading");
    const url = liveUrl(this.scriptUrl, this.run.id);
    this.stop = follow(
      url,
      (frame) => this.receive(frame as unknown as Frame),
      (connected) => {
        if (!connected) this.connect("reconnecting");
      },
    );
  }

  private receive(frame: Frame): void {
    if (frame.type === "error") return this.connect("gone");
    this.take(frame);
    this.tellOfPause();
    if (frame.type === "events") this.connect("live");
    if (frame.type !== "end") return;
    this.connect("complete");
    this.listener.ended(frame.status);
  }

  private tellOfPause(): void {
    const { status } = this.conversation.run;
    if (isEnded(status) || this.paused === (status === "paused")) return;
    this.paused = status === "paused";
    this.listener.paused(status);
  }

  private take(frame: Frame): void {
    this.conversation = fold(this.conversation, frame);
    this.listener.changed();
  }

  private connect(connection: Connection): void {
    this.connection = connection;
    this.listener.changed();
  }
}

/** null when there is no such run. */
async function fetchEvents(url: string): Promise<{ run: RunHead; events: RunEvent[] } | null> {
  const response = await fetch(url, { credentials: "same-origin" });
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.json();
}
