// Changes on their way to Python. One is under way at a time: Streamlit keeps only the newest state value, so a
// second one sent too early would replace the first.

import type { Change, Report } from "./types";

export interface Outbox {
  /** The first one is under way, the others wait. */
  readonly reports: readonly Report[];
  readonly nextSeq: number;
}

/** `start` must be higher than any number of an earlier canvas with the same key: the time in ms will do. */
export function newOutbox(start: number): Outbox {
  return { reports: [], nextSeq: start };
}

/** With one more change at the end; of several selections that wait, only the last counts. */
export function queued(outbox: Outbox, change: Change, rev: number): Outbox {
  const last = outbox.reports.at(-1);
  const replaces = outbox.reports.length > 1 && change.op === "select" && last?.change.op === "select";
  const kept = replaces ? outbox.reports.slice(0, -1) : outbox.reports;
  return { reports: [...kept, { rev, seq: outbox.nextSeq, change }], nextSeq: outbox.nextSeq + 1 };
}

/** Without what Python has seen. */
export function acknowledged(outbox: Outbox, ack: number): Outbox {
  const reports = outbox.reports.filter((report) => report.seq > ack);
  return reports.length === outbox.reports.length ? outbox : { ...outbox, reports };
}

export function underWay(outbox: Outbox): Report | null {
  return outbox.reports[0] ?? null;
}

export function pendingChanges(outbox: Outbox): readonly Change[] {
  return outbox.reports.map((report) => report.change);
}
