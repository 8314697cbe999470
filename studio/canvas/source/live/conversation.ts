// A run as a conversation, computed from the frames the server sends: (state, frame) → state.
import { draftOf, type Draft } from "./draft";
import type { Conversation } from "./entries";
import { isEnded, type Frame, type RunEvent, type RunHead } from "./events";
import * as facts from "./facts";
import * as steps from "./steps";

export function emptyConversation(run: RunHead): Conversation {
  return {
    run,
    seq: -1,
    entries: new Map(),
    scopes: new Map(),
    steps: new Map(),
    judged: new Set(),
    streams: new Map(),
    usage: { requests: 0, inputTokens: 0, outputTokens: 0 },
    startedAt: null,
    endedAt: null,
    stood: null,
    ended: false,
  };
}

export function fold(state: Conversation, frame: Frame): Conversation {
  switch (frame.type) {
    case "events":
      return history(frame.run, frame.events);
    case "event":
      return frame.event.seq <= state.seq ? state : addEvents(state, [frame.event]);
    case "text":
      return facts.textArrived(state, frame.text, true);
    case "end":
      return end(state, frame.status);
    case "error":
      return state;
  }
}

/** Everything so far. It replaces what was known: after a reconnect nothing is missing and nothing comes twice. */
function history(run: RunHead, events: readonly RunEvent[]): Conversation {
  const state = addEvents(emptyConversation(run), events);
  return { ...state, run: { ...run, status: statusNow(run.status, state, events), input: run.input || state.run.input } };
}

/** The head was read before its facts: they may tell how it ended, or that it goes on after all. */
function statusNow(head: string, { run: { status } }: Conversation, events: readonly RunEvent[]): string {
  const rests = status === "paused" || isEnded(status);
  // It is to go on, and that is not told before somebody works on it.
  if (head === "queued" && rests && status !== "completed") return head;
  return rests || (isEnded(head) && events.length > 0) ? status : head;
}

function addEvents(state: Conversation, events: readonly RunEvent[]): Conversation {
  let draft = events.every((event) => event.kind === "text_delta") ? { ...state } as Draft : draftOf(state);
  for (const event of events) {
    if (event.kind === "text_delta") draft = facts.textArrived(draft, event, false) as Draft;
    else apply(draft, event);
    draft.seq = event.seq;
  }
  return draft;
}

function apply(draft: Draft, event: Exclude<RunEvent, { kind: "text_delta" }>): void {
  switch (event.kind) {
    case "run_started": return facts.runStarted(draft, event);
    case "conversation_shortened": return facts.conversationShortened(draft, event);
    case "run_resumed": return facts.runResumed(draft, event);
    case "run_waiting": return void (draft.run = { ...draft.run, status: "waiting" });
    case "run_paused": return facts.runPaused(draft, event);
    case "run_steered": return facts.runSteered(draft, event);
    case "run_forked": return facts.runForked(draft, event);
    case "run_completed": return facts.runCompleted(draft, event);
    case "run_failed": return facts.runFailed(draft, event);
    case "run_cancelled": return facts.runCancelled(draft, event);
    case "model_call_started": return facts.modelCallStarted(draft, event);
    // The page of the test tells of it; the answer is the recorded one.
    case "question_changed": return;
    case "model_call_held": return facts.modelCallHeld(draft, event);
    case "model_call_retried": return facts.modelCallRetried(draft, event);
    case "model_call_completed": return facts.modelCallCompleted(draft, event);
    case "tool_called": return facts.toolCalled(draft, event);
    case "tool_completed": return facts.toolCompleted(draft, event);
    case "tool_failed": return facts.toolFailed(draft, event);
    case "handoff_occurred": return facts.handoffOccurred(draft, event);
    case "guardrail_checked": return facts.guardrailChecked(draft, event);
    case "approval_requested": return facts.approvalRequested(draft, event);
    case "approval_decided": return facts.approvalDecided(draft, event);
    case "approval_withdrawn": return facts.approvalWithdrawn(draft, event);
    case "step_started": return steps.stepStarted(draft, event);
    case "step_waiting": return steps.stepWaits(draft, event);
    case "step_finished": return steps.stepFinished(draft, event);
    case "step_failed": return steps.stepFailed(draft, event);
  }
}

function end(state: Conversation, status: string): Conversation {
  const draft = draftOf(state);
  if (isEnded(status)) {
    facts.stopAll(draft);
    facts.expireApprovals(draft);
  }
  return { ...draft, run: { ...draft.run, status }, ended: true };
}
