// What every drawn part gets: the conversation it shows a piece of, and what a person can do in it.
import type { Conversation, Entry } from "../entries";

export interface Actions {
  decide(approvalId: string, verdict: "approved" | "rejected", reason: string): void;
  openTrace(): void;
  /** null where a conversation cannot be forked. */
  readonly fork: (() => void) | null;
  retryLoading(): void;
}

export interface Scene {
  readonly conversation: Conversation;
  readonly actions: Actions;
}

export interface View {
  readonly node: HTMLElement;
  update(entry: Entry, scene: Scene): void;
}
