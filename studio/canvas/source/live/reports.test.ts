import { expect, it } from "vitest";

import { Reports } from "./reports";

it("repeats what it said lately, with the same numbers", () => {
  let now = 0;
  const reports = new Reports("c", () => now);
  const ended = (run_id: string) => ({ op: "ended", run_id, status: "completed" }) as const;

  expect(reports.next(ended("a")).changes.map((each) => each.number)).toEqual([1]);
  expect(reports.next(ended("b")).changes.map((each) => each.number)).toEqual([1, 2]);
  expect(reports.again().changes.map((each) => each.number)).toEqual([1, 2]);
  now = 60_000;
  expect(reports.next(ended("c")).changes).toEqual([{ number: 3, change: ended("c") }]);
});
