import { describe, expect, test } from "vitest";
import { flowWay, fold, type LiveEvent, type LiveState, NO_RUN, statuses } from "./live_status";

function after(...events: LiveEvent[]): LiveState {
  return events.reduce(fold, NO_RUN);
}

const started = { kind: "run_started", input: "hi", organization: "o", revision: 1, entry: "triage" };
const triage = { kind: "agent_started", agent: "triage", path: "" };
const handoff = { kind: "handoff_occurred", source: "triage", target: "billing", path: "" };
const billing = { kind: "agent_started", agent: "billing", path: "" };

function called(call_id: string, node: string, tool_kind = "function", path = ""): LiveEvent {
  return { kind: "tool_called", call_id, agent: "billing", tool: node, tool_kind, node, arguments: {}, path };
}

function ended(kind: "tool_completed" | "tool_failed", call_id: string, node: string): LiveEvent {
  return { kind, call_id, agent: "billing", tool: node, node, seconds: 1, path: "" };
}

function requested(call_id: string): LiveEvent {
  const [agent, node] = ["billing", "refund"];
  return { kind: "approval_requested", approval_id: "p1", call_id, agent, tool: node, node };
}

test("a handoff ends one agent, starts the next and lights the edge between them", () => {
  const state = after(started, triage, handoff, billing);

  expect(statuses(state)).toEqual({
    triage: "done",
    billing: "running",
    "handoff:triage→billing": "running",
  });
});

test("a handoff back leaves the first edge done", () => {
  const back = { kind: "handoff_occurred", source: "billing", target: "triage", path: "" };

  expect(statuses(after(started, triage, handoff, billing, back, triage))).toEqual({
    billing: "done",
    triage: "running",
    "handoff:triage→billing": "done",
    "handoff:billing→triage": "running",
  });
});

describe("a tool", () => {
  test("runs while a call of it is open, and is done after the last one", () => {
    const two = [started, billing, called("c1", "lookup"), called("c2", "lookup")];
    const one = [...two, ended("tool_completed", "c1", "lookup")];

    expect(statuses(after(...one))).toMatchObject({ lookup: "running", "uses:billing→lookup": "running" });
    expect(statuses(after(...one, ended("tool_completed", "c2", "lookup")))).toMatchObject({
      lookup: "done",
      "uses:billing→lookup": "done",
      billing: "running",
    });
  });

  test("that failed says so until it is called again", () => {
    const failed = [started, billing, called("c1", "lookup"), ended("tool_failed", "c1", "lookup")];

    expect(statuses(after(...failed)).lookup).toBe("failed");
    expect(statuses(after(...failed, called("c2", "lookup"))).lookup).toBe("running");
  });
});

test("an agent that is called as a tool works inside its call and ends with it", () => {
  const expert = { kind: "agent_started", agent: "expert", path: "c1" };
  const inside = [started, billing, called("c1", "expert", "agent"), expert, called("c2", "docs", "mcp", "c1")];

  expect(statuses(after(...inside))).toMatchObject({
    billing: "running",
    expert: "running",
    docs: "running",
    "as_tool:billing→expert": "running",
  });
  const over = after(...inside, ended("tool_completed", "c2", "docs"), ended("tool_completed", "c1", "expert"));
  expect(statuses(over)).toMatchObject({ billing: "running", expert: "done", "as_tool:billing→expert": "done" });
  expect(over.agents).toEqual({ "": "billing" });
});

describe("an approval", () => {
  const asked = [started, billing, called("c1", "refund"), requested("c1")];
  const waiting = [...asked, { kind: "run_waiting", approvals: ["p1"] }];
  const decided = (verdict: string) => ({ kind: "approval_decided", approval_id: "p1", call_id: "c1", verdict });

  test("makes tool and agent wait for a person", () => {
    const state = after(...waiting);

    expect(state.phase).toBe("waiting");
    expect(statuses(state)).toEqual({ billing: "waiting", refund: "waiting", "uses:billing→refund": "waiting" });
  });

  test("that is given lets the call go on", () => {
    const state = after(...waiting, decided("approved"), { kind: "run_resumed", reason: "decision", segment: 1 });

    expect(statuses(state)).toEqual({ billing: "running", refund: "running", "uses:billing→refund": "running" });
  });

  test("that is refused leaves the tool as it was", () => {
    const state = after(...waiting, decided("rejected"), { kind: "run_resumed", reason: "decision", segment: 1 });

    expect(statuses(state)).toEqual({ billing: "running" });
  });

  test("can be asked for before the call is reported", () => {
    expect(statuses(after(started, billing, requested("c9"))).refund).toBe("waiting");
  });
});

