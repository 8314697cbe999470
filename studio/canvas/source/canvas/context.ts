// What nodes and edges need to know of the canvas they are drawn on.

import { createContext, useContext } from "react";
import type { Status } from "../live_status";
import { type Session, useSession } from "./session";

export const SessionContext = createContext<Session | null>(null);

export function useCanvas(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error("a part of the canvas is drawn outside of it");
  return session;
}

export function useStatus(id: string): Status {
  return useSession(useCanvas(), (session) => session.status(id));
}

export const STATUS_WORDS: Readonly<Record<Status, string>> = {
  idle: "Idle",
  running: "Running",
  waiting: "Needs a person",
  done: "Done",
  failed: "Failed",
};
