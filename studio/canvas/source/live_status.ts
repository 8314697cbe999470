// What a run's events say about the nodes and edges of the canvas, as a pure fold.

export type Status = "idle" | "running" | "waiting" | "done" | "failed";
export type Phase = "connecting" | "running" | "waiting" | "paused" | "completed" | "failed" | "cancelled" | "gone";

/** One stored fact about a run; `kind` says which other fields it has. */
export interface LiveEvent {
  readonly kind: string;
  readonly [field: string]: unknown;
}

interface OpenCall {
  readonly node: string;
  readonly edge: string;
  readonly waiting: boolean;
}

interface OpenStep {
  readonly step: string;
  readonly waiting: boolean;
}

export interface LiveState {
  readonly phase: Phase;
  /** Who works, by path: "" is the outermost run, others are chains of agent-tool call ids. */
  readonly agents: Readonly<Record<string, string>>;
  /** Tool calls that have not ended, by call id. */
  readonly calls: Readonly<Record<string, OpenCall>>;
  /** How nodes and edges ended that nobody works at any more. */
  readonly settled: Readonly<Record<string, Status>>;
  /** The handoff edge over which the work came to a path's present agent. */
  readonly arrivals: Readonly<Record<string, string>>;
  /** Steps of the workflow that have not ended, by path and name: in a map one step is at work several times. Agents
   * that are steps are among them. */
  readonly steps: Readonly<Record<string, OpenStep>>;
  /** How things stood when the run failed or was stopped: there it goes on when it is tried again. */
  readonly stood: LiveState | null;
}

export const NO_RUN: LiveState = {
  phase: "connecting",
  agents: {},
  calls: {},
  settled: {},
  arrivals: {},
  steps: {},
  stood: null,
};

/** What the flow links that leave a step at a port count under: events do not say where they lead. */
export function flowWay(step: string, port: string): string {
  return `flow:${step}.${port}`;
}

/** The state after one more event; events it knows nothing of leave it as it is. */
export function fold(state: LiveState, event: LiveEvent): LiveState {
  switch (event.kind) {
    case "run_started":
      return { ...NO_RUN, phase: "running" };
    case "run_resumed":
      return resumed(state, text(event, "reason"));
    case "agent_started":
      return agentWorks(state, event);
    case "tool_called":
      return toolCalled(state, event);
    case "tool_completed":
      return callEnded(state, event, "done");
    case "tool_failed":
      return callEnded(state, event, "failed");
    case "step_started":
      return stepOpen(state, event, false);
    case "step_waiting":
      return stepOpen(state, event, true);
    case "step_finished":
      return stepEnded(state, event, "done");
    case "step_failed":
      return stepEnded(state, event, "failed");
    case "handoff_occurred":
      return handedOff(state, event);
    case "guardrail_checked":
      return guardrailChecked(state, event);
    case "approval_requested":
      return approvalRequested(state, event);
    case "approval_decided":
      return approvalDecided(state, event);
    case "run_waiting":
      return { ...state, phase: "waiting" };
    case "run_paused":
      return { ...state, phase: "paused" };
    case "run_completed":
      return ended(state, "completed", "done");
    case "run_failed":
      return ended(state, "failed", "failed");
    case "run_cancelled":
      return ended(state, "cancelled", "idle");
    default:
      return state;
  }
}

/** The status of every node (by name) and edge (by link key) that is not idle. */
export function statuses(state: LiveState): Record<string, Status> {
  const result: Record<string, Status> = { ...state.settled };
  const working = state.phase === "paused" ? "waiting" : "running";
  for (const edge of Object.values(state.arrivals)) result[edge] = working;
  for (const agent of Object.values(state.agents)) {
    result[agent] = state.phase === "waiting" ? "waiting" : working;
  }
  const steps = Object.values(state.steps);
  for (const { step } of steps.filter((each) => each.waiting)) result[step] = "waiting";
  for (const { step } of steps.filter((each) => !each.waiting)) result[step] = working;
  const calls = Object.values(state.calls);
  for (const call of calls.filter((each) => !each.waiting)) mark(result, call, "running");
  for (const call of calls.filter((each) => each.waiting)) mark(result, call, "waiting");
  return result;
}

function mark(result: Record<string, Status>, call: OpenCall, status: Status): void {
  result[call.node] = status;
  result[call.edge] = status;
}

function resumed(state: LiveState, reason: string): LiveState {
  if (state.stood !== null) return { ...state.stood, phase: "running", stood: null };
  // After a crash the calls that were under way are reported again, or turn into approvals.
  return { ...state, phase: "running", calls: reason === "recovery" ? {} : state.calls };
}

