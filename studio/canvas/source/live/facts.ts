// What each kind of fact does to a conversation.
import { draftOf, innerPath, lastIn, messageKey, messageOf, newTool, put, remove, toolOf, type Draft } from "./draft";
import type { Approval, Conversation, Message, Note, Pause, Tool } from "./entries";
import { isAside } from "./events";
import type * as facts from "./events";
import { instant, sameText } from "./format";
import { stopSteps } from "./steps";
import { EMPTY, join, visible } from "./stream";

export function runStarted(draft: Draft, fact: facts.RunStarted): void {
  draft.startedAt = instant(fact.at);
  draft.run = { ...draft.run, status: "running", input: fact.input };
}

const RESUMED: { readonly [reason: string]: Note["note"] } = {
  decision: "decided", recovery: "recovered", resume: "resumed", retry: "retried",
};

export function conversationShortened(draft: Draft, fact: facts.ConversationShortened): void {
  const { turns, kept, summary } = fact;
  put(draft, "", { kind: "shortened", key: `shortened ${fact.seq}`, turns, kept, summary });
}

export function runResumed(draft: Draft, fact: facts.RunResumed): void {
  if (fact.reason === "recovery") stopAll(draft);
  // Whatever the reason: one that was stopped while it waited goes on as after a decision.
  const wasOver = draft.stood !== null;
  if (wasOver) takeBackTheEnd(draft);
  draft.run = { ...draft.run, status: "running" };
  const note = wasOver ? "retried" : RESUMED[fact.reason];
  // That it was forked is told already.
  if (note) put(draft, "", { kind: "note", key: `note ${fact.seq}`, note, by: "" });
}

export function runPaused(draft: Draft, fact: facts.RunPaused): void {
  stopWriting(draft);
  draft.run = { ...draft.run, status: "paused" };
  put(draft, "", { kind: "note", key: `note ${fact.seq}`, note: "paused", by: fact.by });
}

export function runForked(draft: Draft, fact: facts.RunForked): void {
  stopWriting(draft);
  draft.run = { ...draft.run, status: "running" };
  put(draft, "", { kind: "forked", key: `forked ${fact.seq}`, changed: fact.changed });
}

export function runSteered(draft: Draft, fact: facts.RunSteered): void {
  put(draft, "", { kind: "said", key: `said ${fact.seq}`, text: fact.text });
}

export function modelCallStarted(draft: Draft, fact: facts.ModelCallStarted): void {
  if (isAside(fact)) return void draft.judged.add(fact.call);
  const known = unanswered(draft, fact.call);
  const { call, agent, model, simulated } = fact;
  if (known?.early && known.state === "writing") {
    draft.entries.set(known.key, { ...known, agent, model, simulated, early: false });
    return;
  }
  draft.streams.set(call, { ...EMPTY, live: false });
  const attempt = known ? known.attempt + 1 : 0;
  put(draft, fact.path ?? "", { ...newMessage(call, agent), model, simulated, attempt, early: false });
}

export function modelCallHeld(draft: Draft, fact: facts.ModelCallHeld): void {
  pauseMessage(draft, fact, { kind: "limit", limit: fact.limit });
}

export function modelCallRetried(draft: Draft, fact: facts.ModelCallRetried): void {
  const { reason, attempt, attempts } = fact;
  const until = instant(fact.at) + fact.wait_seconds * 1000;
  pauseMessage(draft, fact, { kind: "retry", reason, attempt, attempts, until });
}

/** Text joins without copying the whole conversation: it comes many times a second. */
export function textArrived(state: Conversation, delta: facts.LiveDelta, live: boolean): Conversation {
  if (state.judged.has(delta.call)) return state;
  const known = messageOf(state, delta.call);
  if (!known) return textArrived(withEarlyMessage(state, delta), delta, live);
  if (known.state === "done" || delta.text === "") return state;
  const stream = state.streams.get(delta.call) ?? { ...EMPTY, live: false };
  if (live && stream.live && delta.offset === 0) return textArrived(withNewAttempt(state, known), delta, live);
  const joined = { ...join(stream, delta.offset, delta.text), live: stream.live || live };
  return { ...state, streams: new Map(state.streams).set(delta.call, joined) };
}

export function modelCallCompleted(draft: Draft, fact: facts.ModelCallCompleted): void {
  const path = fact.path ?? "";
  draft.streams.delete(fact.call);
  draft.usage = {
    requests: draft.usage.requests + 1,
    inputTokens: draft.usage.inputTokens + fact.input_tokens,
    outputTokens: draft.usage.outputTokens + fact.output_tokens,
  };
  if (isAside(fact)) {
    remove(draft, path, messageKey(fact.call));
    return;
  }
  const { call, agent, model, simulated, text, structured } = fact;
  const attempt = messageOf(draft, call)?.attempt ?? 0;
  put(draft, path, { ...newMessage(call, agent), model, simulated, attempt, early: false, state: "done", text, structured });
}

