import { expect, it } from "vitest";

import { emptyConversation } from "./conversation";
import type { Conversation, Entry } from "./entries";
import { news } from "./news";

it("announces a message once, when it is whole", () => {
  const message = { kind: "message", key: "m", agent: "Ana", state: "writing", text: "" } as Entry;
  const whole = { ...message, state: "done", text: "Hello **you**" } as Entry;

  expect(news(having(), having(message))).toEqual([]);
  expect(news(having(message), having(whole))).toEqual(["Ana: Hello **you**"]);
  expect(news(having(whole), having({ ...whole }))).toEqual([]);
});

function having(...entries: Entry[]): Conversation {
  const run = { id: "r", status: "running", input: "", simulated: false };
  return { ...emptyConversation(run), entries: new Map(entries.map((entry) => [entry.key, entry])) };
}
