// Entries that are said once and do not change: handoffs, guardrails, notes, failures.
import type { Entry, Failure, Forked, Handoff, Note, Passed, Said, Shortened, Tripped, Way } from "../entries";
import { cut, plural } from "../format";
import { h, name } from "./dom";
import { icon, type IconName } from "./icons";
import { copyButton, cutNote, simulatedBadge } from "./parts";
import type { View } from "./scene";
import { GrowingText } from "./text";

const SAID_LIMIT = 20_000;

const STAGES: { readonly [stage: string]: string } = {
  input: "input",
  output: "output",
  tool_input: "tool input",
  tool_output: "tool output",
};

/** Draws an entry whenever it is another one than before. */
export class NoteView implements View {
  readonly node = h("div");
  private drawn: Entry | null = null;

  update(entry: Entry): void {
    if (entry === this.drawn) return;
    this.drawn = entry;
    const drawing = draw(entry);
    this.node.className = drawing.className;
    this.node.replaceChildren(...drawing.childNodes);
  }
}

function draw(entry: Entry): HTMLElement {
  switch (entry.kind) {
    case "handoff": return handoff(entry);
    case "way": return way(entry);
    case "passed": return passed(entry);
    case "tripped": return tripped(entry);
    case "failure": return failure(entry);
    case "note": return note(entry);
    case "forked": return forked(entry);
    case "said": return said(entry);
    case "shortened": return shortened(entry);
    case "output": return output(entry.text, entry.simulated);
    default: throw new Error(`An entry of kind ${entry.kind} is not a note`);
  }
}

function handoff({ source, target }: Handoff): HTMLElement {
  return line("handoff", "handed off from ", name(source), " to ", name(target));
}

function way({ step, port, seen, limit }: Way): HTMLElement {
  if (limit) return line("step", name(step), " was ended by its limit", seen ? ` (${seen})` : "");
  return line("branch", name(step), " → ", name(port), seen ? " " : "", seen ? h("span", { class: "hint", dir: "auto" }, `(${seen})`) : "");
}

function passed({ checks }: Passed): HTMLElement {
  const named = checks.flatMap(({ guardrail, stage }, index) =>
    [index > 0 ? ", " : "", name(guardrail), ` (${STAGES[stage] ?? stage})`]);
  return line("guardrail", checks.length === 1 ? "Guardrail passed: " : "Guardrails passed: ", ...named);
}

function tripped({ guardrail, agent, stage, reason }: Tripped): HTMLElement {
  const title = h("span", {}, "Guardrail ", name(guardrail), ` stopped the ${STAGES[stage] ?? stage}`, agent ? " of " : "", agent ? name(agent) : null);
  return card("guardrail", title, reason);
}

function failure({ message, hint, code }: Failure): HTMLElement {
  const node = card("alert", h("span", {}, "The run failed"), message);
  if (hint) node.append(h("p", { class: "advice" }, hint));
  if (code) node.append(h("p", { class: "hint" }, "Code: ", h("code", {}, code)));
  return node;
}

function note({ note, by }: Note): HTMLElement {
  switch (note) {
    case "paused": return line("paused", "Paused", by ? " by " : "", by ? name(by) : "");
    case "resumed": return line("resumed", "Resumed");
    case "decided": return line("resumed", "Resumed after the decision");
    case "retried": return line("resumed", "Tried again");
    case "recovered": return line("resumed", "Recovered: the server had stopped, and the run went on where it was");
    case "cancelled": return line("stopped", "Cancelled", by ? " by " : "", by ? name(by) : "");
  }
}

function forked({ changed }: Forked): HTMLElement {
  return line("branch", "Forked here from another run", changed.length > 0 ? `: ${changed.join(", ")}` : "");
}

function said({ text }: Said): HTMLElement {
  const bubble = h("div", { class: "bubble" }, h("span", { class: "hidden" }, "You: "), cut(text, SAID_LIMIT));
  return h("div", { class: "input" }, bubble, text.length > SAID_LIMIT ? cutNote(SAID_LIMIT, text.length) : null);
}

function shortened({ turns, kept, summary }: Shortened): HTMLElement {
  const older = plural(turns, "earlier turn", "earlier turns");
  const newest = kept === 0 ? "" : kept === 1 ? "; the newest one is as it was" : `; the newest ${kept} are as they were`;
  if (!summary) return line("shortened", `${older} left out${newest}`);
  const title = h("summary", { class: "line" }, icon("shortened"), h("span", {}, `${older} remembered as a summary${newest}`), icon("chevron"));
  const details = h("details", { class: "shortened" }, title, h("p", { class: "hint", dir: "auto" }, summary));
  return h("div", { class: "entry" }, details);
}

function output(text: string, simulated: boolean): HTMLElement {
  const body = new GrowingText();
  body.finish(text, true);
  const head = h("header", { class: "head" }, icon("output"), "Final output", simulated ? simulatedBadge() : null, copyButton("final output", () => text));
  return h("div", { class: "entry message" }, head, body.node);
}

function line(shape: IconName, ...content: (Node | string)[]): HTMLElement {
  return h("div", { class: "entry line" }, icon(shape), h("span", {}, ...content));
}

function card(shape: IconName, title: HTMLElement, text: string): HTMLElement {
  const node = h("div", { class: "entry card trouble" }, h("div", { class: "title" }, icon(shape), title));
  if (text) node.append(h("p", { dir: "auto" }, text));
  return node;
}