export function toolCalled(draft: Draft, fact: facts.ToolCalled): void {
  const path = fact.path ?? "";
  put(draft, path, {
    ...newTool(path, fact.call_id, fact.agent, fact.tool),
    toolKind: fact.tool_kind,
    arguments: fact.arguments,
    startedAt: instant(fact.at),
  });
}

export function toolCompleted(draft: Draft, fact: facts.ToolCompleted): void {
  const { output, seconds } = fact;
  finishTool(draft, fact, { state: "done", output, outputBytes: fact.output_bytes, seconds });
}

export function toolFailed(draft: Draft, fact: facts.ToolFailed): void {
  finishTool(draft, fact, { state: "failed", error: fact.error, seconds: fact.seconds });
}

export function handoffOccurred(draft: Draft, fact: facts.HandoffOccurred): void {
  const { source, target } = fact;
  put(draft, fact.path ?? "", { kind: "handoff", key: `handoff ${fact.seq}`, source, target });
}

export function guardrailChecked(draft: Draft, fact: facts.GuardrailChecked): void {
  const path = fact.path ?? "";
  const { guardrail, agent, stage, reason } = fact;
  if (fact.tripped) {
    put(draft, path, { kind: "tripped", key: `tripped ${fact.seq}`, guardrail, agent, stage, reason });
    return;
  }
  const last = lastIn(draft, path);
  const before = last?.kind === "passed" ? last : { kind: "passed" as const, key: `passed ${fact.seq}`, checks: [] };
  put(draft, path, { ...before, checks: [...before.checks, { guardrail, stage }] });
}

export function approvalRequested(draft: Draft, fact: facts.ApprovalRequested): void {
  const tool = findTool(draft, fact.call_id);
  const path = fact.step_path || fact.path || (tool ? outerPath(tool) : "");
  if (tool) draft.entries.set(tool.key, { ...tool, state: "waiting" });
  put(draft, path, {
    kind: "approval",
    key: approvalKey(fact.approval_id),
    id: fact.approval_id,
    inDoubt: fact.approval_kind === "in_doubt",
    isStep: fact.approval_kind === "step",
    agent: fact.agent,
    tool: fact.tool,
    arguments: fact.arguments,
    decision: null,
    expired: false,
  });
}

export function approvalDecided(draft: Draft, fact: facts.ApprovalDecided): void {
  const { verdict, reason, by } = fact;
  const approval = draft.entries.get(approvalKey(fact.approval_id));
  if (approval?.kind === "approval") {
    const decided: Approval = { ...approval, decision: { verdict, reason, by, at: instant(fact.at) } };
    draft.entries.set(approval.key, decided);
  }
  const tool = findTool(draft, fact.call_id);
  if (tool) draft.entries.set(tool.key, { ...tool, state: verdict === "approved" ? "running" : "rejected" });
}

export function approvalWithdrawn(draft: Draft, fact: facts.ApprovalWithdrawn): void {
  const approval = draft.entries.get(approvalKey(fact.approval_id));
  if (approval?.kind === "approval") draft.entries.set(approval.key, { ...approval, expired: true });
}

export function runCompleted(draft: Draft, fact: facts.RunCompleted): void {
  draft.usage = {
    requests: fact.requests,
    inputTokens: fact.input_tokens,
    outputTokens: fact.output_tokens,
  };
  if (!isShown(draft, fact.output)) {
    const { output, simulated } = fact;
    put(draft, "", { kind: "output", key: "output", text: output, simulated });
  }
  endRun(draft, "completed", instant(fact.at));
}

export function runFailed(draft: Draft, fact: facts.RunFailed): void {
  const { code, message, hint } = fact;
  put(draft, "", { kind: "failure", key: `failure ${fact.seq}`, code, message, hint });
  endRun(draft, "failed", instant(fact.at));
}

export function runCancelled(draft: Draft, fact: facts.RunCancelled): void {
  put(draft, "", { kind: "note", key: `note ${fact.seq}`, note: "cancelled", by: fact.by });
  endRun(draft, "cancelled", instant(fact.at));
}

/** What was still under way when the run stopped will not end by itself. */
export function stopAll(draft: Draft): void {
  stopWriting(draft);
  for (const entry of draft.entries.values()) {
    if (entry.kind === "tool" && (entry.state === "running" || entry.state === "waiting")) {
      draft.entries.set(entry.key, { ...entry, state: "stopped" });
    }
  }
}

function stopWriting(draft: Draft): void {
  for (const entry of draft.entries.values()) {
    if (entry.kind !== "message" || entry.state !== "writing") continue;
    const text = visible(draft.streams.get(entry.call) ?? EMPTY);
    draft.entries.set(entry.key, { ...entry, state: "stopped", text, pause: null });
  }
  draft.streams.clear();
}

