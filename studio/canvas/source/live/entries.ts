// What a conversation consists of: one entry for each thing that a person sees as one.
import type { JsonObject, RunHead } from "./events";
import type { Stream } from "./stream";

/** A model call that waits: for its turn, or to be tried again (at `until`, in milliseconds). */
export type Pause =
  | { readonly kind: "limit"; readonly limit: string }
  | { readonly kind: "retry"; readonly reason: string; readonly attempt: number; readonly attempts: number; readonly until: number };

export interface Message {
  readonly kind: "message";
  readonly key: string;
  readonly call: string;
  readonly agent: string;
  readonly model: string;
  /** null until the start of the model call has been seen. */
  readonly simulated: boolean | null;
  readonly state: "writing" | "done" | "stopped";
  /** Counts restarts of the same model call: what an earlier attempt wrote is void. */
  readonly attempt: number;
  /** Its text came before the fact that the call started. */
  readonly early: boolean;
  /** The whole text once it is done; while it is being written see `Conversation.streams`. */
  readonly text: string;
  readonly structured: boolean;
  readonly pause: Pause | null;
  /** From before the run was tried again: the same call was made anew since. */
  readonly past: boolean;
}

/** What a person told the agents while the run was paused. */
export interface Said {
  readonly kind: "said";
  readonly key: string;
  readonly text: string;
}

export type ToolState = "running" | "done" | "failed" | "waiting" | "rejected" | "stopped";

export interface Tool {
  readonly kind: "tool";
  readonly key: string;
  readonly callId: string;
  readonly agent: string;
  readonly tool: string;
  readonly toolKind: string;
  readonly arguments: JsonObject;
  /** The path that the facts of the agent behind this tool carry. */
  readonly inner: string;
  readonly state: ToolState;
  readonly output: string;
  readonly outputBytes: number;
  readonly error: string;
  readonly seconds: number | null;
  readonly startedAt: number;
}

export interface Handoff {
  readonly kind: "handoff";
  readonly key: string;
  readonly source: string;
  readonly target: string;
}

/** Guardrails that let something pass; neighbours share one entry. */
export interface Passed {
  readonly kind: "passed";
  readonly key: string;
  readonly checks: readonly { readonly guardrail: string; readonly stage: string }[];
}

export interface Tripped {
  readonly kind: "tripped";
  readonly key: string;
  readonly guardrail: string;
  readonly agent: string;
  readonly stage: string;
  readonly reason: string;
}

export interface Decision {
  readonly verdict: string;
  readonly reason: string;
  readonly by: string;
  readonly at: number;
}

export interface Approval {
  readonly kind: "approval";
  readonly key: string;
  readonly id: string;
  readonly inDoubt: boolean;
  /** A step of the workflow asks, no agent. */
  readonly isStep: boolean;
  readonly agent: string;
  readonly tool: string;
  readonly arguments: JsonObject;
  readonly decision: Decision | null;
  /** Nobody decided before the run ended, or before the question became needless. */
  readonly expired: boolean;
}

export type StepState = "running" | "done" | "failed" | "waiting" | "stopped";

/** A step of a workflow; it is drawn as a heading as soon as something is said in it. */
export interface Step {
  readonly kind: "step";
  readonly key: string;
  readonly step: string;
  readonly stepKind: string;
  /** The path that the facts of what happens in it carry. */
  readonly inner: string;
  readonly iteration: number | null;
  readonly item: number | null;
  readonly state: StepState;
  readonly error: string;
}

/** Which way a branch took, and what its condition saw; or that a loop came to its limit. */
export interface Way {
  readonly kind: "way";
  readonly key: string;
  readonly step: string;
  readonly port: string;
  readonly seen: string;
  readonly limit: boolean;
}

export interface Note {
  readonly kind: "note";
  readonly key: string;
  readonly note: "paused" | "resumed" | "decided" | "recovered" | "retried" | "cancelled";
  readonly by: string;
}

/** The run was not given all of its conversation. */
export interface Shortened {
  readonly kind: "shortened";
  readonly key: string;
  readonly turns: number;
  readonly kept: number;
  /** Of the older turns; "" when they were left out. */
  readonly summary: string;
}

/** Here the run left another one; `changed` says what is different from here on. */
export interface Forked {
  readonly kind: "forked";
  readonly key: string;
  readonly changed: readonly string[];
}

export interface Failure {
  readonly kind: "failure";
  readonly key: string;
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** The run's output, where it is not simply what the last agent wrote. */
export interface Output {
  readonly kind: "output";
  readonly key: string;
  readonly text: string;
  readonly simulated: boolean;
}

/** `live`: some of it came as live text, which starts at 0 again only when the model call does. */
export interface Writing extends Stream {
  readonly live: boolean;
}

export type Entry = Message | Said | Tool | Step | Way | Handoff | Passed | Tripped | Approval | Note | Forked | Shortened | Failure | Output;

export interface Usage {
  readonly requests: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export interface Stood {
  readonly entries: ReadonlyMap<string, Entry>;
  readonly steps: ReadonlyMap<string, Step>;
}

export interface Conversation {
  readonly run: RunHead;
  readonly seq: number;
  readonly entries: ReadonlyMap<string, Entry>;
  /** Keys in order, by path: "" holds what the run itself did, others what happened inside an agent's tool call. */
  readonly scopes: ReadonlyMap<string, readonly string[]>;
  /** Steps of the workflow by path, those without a heading too. */
  readonly steps: ReadonlyMap<string, Step>;
  /** Model calls beside the conversation, whose words are not shown. */
  readonly judged: ReadonlySet<string>;
  /** Text being written, by model call. */
  readonly streams: ReadonlyMap<string, Writing>;
  readonly usage: Usage;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** How things stood when the run failed or was stopped: there it goes on when it is tried again. */
  readonly stood: Stood | null;
  /** Nothing more will come. */
  readonly ended: boolean;
}
