// What a screen reader says when a conversation goes on: whole messages and what needs a person, not each word.
import type { Conversation, Entry } from "./entries";
import { oneLine, plural } from "./format";

const SPOKEN = 600;
const NOTES: { readonly [note: string]: string } = {
  cancelled: "Cancelled.",
  paused: "Paused.",
  resumed: "Resumed.",
  retried: "Tried again.",
};

export function news(before: Conversation, after: Conversation): string[] {
  if (before.entries === after.entries) return [];
  const said: string[] = [];
  for (const [key, entry] of after.entries) {
    const old = before.entries.get(key);
    const line = entry === old ? null : announcement(old, entry);
    if (line) said.push(line);
  }
  return said;
}

function announcement(before: Entry | undefined, entry: Entry): string | null {
  switch (entry.kind) {
    case "message":
      if (entry.past) return null;
      if (entry.pause?.kind === "retry" && !isPaused(before)) return `${entry.agent}: ${entry.pause.reason} It is tried again.`;
      return entry.state === "done" && entry.text && !isDone(before) ? `${entry.agent}: ${oneLine(entry.text, SPOKEN)}` : null;
    case "approval":
      if (entry.decision) return isDecided(before) ? null : `${entry.tool} was ${entry.decision.verdict}.`;
      if (!before && !entry.expired && entry.isStep) return `${entry.tool} asks. Your decision is needed.`;
      return before || entry.expired ? null : `${entry.agent} asks to run ${entry.tool}. Your decision is needed.`;
    case "way": return before ? null : `${entry.step}: ${entry.limit ? "ended by its limit" : entry.port}.`;
    case "handoff": return before ? null : `Handed off from ${entry.source} to ${entry.target}.`;
    case "tripped": return before ? null : `Guardrail ${entry.guardrail} stopped the ${entry.stage}. ${entry.reason}`;
    case "failure": return before ? null : `The run failed. ${entry.message}`;
    case "shortened": return before ? null : `${plural(entry.turns, "earlier turn", "earlier turns")} ${entry.summary ? "remembered as a summary" : "left out"}.`;
    case "output": return before ? null : `Final output: ${oneLine(entry.text, SPOKEN)}`;
    case "note": return before ? null : (NOTES[entry.note] ?? null);
    default: return null;
  }
}

function isDecided(entry: Entry | undefined): boolean {
  return entry?.kind === "approval" && entry.decision !== null;
}

function isPaused(entry: Entry | undefined): boolean {
  return entry?.kind === "message" && entry.pause !== null;
}

function isDone(entry: Entry | undefined): boolean {
  return entry?.kind === "message" && entry.state === "done";
}
