// What facts about the steps of a workflow do to a conversation.
import { put, type Draft } from "./draft";
import type { Step, StepState } from "./entries";
import type * as facts from "./events";

type StepFact = facts.StepStarted | facts.StepFinished | facts.StepFailed | facts.StepWaiting;

export function stepStarted(draft: Draft, fact: facts.StepStarted): void {
  // Rounds and items have paths of their own, and nothing is said in them but by the steps inside.
  if (isPart(fact)) return;
  change(draft, fact, { state: "running", error: "" });
}

export function stepWaits(draft: Draft, fact: facts.StepWaiting): void {
  if (!isPart(fact)) change(draft, fact, { state: "waiting" });
}

export function stepFinished(draft: Draft, fact: facts.StepFinished): void {
  if (isPart(fact)) return;
  change(draft, fact, { state: fact.status === "stopped" ? "stopped" : "done" });
  const limit = fact.step_kind === "loop" && fact.status === "limit";
  if (fact.step_kind !== "branch" && !limit) return;
  const { step, port, value } = fact;
  put(draft, "", { kind: "way", key: `way ${fact.seq}`, step, port, seen: value, limit });
}

export function stepFailed(draft: Draft, fact: facts.StepFailed): void {
  if (isPart(fact)) return;
  change(draft, fact, { state: "failed", error: fact.message });
  // Where no error edge leads on, the failure of the run says it.
  const step = draft.steps.get(fact.path);
  if (fact.port === "error" && step) put(draft, "", step);
}

/** The run is over: no step goes on. */
export function stopSteps(draft: Draft): void {
  for (const step of draft.steps.values()) {
    if (step.state === "running" || step.state === "waiting") keep(draft, { ...step, state: "stopped" });
  }
}

function change(draft: Draft, fact: StepFact, changes: { state: StepState; error?: string }): void {
  const known = draft.steps.get(fact.path) ?? newStep(fact);
  keep(draft, { ...known, ...changes });
}

function keep(draft: Draft, step: Step): void {
  draft.steps.set(step.inner, step);
  if (draft.entries.has(step.key)) draft.entries.set(step.key, step);
}

function newStep(fact: StepFact): Step {
  return {
    kind: "step",
    key: `step ${fact.path}`,
    step: fact.step,
    stepKind: fact.step_kind,
    inner: fact.path,
    iteration: fact.iteration,
    item: fact.item,
    state: "running",
    error: "",
  };
}

function isPart(fact: StepFact): boolean {
  const part = fact.path.slice(fact.path.lastIndexOf("/") + 1);
  return (fact.step_kind === "loop" && /#\d+$/.test(part)) || (fact.step_kind === "map" && /^\d+(~\d+)?$/.test(part));
}
