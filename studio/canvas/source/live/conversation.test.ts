import { describe, expect, it } from "vitest";

import { pauseWords } from "./draw/message";
import { emptyConversation, fold } from "./conversation";
import type { Conversation, Entry } from "./entries";
import { join, visible } from "./stream";
import fixture from "./events.fixture.json";
import type { Frame, LiveDelta, RunEvent, RunHead } from "./events";

const RUN: RunHead = { id: "r1", status: "running", input: "Refund A1", simulated: true };

/** A server that numbers its facts, as the real one does. */
class Server {
  seq = 0;
  state: Conversation = emptyConversation(RUN);

  history(...facts: object[]): this {
    return this.send({ type: "events", run: RUN, events: facts.map((fact) => this.fact(fact)) });
  }
  facts(...facts: object[]): this {
    for (const fact of facts) this.send({ type: "event", event: this.fact(fact) });
    return this;
  }
  text(offset: number, text: string, more: Partial<LiveDelta> = {}): this {
    return this.send({ type: "text", text: { call: "c1", agent: "Billing", path: "", offset, text, ...more } });
  }
  send(frame: Frame): this {
    this.state = fold(this.state, frame);
    return this;
  }
  fact(fact: object): RunEvent {
    return { seq: ++this.seq, at: "2026-11-22T10:00:00Z", path: "", ...fact } as RunEvent;
  }
}

const started = (more = {}) => ({ kind: "model_call_started", call: "c1", agent: "Billing", model: "m", simulated: true, ...more });
const completed = (text: string, more = {}) => ({
  kind: "model_call_completed", call: "c1", agent: "Billing", model: "m", simulated: true, text,
  input_tokens: 10, output_tokens: 5, seconds: 1, structured: false, ...more,
});
const delta = (offset: number, text: string, more = {}) => ({ kind: "text_delta", call: "c1", agent: "Billing", offset, text, ...more });
const called = (call_id: string, more = {}) => ({
  kind: "tool_called", call_id, agent: "Billing", tool: "refund", tool_kind: "function", node: "refund", arguments: { order: "A1" }, ...more,
});
const toolDone = (call_id: string, more = {}) => ({
  kind: "tool_completed", call_id, agent: "Billing", tool: "refund", node: "refund", output: "ok", output_bytes: 2, seconds: 0.5, ...more,
});
const asks = (id: string, call_id: string, more = {}) => ({
  kind: "approval_requested", approval_id: id, approval_kind: "tool", call_id, agent: "Billing", tool: "refund", node: "refund", arguments: {}, ...more,
});
const decides = (id: string, call_id: string, verdict: string) => ({
  kind: "approval_decided", approval_id: id, call_id, tool: "refund", verdict, reason: "because", by: "ana",
});
const finished = (output = "") => ({
  kind: "run_completed", output, last_agent: "Billing", requests: 3, input_tokens: 30, output_tokens: 9, simulated: true,
});

function written({ state }: Server, call = "c1"): string | undefined {
  return state.streams.get(call)?.text;
}

/** The conversation as one readable tree. */
function tree(state: Conversation, path = "", indent = ""): string {
  const lines = (state.scopes.get(path) ?? []).map((key) => {
    const entry = state.entries.get(key)!;
    const inner = (entry.kind === "tool" || entry.kind === "step") && state.scopes.has(entry.inner) ? "\n" + tree(state, entry.inner, indent + "  ") : "";
    return indent + line(state, entry) + inner;
  });
  return lines.join("\n");
}

function line(state: Conversation, entry: Entry): string {
  switch (entry.kind) {
    case "message": return `${entry.agent}: ${entry.state === "writing" ? state.streams.get(entry.call)?.text : entry.text} (${entry.state})`;
    case "tool": return `${entry.tool} ${entry.callId} (${entry.state})`;
    case "step": return `step ${entry.inner} (${entry.state})${entry.error}`;
    case "way": return `${entry.step} -> ${entry.limit ? "limit" : entry.port} ${entry.seen}`;
    case "handoff": return `${entry.source} -> ${entry.target}`;
    case "passed": return `passed ${entry.checks.map((check) => check.guardrail).join(" ")}`;
    case "tripped": return `tripped ${entry.guardrail}: ${entry.reason}`;
    case "approval": return `approval ${entry.id} ${entry.decision?.verdict ?? (entry.expired ? "expired" : "open")}`;
    case "forked": return `forked ${entry.changed.join()}`;
    case "said": return `said ${entry.text}`;
    case "shortened": return `${entry.turns} earlier turns, ${entry.kept} kept${entry.summary ? `: ${entry.summary}` : ""}`;
    case "note": return `note ${entry.note}`;
    case "failure": return `failure ${entry.message}`;
    case "output": return `output ${entry.text}`;
  }
}

