// A call that waits for a person: who wants to do what, and the two answers.
import type { Approval, Decision, Entry } from "../entries";
import { button, h, name, setText, show } from "./dom";
import { icon, type IconName } from "./icons";
import { argumentTable, codeBlock, timeOf } from "./parts";
import type { Scene, View } from "./scene";

// A decision comes back as a fact of the run. If none comes, a person must be able to try again.
const PATIENCE = 15_000;

interface Words {
  readonly approve: string;
  readonly reject: string;
  readonly explanation: string;
  /** What the field for the reason starts with. */
  readonly reason: string;
}

const TOOL: Words = { approve: "Approve", reject: "Reject", explanation: "", reason: "" };
const IN_DOUBT: Words = {
  approve: "Run it again",
  reject: "Don't run it again",
  explanation: "The server stopped while this call ran. It may have happened.",
  reason: "It may already have happened.",
};

export class ApprovalView implements View {
  readonly node = h("section", { class: "entry card approval" });

  update(entry: Entry, scene: Scene): void {
    if (entry.kind !== "approval") return;
    const state = entry.decision?.verdict ?? (entry.expired ? "expired" : "open");
    // What a person is typing outlives a reconnect.
    if (state === this.node.dataset["state"]) return;
    const hadFocus = this.node.matches(":focus-within");
    this.node.setAttribute("aria-label", `Approval of ${entry.tool}`);
    this.node.dataset["state"] = state;
    this.node.replaceChildren(...(entry.decision || entry.expired ? result(entry) : question(entry, scene)));
    // The buttons are gone; the keyboard must not be thrown back to the top of the page.
    if (hadFocus) this.node.querySelector<HTMLElement>("summary")?.focus({ preventScroll: true });
  }
}

function question(entry: Approval, scene: Scene): HTMLElement[] {
  const words = entry.inDoubt ? IN_DOUBT : TOOL;
  const parts = [titleOf(entry)];
  if (words.explanation) parts.push(h("p", {}, words.explanation));
  return [...parts, about(entry), answers(entry, words, scene)];
}

function titleOf(entry: Approval): HTMLElement {
  const asked = entry.isStep
    ? h("span", { dir: "auto" }, text(entry, "question"))
    : entry.inDoubt
      ? h("span", {}, "In doubt: ", toolName(entry), " of ", name(entry.agent))
      : h("span", {}, name(entry.agent), " asks to run ", toolName(entry));
  return h("div", { class: "title" }, icon(entry.inDoubt ? "alert" : "waiting"), asked);
}

/** What the decision is about: the arguments of a call, or the value that has come to a step. */
function about(entry: Approval): HTMLElement {
  return entry.isStep ? codeBlock(`What ${entry.tool} asks about`, text(entry, "value")) : argumentTable(entry.arguments);
}

function text(entry: Approval, field: string): string {
  const value = entry.arguments[field];
  return typeof value === "string" ? value : "";
}

function answers(entry: Approval, words: Words, scene: Scene): HTMLElement {
  const problem = h("p", { class: "hint", role: "status" });
  const form = h("div", { class: "answers" });
  const decide = (verdict: "approved" | "rejected", reason: string): void => {
    freeze(form, true);
    setText(problem, "Sending…");
    scene.actions.decide(entry.id, verdict, reason);
    setTimeout(() => {
      freeze(form, false);
      setText(problem, "No answer from the server yet. You can try again.");
    }, PATIENCE);
  };
  const approve = button(words.approve, entry.inDoubt ? "outline" : "primary", () => decide("approved", ""));
  const reject = button(words.reject, "outline", () => open(true));
  const choice = h("div", { class: "buttons" }, approve, reject);
  const told = entry.isStep ? "Reason, for the next step" : "Reason, told to the agent";
  const rejection = rejectionForm(words, told, (reason) => decide("rejected", reason), () => open(false));
  const open = (rejecting: boolean): void => {
    show(choice, !rejecting);
    show(rejection, rejecting);
    (rejecting ? rejection.querySelector("input") : reject)?.focus();
  };
  rejection.hidden = true;
  form.append(choice, rejection, problem);
  return form;
}

function rejectionForm(words: Words, placeholder: string, send: (reason: string) => void, cancel: () => void): HTMLFormElement {
  const input = h("input", { type: "text", value: words.reason, placeholder, maxlength: "1000", dir: "auto" });
  const submit = h("button", { type: "submit", class: "danger" }, words.reject);
  const check = (): void => void (submit.disabled = input.value.trim() === "");
  input.addEventListener("input", check);
  check();
  const label = h("label", {}, h("span", { class: "label" }, "Reason"), input);
  const form = h("form", { class: "rejection" }, label, submit, button("Cancel", "quiet", cancel));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!submit.disabled) send(input.value.trim());
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") cancel();
  });
  return form;
}

function freeze(form: HTMLElement, frozen: boolean): void {
  for (const control of form.querySelectorAll<HTMLButtonElement | HTMLInputElement>("button, input")) {
    control.disabled = frozen || (control instanceof HTMLButtonElement && control.type === "submit" && lacksReason(form));
  }
}

function lacksReason(form: HTMLElement): boolean {
  return form.querySelector("input")?.value.trim() === "";
}

function result(entry: Approval): HTMLElement[] {
  const { decision } = entry;
  const line = decision ? verdict(entry, decision) : h("span", {}, "Nobody decided about ", toolName(entry), " while it was needed");
  const shape: IconName = !decision ? "stopped" : decision.verdict === "approved" ? "done" : "rejected";
  const summary = h("summary", {}, icon(shape), line, h("span", { class: "chevron" }, icon("chevron")));
  return [h("details", {}, summary, about(entry))];
}

function verdict(entry: Approval, { verdict, reason, by, at }: Decision): HTMLElement {
  const approved = verdict === "approved";
  const word = entry.inDoubt ? (approved ? "Run again" : "Not run again") : approved ? "Approved" : "Rejected";
  const parts = [h("b", {}, word), " ", toolName(entry), " · ", by ? name(by) : "somebody", " · ", timeOf(at)];
  return h("span", { class: "verdict" }, ...parts, reason ? h("span", { class: "reason" }, " · ", name(reason)) : null);
}

function toolName(entry: Approval): HTMLElement {
  return h("span", { class: "tool-name" }, name(entry.tool));
}
