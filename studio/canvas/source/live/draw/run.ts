// One run: what the person said, what happened, and how it stands.
import { isEnded } from "../events";
import { count, cut, duration, elapsed, oneLine, plural } from "../format";
import type { Connection, Session } from "../session";
import { button, h, setText, show } from "./dom";
import type { IconName } from "./icons";
import { cutNote, simulatedBadge, stateMark } from "./parts";
import type { Actions } from "./scene";
import { ScopeView } from "./scope";

const INPUT_LIMIT = 20_000;

const STATUS: { readonly [status: string]: readonly [state: string, shape: IconName, word: string] } = {
  queued: ["waiting", "queued", "Queued"],
  running: ["running", "running", "Running"],
  waiting: ["waiting", "waiting", "Waiting for a decision"],
  paused: ["waiting", "paused", "Paused"],
  completed: ["done", "done", "Completed"],
  failed: ["failed", "failed", "Failed"],
  cancelled: ["stopped", "stopped", "Cancelled"],
  reconnecting: ["waiting", "resumed", "Reconnecting…"],
};

export class RunView {
  readonly node: HTMLElement;
  private readonly label = h("div", { class: "variant" });
  private readonly input = h("div", { class: "input" });
  private readonly scope = new ScopeView();
  private readonly loading = h("div", { class: "loading" });
  private readonly status = h("footer", { class: "status" });
  private readonly time = h("span", { class: "fact" });
  private readonly trace: HTMLElement;
  private readonly fork: HTMLElement | null;
  private drawnStatus = "";
  private drawnInput: string | null = null;

  constructor(private readonly actions: Actions) {
    this.trace = button("Open trace", "link trace", actions.openTrace);
    this.fork = actions.fork && button("Fork from here", "link fork", actions.fork);
    if (this.fork) this.fork.title = "Go on after this turn in a new conversation; this one stays as it is";
    this.node = h("section", { class: "run" }, this.label, this.input, this.scope.node, this.loading, this.status);
  }

  update(session: Session): void {
    const { conversation, connection, run } = session;
    setText(this.label, run.label);
    show(this.label, run.label !== "");
    this.drawInput(conversation.run.input || run.input);
    this.scope.update({ conversation, actions: this.actions }, "");
    this.drawLoading(connection, conversation.entries.size === 0 && conversation.seq < 0);
    this.drawStatus(session);
  }

  private drawInput(input: string): void {
    if (input === this.drawnInput) return;
    this.drawnInput = input;
    this.node.setAttribute("aria-label", `Run: ${oneLine(input, 80)}`);
    const bubble = h("div", { class: "bubble" }, h("span", { class: "hidden" }, "You: "), cut(input, INPUT_LIMIT));
    this.input.replaceChildren(bubble);
    if (input.length > INPUT_LIMIT) this.input.append(cutNote(INPUT_LIMIT, input.length));
    show(this.input, input !== "");
  }

  private drawLoading(connection: Connection, empty: boolean): void {
    const state = connection === "failed" || connection === "gone" ? connection : empty ? "loading" : "";
    if (state === this.loading.dataset["state"]) return;
    this.loading.dataset["state"] = state;
    show(this.loading, state !== "");
    if (state === "gone") {
      this.loading.replaceChildren("This run does not exist any more.");
    } else if (state === "failed") {
      this.loading.replaceChildren("This run could not be loaded. ", button("Try again", "link", this.actions.retryLoading));
    } else {
      this.loading.replaceChildren(h("div", { class: "skeleton" }), h("div", { class: "skeleton short" }), h("span", { class: "hidden" }, "Loading…"));
    }
  }

  private drawStatus(session: Session): void {
    const { conversation, connection } = session;
    const ended = isEnded(conversation.run.status);
    const without = connection === "asleep" || connection === "failed" || connection === "gone";
    const hidden = without || conversation.seq < 0 && connection !== "reconnecting";
    show(this.status, !hidden);
    const status = connection === "reconnecting" ? "reconnecting" : conversation.run.status;
    setText(this.time, status === "running" ? time(session) : "");
    if (hidden || status === this.drawnStatus) return;
    this.drawnStatus = status;
    const mark = stateMark(...(STATUS[status] ?? (["waiting", "queued", status] as const)));
    const facts = ended ? usage(session).map((text) => h("span", { class: "fact" }, text)) : [this.time];
    const badge = ended && isSimulated(session) ? [simulatedBadge()] : [];
    this.status.replaceChildren(mark, ...facts, ...badge, h("span", { class: "links" }, ended ? this.fork : null, this.trace));
  }
}

function usage({ conversation: { usage, startedAt, endedAt } }: Session): string[] {
  const facts = [
    plural(usage.requests, "request", "requests"),
    `${count(usage.inputTokens)} tokens in`,
    `${count(usage.outputTokens)} out`,
  ];
  return startedAt !== null && endedAt !== null ? [...facts, duration((endedAt - startedAt) / 1000)] : facts;
}

function time({ conversation: { startedAt } }: Session): string {
  return startedAt === null ? "" : elapsed(Date.now() - startedAt);
}

function isSimulated({ conversation }: Session): boolean {
  if (conversation.run.simulated) return true;
  for (const entry of conversation.entries.values()) if (entry.kind === "message" && entry.simulated) return true;
  return false;
}

