// A conversation while one frame changes it: copies that may be written to, so that the states given out never change.
import type { Conversation, Entry, Message, Tool } from "./entries";

export type Draft = {
  -readonly [Field in keyof Conversation]: Conversation[Field] extends ReadonlyMap<infer Key, infer Value>
    ? Map<Key, Value>
    : Conversation[Field] extends ReadonlySet<infer Member>
      ? Set<Member>
      : Conversation[Field];
};

export function draftOf(state: Conversation): Draft {
  return {
    ...state,
    entries: new Map(state.entries),
    scopes: new Map(state.scopes),
    steps: new Map(state.steps),
    judged: new Set(state.judged),
    streams: new Map(state.streams),
  };
}

/** Puts an entry in its place; one with a known key changes where it stands. */
export function put(draft: Draft, path: string, entry: Entry): void {
  if (!draft.entries.has(entry.key)) {
    ensureScope(draft, path, "agent" in entry ? entry.agent : "");
    draft.scopes.set(path, [...(draft.scopes.get(path) ?? []), entry.key]);
  }
  draft.entries.set(entry.key, entry);
}

export function remove(draft: Draft, path: string, key: string): void {
  draft.entries.delete(key);
  draft.scopes.set(path, (draft.scopes.get(path) ?? []).filter((other) => other !== key));
}

export function lastIn(draft: Draft, path: string): Entry | undefined {
  const key = draft.scopes.get(path)?.at(-1);
  return key === undefined ? undefined : draft.entries.get(key);
}

export function messageOf(draft: Pick<Conversation, "entries">, call: string): Message | undefined {
  const entry = draft.entries.get(messageKey(call));
  return entry?.kind === "message" ? entry : undefined;
}

export function toolOf(draft: Draft, path: string, callId: string): Tool | undefined {
  const entry = draft.entries.get(toolKey(path, callId));
  return entry?.kind === "tool" ? entry : undefined;
}

export function messageKey(call: string): string {
  return `message ${call}`;
}

export function toolKey(path: string, callId: string): string {
  return `tool ${innerPath(path, callId)}`;
}

export function innerPath(path: string, callId: string): string {
  return path === "" ? callId : `${path}/${callId}`;
}

export function newTool(path: string, callId: string, agent: string, tool: string): Tool {
  return {
    kind: "tool",
    key: toolKey(path, callId),
    callId,
    agent,
    tool,
    toolKind: "function",
    arguments: {},
    inner: innerPath(path, callId),
    state: "running",
    output: "",
    outputBytes: 0,
    error: "",
    seconds: null,
    startedAt: 0,
  };
}

// An inner agent may be heard before the tool call that stands for it: the call then gets a card of its own.
function ensureScope(draft: Draft, path: string, agent: string): void {
  if (path === "" || draft.scopes.has(path)) return;
  const step = draft.steps.get(path);
  // Headings stand in the order in which steps come to work, however deep in the workflow they are.
  if (step) return put(draft, "", step);
  const cut = path.lastIndexOf("/");
  const outer = path.slice(0, Math.max(cut, 0));
  const callId = path.slice(cut + 1);
  if (!draft.entries.has(toolKey(outer, callId))) {
    put(draft, outer, { ...newTool(outer, callId, "", agent), toolKind: "agent" });
  }
}