export function expireApprovals(draft: Draft): void {
  for (const entry of draft.entries.values()) {
    if (entry.kind === "approval" && !entry.decision) draft.entries.set(entry.key, { ...entry, expired: true });
  }
}

function endRun(draft: Draft, status: string, at: number): void {
  draft.run = { ...draft.run, status };
  draft.endedAt = at;
  draft.stood = { entries: new Map(draft.entries), steps: new Map(draft.steps) };
  stopAll(draft);
  stopSteps(draft);
  expireApprovals(draft);
}

/** Calls and questions stand again as before the end. What was being written is written anew, after what went wrong. */
function takeBackTheEnd(draft: Draft): void {
  for (const entry of [...draft.entries.values()]) {
    if (entry.kind === "message" && entry.state === "stopped" && !entry.past) keepAsPast(draft, entry);
  }
  for (const entry of draft.stood?.entries.values() ?? []) {
    if (entry.kind === "tool" || entry.kind === "approval" || entry.kind === "step") draft.entries.set(entry.key, entry);
  }
  for (const step of draft.stood?.steps.values() ?? []) draft.steps.set(step.inner, step);
  draft.stood = null;
  draft.endedAt = null;
  draft.ended = false;
}

/** A call that is about to be made, if it is known. One that was answered is asked again where the answer ended the
 * run: that answer stays where it was given. */
function unanswered(draft: Draft, call: string): Message | undefined {
  const known = messageOf(draft, call);
  if (known?.state !== "done") return known;
  keepAsPast(draft, known);
  return undefined;
}

function keepAsPast(draft: Draft, message: Message): void {
  const key = `${message.key} until ${draft.seq}`;
  draft.entries.delete(message.key);
  draft.entries.set(key, { ...message, key, past: true });
  for (const [path, keys] of draft.scopes) {
    if (keys.includes(message.key)) draft.scopes.set(path, keys.map((each) => (each === message.key ? key : each)));
  }
}

function newMessage(call: string, agent: string): Message {
  return {
    kind: "message",
    key: messageKey(call),
    call,
    agent,
    model: "",
    simulated: null,
    state: "writing",
    attempt: 0,
    early: true,
    text: "",
    structured: false,
    pause: null,
    past: false,
  };
}

/** What was written by the attempt before is void. */
function pauseMessage(draft: Draft, fact: facts.ModelCallHeld | facts.ModelCallRetried, pause: Pause): void {
  if (isAside(fact)) return void draft.judged.add(fact.call);
  const { call, agent, model } = fact;
  const known = unanswered(draft, call);
  draft.streams.set(call, { ...EMPTY, live: false });
  const attempt = known ? known.attempt + 1 : 0;
  const message = { ...(known ?? newMessage(call, agent)), model, attempt, pause, early: false, state: "writing" as const };
  put(draft, fact.path ?? "", message);
}

function withEarlyMessage(state: Conversation, delta: facts.LiveDelta): Conversation {
  const draft = draftOf(state);
  put(draft, delta.path ?? "", newMessage(delta.call, delta.agent));
  return draft;
}

function withNewAttempt(state: Conversation, message: Message): Conversation {
  const again: Message = { ...message, attempt: message.attempt + 1, early: true, state: "writing" };
  return {
    ...state,
    entries: new Map(state.entries).set(message.key, again),
    streams: new Map(state.streams).set(message.call, { ...EMPTY, live: false }),
  };
}

function finishTool(draft: Draft, fact: facts.ToolCompleted | facts.ToolFailed, result: Partial<Tool>): void {
  const path = fact.path ?? "";
  const tool = toolOf(draft, path, fact.call_id) ?? newTool(path, fact.call_id, fact.agent, fact.tool);
  // The model is told of a rejection as if the tool had answered; for a person it stays rejected.
  const state = tool.state === "rejected" ? "rejected" : (result.state ?? tool.state);
  put(draft, path, { ...tool, ...result, state });
}

// Approvals do not say where in nested calls they belong; their call does.
function findTool(draft: Draft, callId: string): Tool | undefined {
  const outermost = toolOf(draft, "", callId);
  if (outermost) return outermost;
  for (const entry of draft.entries.values()) {
    if (entry.kind === "tool" && entry.callId === callId) return entry;
  }
  return undefined;
}

function outerPath(tool: Tool): string {
  return tool.inner === innerPath("", tool.callId) ? "" : tool.inner.slice(0, -tool.callId.length - 1);
}

function approvalKey(id: string): string {
  return `approval ${id}`;
}

function isShown(draft: Draft, output: string): boolean {
  if (output.trim() === "") return true;
  // What the agents of steps say counts, what agents say that are used like tools does not.
  const inner = [...draft.entries.values()].flatMap((entry) => (entry.kind === "step" ? [entry.inner] : []));
  return ["", ...inner].some((path) => (draft.scopes.get(path) ?? []).some((key) => {
    const entry = draft.entries.get(key);
    return entry?.kind === "message" && sameText(entry.text, output);
  }));
}
