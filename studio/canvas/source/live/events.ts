// What the server says about a run: stored events (core/engine/events.py), live text, and the frames that carry them.

export interface RunHead {
  readonly id: string;
  readonly status: string;
  readonly input: string;
  readonly simulated: boolean;
}

interface Stored<Kind extends string> {
  readonly kind: Kind;
  readonly seq: number;
  readonly at: string | number;
  readonly path?: string;
}

export interface RunStarted extends Stored<"run_started"> {
  readonly input: string;
}

export interface RunResumed extends Stored<"run_resumed"> {
  readonly reason: string;
}

export interface ConversationShortened extends Stored<"conversation_shortened"> {
  readonly how: string;
  readonly turns: number;
  readonly kept: number;
  readonly summary: string;
}

export interface ModelCallStarted extends Stored<"model_call_started"> {
  readonly call: string;
  readonly agent: string;
  readonly model: string;
  readonly simulated: boolean;
  readonly purpose?: string;
}

export interface QuestionChanged extends Stored<"question_changed"> {
  readonly call: string;
  readonly agent: string;
  readonly parts: readonly { readonly what: string; readonly lines: readonly (readonly [string, string])[] }[];
}

export interface ModelCallHeld extends Stored<"model_call_held"> {
  readonly call: string;
  readonly agent: string;
  readonly model: string;
  readonly limit: string;
  readonly purpose?: string;
}

export interface ModelCallRetried extends Stored<"model_call_retried"> {
  readonly call: string;
  readonly agent: string;
  readonly model: string;
  readonly attempt: number;
  readonly attempts: number;
  readonly reason: string;
  readonly wait_seconds: number;
  readonly purpose?: string;
}

export interface TextDelta extends Stored<"text_delta"> {
  readonly call: string;
  readonly agent: string;
  readonly offset: number;
  readonly text: string;
}

export interface ModelCallCompleted extends Stored<"model_call_completed"> {
  readonly call: string;
  readonly agent: string;
  readonly model: string;
  readonly simulated: boolean;
  readonly text: string;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly seconds: number;
  readonly structured: boolean;
  readonly purpose?: string;
}

export interface ToolCalled extends Stored<"tool_called"> {
  readonly call_id: string;
  readonly agent: string;
  readonly tool: string;
  readonly tool_kind: string;
  readonly arguments: JsonObject;
}

export interface ToolCompleted extends Stored<"tool_completed"> {
  readonly call_id: string;
  readonly agent: string;
  readonly tool: string;
  readonly output: string;
  readonly output_bytes: number;
  readonly seconds: number;
}

export interface ToolFailed extends Stored<"tool_failed"> {
  readonly call_id: string;
  readonly agent: string;
  readonly tool: string;
  readonly error: string;
  readonly seconds: number;
}

export interface HandoffOccurred extends Stored<"handoff_occurred"> {
  readonly source: string;
  readonly target: string;
}

export interface GuardrailChecked extends Stored<"guardrail_checked"> {
  readonly guardrail: string;
  readonly agent: string;
  readonly stage: string;
  readonly tripped: boolean;
  readonly reason: string;
}

export interface ApprovalRequested extends Stored<"approval_requested"> {
  readonly approval_id: string;
  readonly approval_kind: string;
  readonly call_id: string;
  readonly agent: string;
  readonly tool: string;
  readonly arguments: JsonObject;
  /** The workflow's step that waits, if it has one. */
  readonly step_path?: string;
}

export interface ApprovalWithdrawn extends Stored<"approval_withdrawn"> {
  readonly approval_id: string;
}

export interface ApprovalDecided extends Stored<"approval_decided"> {
  readonly approval_id: string;
  readonly call_id: string;
  readonly tool: string;
  readonly verdict: string;
  readonly reason: string;
  readonly by: string;
}

interface StepFact<Kind extends string> extends Stored<Kind> {
  readonly step: string;
  readonly step_kind: string;
  readonly path: string;
  readonly iteration: number | null;
  readonly item: number | null;
}

export interface StepStarted extends StepFact<"step_started"> {}

export interface StepFinished extends StepFact<"step_finished"> {
  readonly status: string;
  readonly port: string;
  readonly value: string;
}

export interface StepFailed extends StepFact<"step_failed"> {
  readonly message: string;
  readonly port: string;
}

export interface StepWaiting extends StepFact<"step_waiting"> {}

export interface RunWaiting extends Stored<"run_waiting"> {
  readonly approvals: readonly string[];
}

/** It came to rest, because a person wanted it to. */
export interface RunPaused extends Stored<"run_paused"> {
  readonly by: string;
}

/** A person told the agents something, while the run was paused. */
export interface RunSteered extends Stored<"run_steered"> {
  readonly text: string;
}

/** What comes before it was copied from another run. */
export interface RunForked extends Stored<"run_forked"> {
  readonly parent: string;
  readonly changed: readonly string[];
}

export interface RunCompleted extends Stored<"run_completed"> {
  readonly output: string;
  readonly last_agent: string;
  readonly requests: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly simulated: boolean;
}

export interface RunFailed extends Stored<"run_failed"> {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

export interface RunCancelled extends Stored<"run_cancelled"> {
  readonly by: string;
}

/** Kinds that the chat draws nothing for (and kinds it does not know yet) are left out of this union. */
export type RunEvent =
  | RunStarted | ConversationShortened | RunResumed | RunWaiting | RunPaused | RunSteered | RunForked | RunCompleted | RunFailed | RunCancelled
  | QuestionChanged | ModelCallStarted | ModelCallHeld | ModelCallRetried | TextDelta | ModelCallCompleted
  | ToolCalled | ToolCompleted | ToolFailed
  | HandoffOccurred | GuardrailChecked | ApprovalRequested | ApprovalDecided | ApprovalWithdrawn
  | StepStarted | StepFinished | StepFailed | StepWaiting;

/** Text on its way: not stored yet, so it has no number. `offset` counts Unicode characters, as Python does. */
export interface LiveDelta {
  readonly call: string;
  readonly agent: string;
  readonly path?: string;
  readonly offset: number;
  readonly text: string;
}

export type Frame =
  | { readonly type: "events"; readonly run: RunHead; readonly events: readonly RunEvent[] }
  | { readonly type: "event"; readonly event: RunEvent }
  | { readonly type: "text"; readonly text: LiveDelta }
  | { readonly type: "end"; readonly status: string }
  /** There is no such run. */
  | { readonly type: "error"; readonly message: string };

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

/** Model calls of judges and of what summarizes a conversation: their words are not part of it. */
export function isAside(fact: { readonly purpose?: string }): boolean {
  return (fact.purpose ?? "agent") !== "agent";
}

const ENDED = new Set(["completed", "failed", "cancelled"]);

export function isEnded(status: string): boolean {
  return ENDED.has(status);
}