it("reads every kind of fact that the engine writes", () => {
  expect(tree(new Server().history(...fixture).state)).toBe(`12 earlier turns, 4 kept: Ana asked for a refund.
passed polite
Triage: To billing. (done)
Triage -> Billing
lookup t1 (failed)
refund t2 (done)
approval a1 approved
note decided
note paused
said Only half.
forked another model
note resumed
step Draft (failed)The model refused.
Which? -> refund kind = refund
output done
failure Too many turns.
note cancelled`);
});

describe("text", () => {
  it("joins live text by offset", () => {
    const server = new Server().history(started()).text(0, "Hel").text(3, "lo");

    expect(written(server)).toBe("Hello");
  });

  it("takes each character once, however often it comes", () => {
    const server = new Server().history(started(), delta(0, "Hello")).text(3, "lo wor").text(5, " world");
    server.facts(delta(0, "Hello world"));

    expect(written(server)).toBe("Hello world");
  });

  it("waits for what is missing in between", () => {
    const server = new Server().history(started(), delta(0, "one ")).text(8, "three");
    expect(written(server)).toBe("one ");

    server.facts(delta(4, "two three four"));

    expect(written(server)).toBe("one two three four");
  });

  it("is shown with a gap when what is missing does not come", () => {
    const long = "and so on ".repeat(10);
    const server = new Server().history(started()).text(0, "one ").text(8, "three ").text(14, long).text(20, long);
    const stream = server.state.streams.get("c1")!;

    expect(visible(stream)).toBe(`one  … three ${long}${long.slice(-6)}`);
    expect(visible(join(stream, 4, "two "))).toBe(`one two three ${long}${long.slice(-6)}`);
  });

  it("counts characters as Python does", () => {
    const server = new Server().history(started()).text(0, "😀😀a").text(3, "b").text(1, "😀abc");

    expect(written(server)).toBe("😀😀abc");
  });

  it("may come before the fact that its call started", () => {
    const server = new Server().history().text(0, "Hel").facts(started()).text(3, "lo");

    expect(tree(server.state)).toBe("Billing: Hello (writing)");
  });

  it("is void when its call starts again", () => {
    const server = new Server().history(started()).text(0, "First try").facts(started()).text(0, "Second");

    expect(tree(server.state)).toBe("Billing: Second (writing)");
  });

  it("is void when its attempt failed, and it says when it is tried again", () => {
    const server = new Server().history(started()).text(0, "The answer is ha");

    server.facts({ kind: "model_call_retried", call: "c1", agent: "Billing", model: "m", attempt: 2, attempts: 4, reason: "It is busy.", wait_seconds: 3 });

    const message = server.state.entries.get("message c1");
    const pause = message?.kind === "message" ? message.pause : null;
    expect(written(server)).toBe("");
    const at = Date.parse("2026-11-22T10:00:00Z");
    expect(pauseWords(pause!, at)).toBe("It is busy. Trying again in 3 s (2 of 4).");
    expect(pauseWords(pause!, at + 3000)).toBe("It is busy. Trying again (2 of 4).");

    server.facts(started()).text(0, "The answer is whole").facts(completed("The answer is whole"));
    expect(tree(server.state)).toBe("Billing: The answer is whole (done)");
    expect(server.state.entries.get("message c1")).toMatchObject({ pause: null });
  });
  it("that waits for its turn says so before it starts, unless it is a judge's", () => {
    const held = { kind: "model_call_held", agent: "Billing", model: "m", limit: "7 at the same time" };
    const server = new Server().history({ ...held, call: "c1" }, { ...held, call: "c2", purpose: "judge" });

    expect([...server.state.entries.keys()]).toEqual(["message c1"]);
    expect(server.state.entries.get("message c1")).toMatchObject({ pause: { kind: "limit", limit: "7 at the same time" } });

    server.facts(finished());
    expect(server.state.entries.get("message c1")).toMatchObject({ state: "stopped", pause: null });
  });
  it("of a new attempt may come before the fact that it started", () => {
    const server = new Server().history(started()).text(0, "First try").text(0, "Sec").facts(started()).text(3, "ond");

    expect(tree(server.state)).toBe("Billing: Second (writing)");
  });

  it("is replaced by the whole text, after which nothing is added", () => {
    const server = new Server().history(started()).text(0, "Hel").facts(completed("Hello.")).text(3, "lo.");

    expect(tree(server.state)).toBe("Billing: Hello. (done)");
    expect(written(server)).toBeUndefined();
  });

  it("does not copy what it does not change", () => {
    const server = new Server().history(started(), called("t1")).text(0, "a");
    const before = server.state;

    server.text(1, "b").facts(delta(2, "c"));

    expect(server.state.entries).toBe(before.entries);
    expect(before.streams.get("c1")?.text).toBe("a");
  });
});