function agentWorks(state: LiveState, event: LiveEvent): LiveState {
  const [agent, path] = [text(event, "agent"), text(event, "path")];
  const before = state.agents[path];
  if (before === agent) return state;
  return {
    ...state,
    agents: { ...state.agents, [path]: agent },
    settled: before === undefined ? state.settled : { ...state.settled, [before]: "done" },
  };
}

function toolCalled(state: LiveState, event: LiveEvent): LiveState {
  const kind = text(event, "tool_kind") === "agent" ? "as_tool" : "uses";
  const node = text(event, "node");
  const call = { node, edge: `${kind}:${text(event, "agent")}→${node}`, waiting: false };
  return { ...state, calls: { ...state.calls, [text(event, "call_id")]: call } };
}

function callEnded(state: LiveState, event: LiveEvent, status: Status): LiveState {
  const id = text(event, "call_id");
  const call = state.calls[id];
  const settled = { ...state.settled, [text(event, "node")]: status };
  if (call) settled[call.edge] = status;
  const inside = Object.keys(state.agents).filter((path) => path.split("/").includes(id));
  for (const path of inside) settled[state.agents[path] as string] = status;
  return {
    ...state,
    settled,
    calls: without(state.calls, [id]),
    agents: without(state.agents, inside),
    arrivals: without(state.arrivals, inside),
  };
}

function stepOpen(state: LiveState, event: LiveEvent, waiting: boolean): LiveState {
  return { ...state, steps: { ...state.steps, [stepPlace(event)]: { step: text(event, "step"), waiting } } };
}

function stepEnded(state: LiveState, event: LiveEvent, status: Status): LiveState {
  const [name, port] = [text(event, "step"), text(event, "port")];
  const steps = without(state.steps, [stepPlace(event)]);
  const over = Object.values(steps).every(({ step }) => step !== name);
  // An agent that is a step is no longer at work, though no other agent has started in its place.
  const paths = over ? Object.keys(state.agents).filter((path) => state.agents[path] === name) : [];
  const way: Record<string, Status> = port === "" ? {} : { [flowWay(name, port)]: "done" };
  return {
    ...state,
    steps,
    settled: { ...state.settled, ...way, [name]: status },
    agents: without(state.agents, paths),
    arrivals: without(state.arrivals, paths),
  };
}

function stepPlace(event: LiveEvent): string {
  return `${text(event, "path")} ${text(event, "step")}`;
}

function handedOff(state: LiveState, event: LiveEvent): LiveState {
  const [source, target, path] = [text(event, "source"), text(event, "target"), text(event, "path")];
  const came = state.arrivals[path];
  const settled: Record<string, Status> = { ...state.settled, [source]: "done" };
  if (came !== undefined) settled[came] = "done";
  return {
    ...state,
    settled,
    agents: { ...state.agents, [path]: target },
    arrivals: { ...state.arrivals, [path]: `handoff:${source}→${target}` },
  };
}

function guardrailChecked(state: LiveState, event: LiveEvent): LiveState {
  const [guardrail, agent] = [text(event, "guardrail"), text(event, "agent")];
  const status: Status = event.tripped === true ? "failed" : "done";
  const edge = `guards:${guardrail}→${agent}`;
  return { ...state, settled: { ...state.settled, [guardrail]: status, [edge]: status } };
}

function approvalRequested(state: LiveState, event: LiveEvent): LiveState {
  const id = text(event, "call_id");
  const node = text(event, "node");
  const call = state.calls[id] ?? { node, edge: `uses:${text(event, "agent")}→${node}` };
  return { ...state, calls: { ...state.calls, [id]: { ...call, waiting: true } } };
}

function approvalDecided(state: LiveState, event: LiveEvent): LiveState {
  const id = text(event, "call_id");
  const call = state.calls[id];
  if (!call) return state;
  const approved = text(event, "verdict") === "approved";
  return {
    ...state,
    calls: approved ? { ...state.calls, [id]: { ...call, waiting: false } } : without(state.calls, [id]),
  };
}

/** The run is over: what was at work ends as `status`. */
function ended(state: LiveState, phase: Phase, status: Status): LiveState {
  const settled: Record<string, Status> = { ...state.settled };
  for (const edge of Object.values(state.arrivals)) settled[edge] = "done";
  for (const call of Object.values(state.calls)) mark(settled, call, status);
  for (const worker of [...Object.values(state.agents), ...Object.values(state.steps).map(({ step }) => step)]) settled[worker] = status;
  return { phase, settled, agents: {}, calls: {}, arrivals: {}, steps: {}, stood: state };
}

function text(event: LiveEvent, field: string): string {
  const value = event[field];
  return typeof value === "string" ? value : "";
}

function without<V>(record: Readonly<Record<string, V>>, keys: readonly string[]): Record<string, V> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key)));
}
