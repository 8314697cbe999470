// What nodes and edges need to know of the canvas they are drawn on.

import { createContext, useContext } from "react";
import { type Session, useSession } from "./session";
import type { GraphNode, State } from "./types";

export const SessionContext = createContext<Session | null>(null);

export function useCanvas(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error("a part of the canvas is drawn outside of it");
  return session;
}

/** The status of a node or edge; `way` is what it counts under when a run does not know it by its id. */
export function useStatus(id: string, way?: string): State {
  return useSession(useCanvas(), (session) => {
    const own = session.status(id);
    return own === "idle" && way !== undefined ? session.status(way) : own;
  });
}

/** What a collapsed group shows of its members: the first of these that one of them has. */
const LOUDEST: readonly State[] = ["waiting", "running", "failed", "removed", "added", "changed", "done"];

/** The status of a node; of a collapsed group, that of the member which matters most. */
export function useNodeStatus({ id, members }: Pick<GraphNode, "id" | "members">): State {
  return useSession(useCanvas(), (session) => {
    if (!members) return session.status(id);
    const states = new Set(members.map((member) => session.status(member)));
    return LOUDEST.find((state) => states.has(state)) ?? "idle";
  });
}

export const STATUS_WORDS: Readonly<Record<State, string>> = {
  idle: "Idle",
  running: "Running",
  waiting: "Needs a person",
  done: "Done",
  failed: "Failed",
  added: "Added",
  removed: "Removed",
  changed: "Changed",
};