describe("frames", () => {
  it("starts over with the first frame of a new connection", () => {
    const server = new Server().history(started()).text(0, "Hello").facts(called("t1"));
    server.seq = 0;

    server.history(started(), completed("Hello."), called("t1"), toolDone("t1"));

    expect(tree(server.state)).toBe("Billing: Hello. (done)\nrefund t1 (done)");
    expect(server.state.usage.requests).toBe(1);
  });

  it("takes a fact once", () => {
    const server = new Server().history(started());
    const fact = server.fact(completed("Hello."));

    server.send({ type: "event", event: fact }).send({ type: "event", event: fact });

    expect(server.state.usage).toEqual({ requests: 1, inputTokens: 10, outputTokens: 5 });
  });

  it("ignores facts it does not know", () => {
    const server = new Server().history({ kind: "something_new" }, started());

    expect(tree(server.state)).toBe("Billing:  (writing)");
  });

  it("ends what was under way when the run ends", () => {
    const server = new Server().history(started()).text(0, "Hel").facts(called("t1"), asks("a1", "t1"));

    server.send({ type: "end", status: "cancelled" });

    expect(server.state.ended).toBe(true);
    expect(tree(server.state)).toBe("Billing: Hel (stopped)\nrefund t1 (stopped)\napproval a1 expired");
  });
});

describe("nested agents", () => {
  it("stand inside the call of their tool, in order", () => {
    const server = new Server().history(
      called("t1", { tool: "researcher", tool_kind: "agent" }),
      called("t2"),
      started({ call: "c2", agent: "Researcher", path: "t1" }),
      called("t3", { path: "t1", tool: "critic", tool_kind: "agent" }),
      started({ call: "c3", agent: "Critic", path: "t1/t3" }),
    ).text(0, "Hm", { call: "c3", path: "t1/t3" });

    expect(tree(server.state)).toBe(
      "researcher t1 (running)\n  Researcher:  (writing)\n  critic t3 (running)\n    Critic: Hm (writing)\nrefund t2 (running)");
  });

  it("may be heard before the call that stands for them", () => {
    const server = new Server().history().text(0, "Hi", { call: "c2", agent: "Researcher", path: "t1" });

    server.facts(called("t1", { tool: "ask_researcher", tool_kind: "agent" }));

    expect(tree(server.state)).toBe("ask_researcher t1 (running)\n  Researcher: Hi (writing)");
  });
});

describe("approvals", () => {
  it("stand beside their call, also inside a nested agent", () => {
    const server = new Server().history(
      called("t1", { tool: "researcher", tool_kind: "agent" }), called("t2", { path: "t1" }), asks("a1", "t2", { path: undefined }));

    expect(tree(server.state)).toBe("researcher t1 (running)\n  refund t2 (waiting)\n  approval a1 open");
  });

  it("let the call run", () => {
    const server = new Server().history(called("t1"), asks("a1", "t1"), decides("a1", "t1", "approved"));
    expect(tree(server.state)).toBe("refund t1 (running)\napproval a1 approved");

    server.facts(toolDone("t1"));

    expect(tree(server.state)).toBe("refund t1 (done)\napproval a1 approved");
  });

  it("keep a rejected call rejected, whatever the model is told", () => {
    const server = new Server().history(called("t1"), asks("a1", "t1"), decides("a1", "t1", "rejected"), toolDone("t1"));

    expect(tree(server.state)).toBe("refund t1 (rejected)\napproval a1 rejected");
  });

  it("may come before the call", () => {
    const server = new Server().history(asks("a1", "t1"), decides("a1", "t1", "approved"), called("t1"));

    expect(tree(server.state)).toBe("approval a1 approved\nrefund t1 (running)");
  });
});