test("a guardrail passes or trips", () => {
  const check = (tripped: boolean) => ({ kind: "guardrail_checked", guardrail: "g", agent: "triage", tripped });

  expect(statuses(after(started, check(false)))).toEqual({ g: "done", "guards:g→triage": "done" });
  expect(statuses(after(started, check(true)))).toEqual({ g: "failed", "guards:g→triage": "failed" });
});

describe("a step of a workflow", () => {
  const step = (kind: string, name: string, port?: string, path = ""): LiveEvent => ({
    kind,
    step: name,
    path,
    ...(port && { port }),
  });

  test("runs, is done, and lights the way it took", () => {
    const running = [started, step("step_started", "Kind?")];

    expect(statuses(after(...running))).toEqual({ "Kind?": "running" });
    expect(statuses(after(...running, step("step_finished", "Kind?", "refund")))).toEqual({
      "Kind?": "done",
      [flowWay("Kind?", "refund")]: "done",
    });
  });

  test("can wait for a person and go on", () => {
    const waiting = [started, step("step_started", "Ask"), step("step_waiting", "Ask")];

    expect(statuses(after(...waiting)).Ask).toBe("waiting");
    expect(statuses(after(...waiting, step("step_started", "Ask"))).Ask).toBe("running");
    expect(statuses(after(...waiting, step("step_finished", "Ask", "approved"))).Ask).toBe("done");
  });

  test("in a map is done when all of its rounds are", () => {
    const ended = (path: string) => step("step_finished", "Writer", "out", path);
    const three = ["0", "1", "2"].map((path) => step("step_started", "Writer", "", path));
    const two = [started, ...three, ended("0"), ended("1")];

    expect(statuses(after(...two)).Writer).toBe("running");
    expect(statuses(after(...two, step("step_failed", "Writer", "error", "2")))).toMatchObject({
      Writer: "failed",
      [flowWay("Writer", "error")]: "done",
    });
  });

  test("that is an agent stops being at work when it ends", () => {
    const state = after(started, step("step_started", "billing"), billing, step("step_finished", "billing", "out"));

    expect(statuses(state).billing).toBe("done");
    expect(state.agents).toEqual({});
  });

  test("that is under way ends with the run", () => {
    expect(statuses(after(started, step("step_started", "Kind?"), { kind: "run_failed" }))).toEqual({
      "Kind?": "failed",
    });
  });
});

test("after a crash nothing is left running that is not reported again", () => {
  const recovered = { kind: "run_resumed", reason: "recovery", segment: 2 };
  const state = after(started, billing, called("c1", "lookup"), recovered);

  expect(statuses(state)).toEqual({ billing: "running" });
});

describe("the end of a run", () => {
  const busy = [started, triage, handoff, billing, called("c1", "lookup")];

  test.each([
    ["run_completed", "completed", "done"],
    ["run_failed", "failed", "failed"],
    ["run_cancelled", "cancelled", "idle"],
  ] as const)("%s settles all that was at work", (kind, phase, status) => {
    const state = after(...busy, { kind });

    expect(state.phase).toBe(phase);
    expect(statuses(state)).toEqual({
      triage: "done",
      billing: status,
      lookup: status,
      "uses:billing→lookup": status,
      "handoff:triage→billing": "done",
    });
  });
});

test("unknown facts and text change nothing", () => {
  const state = after(started, triage);

  expect(fold(state, { kind: "text_delta", call: "c", text: "hello" })).toBe(state);
  expect(fold(state, { kind: "something_new" })).toBe(state);
});

test("a paused run rests where it is", () => {
  const state = after(started, triage, handoff, billing, { kind: "run_paused", calls: [], by: "" });

  expect(state.phase).toBe("paused");
  expect(statuses(state)).toEqual({ triage: "done", billing: "waiting", "handoff:triage→billing": "waiting" });
  expect(statuses(fold(state, { kind: "run_resumed", reason: "resume" }))).toMatchObject({ billing: "running" });
});

test("a run that is tried again goes on where it failed", () => {
  const failed = after(started, triage, handoff, billing, { kind: "run_failed", code: "x", message: "", hint: "" });
  expect(statuses(failed)).toMatchObject({ billing: "failed" });

  const again = fold(failed, { kind: "run_resumed", reason: "retry" });

  expect(again.phase).toBe("running");
  expect(statuses(again)).toEqual({ triage: "done", billing: "running", "handoff:triage→billing": "running" });
});