describe("the run", () => {
  it("joins guardrails that pass and shows the one that trips", () => {
    const check = (guardrail: string, tripped: boolean) => ({ kind: "guardrail_checked", guardrail, agent: "Billing", stage: "input", tripped, reason: "rude" });
    const server = new Server().history(check("a", false), check("b", false), check("c", true));

    expect(tree(server.state)).toBe("passed a b\ntripped c: rude");
  });

  it("does not show what a judge writes, but counts it", () => {
    const server = new Server().history(started()).text(0, "ok").facts(completed("ok", { purpose: "judge" }));

    expect(tree(server.state)).toBe("");
    expect(server.state.usage.requests).toBe(1);
  });

  it("shows its output only where no agent has written it", () => {
    const told = new Server().history(started(), completed('{"a": 1}'), finished('{"a":1}'));
    const tool = new Server().history(started(), completed(""), called("t1"), toolDone("t1"), finished("ok"));

    expect(tree(told.state)).toBe('Billing: {"a": 1} (done)');
    expect(tree(tool.state)).toBe("Billing:  (done)\nrefund t1 (done)\noutput ok");
  });

  it("goes on after a recovery where it was", () => {
    const server = new Server().history(started(), delta(0, "Half a"), called("t1"), { kind: "run_resumed", reason: "recovery", segment: 1 });
    expect(tree(server.state)).toBe("Billing: Half a (stopped)\nrefund t1 (stopped)\nnote recovered");

    server.facts(started()).text(0, "Whole").facts(completed("Whole."), called("t1"), toolDone("t1"));

    expect(tree(server.state)).toBe("Billing: Whole. (done)\nrefund t1 (done)\nnote recovered");
  });

  it("tells how it failed", () => {
    const server = new Server().history(called("t1"), { kind: "run_failed", code: "max_turns", message: "Too many turns.", hint: "Raise the limit." });

    expect(tree(server.state)).toBe("refund t1 (stopped)\nfailure Too many turns.");
    expect(server.state.run.status).toBe("failed");
  });
});

describe("a pause", () => {
  const paused = { kind: "run_paused", calls: ["c2"], by: "ana" };
  const resumed = { kind: "run_resumed", reason: "resume", segment: 1 };

  it("is told where it came, with what the person says then", () => {
    const server = new Server().history(started(), completed("One."), paused);
    expect(server.state.run.status).toBe("paused");

    server.facts({ kind: "run_steered", text: "Be brief.", calls: ["c2"], by: "ana" }, resumed, started({ call: "c2" }));
    expect(tree(server.state)).toBe("Billing: One. (done)\nnote paused\nsaid Be brief.\nnote resumed\nBilling:  (writing)");
    expect(server.state.run.status).toBe("running");
  });

  it("leaves nothing that is still being written", () => {
    const server = new Server().history(started()).text(0, "Hel").facts(paused);

    expect(tree(server.state)).toBe("Billing: Hel (stopped)\nnote paused");
    expect(server.state.streams.size).toBe(0);
  });

  it("is over for a run that is queued again, though nothing tells of it yet", () => {
    const server = new Server();
    const events = [started(), completed("One."), paused].map((fact) => server.fact(fact));

    expect(server.send({ type: "events", run: { ...RUN, status: "queued" }, events }).state.run.status).toBe("queued");
    expect(server.send({ type: "events", run: RUN, events }).state.run.status).toBe("paused");
  });
});

describe("a run that is tried again", () => {
  const failed = { kind: "run_failed", code: "model", message: "It is down.", hint: "" };
  const retried = { kind: "run_resumed", reason: "retry", segment: 1 };

  it("is no longer over, and what failed stays above what comes now", () => {
    const server = new Server().history(started(), delta(0, "Half a"), failed);
    server.send({ type: "end", status: "failed" }).facts(retried);
    expect(server.state).toMatchObject({ run: { status: "running" }, ended: false, endedAt: null });

    server.facts(started()).text(0, "Whole").facts(completed("Whole."), finished("Whole."));

    expect(tree(server.state)).toBe("Billing: Half a (stopped)\nfailure It is down.\nnote retried\nBilling: Whole. (done)");
    expect(server.state.endedAt).not.toBeNull();
  });

  it("keeps the answer that ended it", () => {
    const server = new Server().history(started(), completed("no JSON"), failed, retried, started(), completed("{}"), finished("{}"));

    expect(tree(server.state)).toBe("Billing: no JSON (done)\nfailure It is down.\nnote retried\nBilling: {} (done)");
  });

  it("asks again what nobody had decided, and goes on with calls and steps that were under way", () => {
    const step = { kind: "step_started", step: "a", step_kind: "agent", path: "a", iteration: null, item: null };
    const server = new Server().history(step, called("t1"), asks("a1", "t1"), called("t2", { path: "a" }), { kind: "run_cancelled", by: "" });
    expect(tree(server.state)).toBe("refund t1 (stopped)\napproval a1 expired\nstep a (stopped)\n  refund t2 (stopped)\nnote cancelled");

    server.facts(retried);

    expect(tree(server.state)).toBe("refund t1 (waiting)\napproval a1 open\nstep a (running)\n  refund t2 (running)\nnote cancelled\nnote retried");
  });

  it("asks again, too, where it was stopped while it waited and goes on as after a decision", () => {
    const server = new Server().history(called("t1"), asks("a1", "t1"), { kind: "run_waiting", approvals: ["a1"] }, { kind: "run_cancelled", by: "" });

    server.facts({ kind: "run_resumed", reason: "decision", segment: 2 }, { kind: "run_waiting", approvals: ["a1"] });

    expect(tree(server.state)).toBe("refund t1 (waiting)\napproval a1 open\nnote cancelled\nnote retried");
    expect(server.state).toMatchObject({ run: { status: "waiting" }, endedAt: null });
  });

  it("does not look ended where its head was read before it was tried again", () => {
    const server = new Server();
    const events = [started(), failed].map((fact) => server.fact(fact));

    const queued = server.send({ type: "events", run: { ...RUN, status: "queued" }, events }).state;
    expect(queued.run.status).toBe("queued");
    const going = server.send({ type: "events", run: { ...RUN, status: "failed" }, events: [...events, server.fact(retried)] });
    expect(going.state.run.status).toBe("running");
  });
});

describe("a workflow", () => {
  const step = (kind: string, path: string, step_kind: string, more = {}) => ({
    kind: `step_${kind}`, step: path.split("/").at(-1)!.split("#")[0], step_kind, path, iteration: null, item: null, ...more,
  });
  const ended = (path: string, step_kind: string, more = {}) =>
    step("finished", path, step_kind, { status: "done", port: "out", value: "", ...more });

  it("puts what agents say under the heading of their step, in the order in which they come to work", () => {
    const server = new Server().history(
      step("started", "fan", "parallel"),
      step("started", "fan/1/a", "agent"), step("started", "fan/2/b", "agent"),
      started({ call: "b", path: "fan/2/b" }), started({ call: "a", path: "fan/1/a" }),
      called("t1", { path: "fan/1/a" }), toolDone("t1", { path: "fan/1/a" }),
      completed("A", { call: "a", path: "fan/1/a" }), ended("fan/1/a", "agent"),
    );

    expect(tree(server.state)).toBe(`step fan/2/b (running)
  Billing:  (writing)
step fan/1/a (done)
  Billing: A (done)
  refund t1 (done)`);
  });

  it("has headings for rounds that are said, and none for rounds themselves", () => {
    const round = { iteration: 2 };
    const server = new Server().history(
      step("started", "again", "loop"), step("started", "again#2", "loop", round), step("started", "again#2/a", "agent", round),
      started({ path: "again#2/a" }), completed("ok", { path: "again#2/a" }), ended("again#2/a", "agent", round),
      ended("again#2", "loop", { ...round, status: "done" }), ended("again", "loop", { status: "limit", value: "2 rounds" }),
    );

    expect(tree(server.state)).toBe("step again#2/a (done)\n  Billing: ok (done)\nagain -> limit 2 rounds");
  });

  it("keeps the words of judges to itself, also while they are written", () => {
    const server = new Server().history(step("started", "which", "branch"), started({ path: "which/judge:case:a", purpose: "judge" }));
    server.text(0, "{", { path: "which/judge:case:a" });

    expect(tree(server.state)).toBe("");
  });

  it("asks under the heading of the step, until the question is withdrawn", () => {
    const server = new Server().history(
      step("started", "ask", "approval"),
      asks("a1", "ask", { approval_kind: "step", agent: "", tool: "ask", step_path: "ask", arguments: { question: "Send?" } }),
      step("waiting", "ask", "approval"),
    );
    expect(tree(server.state)).toBe("step ask (waiting)\n  approval a1 open");

    server.facts({ kind: "approval_withdrawn", approval_id: "a1", call_id: "ask", tool: "ask" });
    expect(tree(server.state)).toBe("step ask (waiting)\n  approval a1 expired");
  });

  it("does not repeat the output that the last step has given, and stops what was at work", () => {
    const server = new Server().history(
      step("started", "a", "agent"), started({ path: "a" }), completed("The end", { path: "a" }), finished("The end"),
    );

    expect(tree(server.state)).toBe("step a (stopped)\n  Billing: The end (done)");
  });
});
