// What an agent says, as it says it.
import type { Entry, Message, Pause } from "../entries";
import { elapsed } from "../format";
import { EMPTY, visible } from "../stream";
import { h, name, setText, show } from "./dom";
import { icon } from "./icons";
import { copyButton, cutNote, simulatedBadge } from "./parts";
import type { Scene, View } from "./scene";
import { GrowingText, TEXT_LIMIT } from "./text";

export class MessageView implements View {
  readonly node: HTMLElement;
  private readonly speaker = name("");
  private readonly badge = simulatedBadge();
  private readonly dots = h("span", { class: "dots", role: "img", "aria-label": "is thinking" }, h("i"), h("i"), h("i"));
  private readonly copy = copyButton("message", () => this.whole);
  private readonly text = new GrowingText();
  private readonly pause = h("p", { class: "hint", dir: "auto" });
  private readonly foot = h("div", { class: "foot" });
  private drawn: Message | null = null;
  private whole = "";

  constructor() {
    const head = h("header", { class: "head" }, icon("agent"), this.speaker, this.badge, this.dots, this.copy);
    this.node = h("article", { class: "entry message" }, head, this.text.node, this.pause, this.foot);
  }

  update(entry: Entry, scene: Scene): void {
    if (entry.kind !== "message") return;
    if (entry !== this.drawn) this.change(entry, scene);
    show(this.pause, entry.pause !== null);
    if (entry.pause) setText(this.pause, pauseWords(entry.pause, Date.now()));
    if (entry.state === "writing") this.grow(visible(scene.conversation.streams.get(entry.call) ?? EMPTY));
  }

  private change(entry: Message, scene: Scene): void {
    if (entry.attempt !== this.drawn?.attempt || this.drawn.state === "stopped") this.text.clear();
    this.drawn = entry;
    this.whole = entry.text;
    setText(this.speaker, entry.agent);
    this.speaker.title = entry.model;
    this.node.setAttribute("aria-label", entry.agent);
    show(this.badge, entry.simulated ?? scene.conversation.run.simulated);
    this.node.classList.toggle("writing", entry.state === "writing");
    show(this.dots, entry.state === "writing");
    this.foot.replaceChildren();
    if (entry.state !== "writing") this.finish(entry);
    this.spoken();
  }

  private grow(text: string): void {
    if (text === this.whole) return;
    this.whole = text;
    this.text.write(text);
    show(this.dots, text === "");
    this.spoken();
  }

  private spoken(): void {
    show(this.copy, this.whole !== "");
    this.node.classList.toggle("silent", this.whole === "");
  }

  private finish(entry: Message): void {
    this.text.finish(entry.text, entry.structured);
    if (entry.text.length > TEXT_LIMIT) this.foot.append(cutNote(TEXT_LIMIT, entry.text.length));
    if (entry.state === "stopped") this.foot.append(h("p", { class: "hint" }, "Stopped here."));
  }
}

/** How long the call will wait still, as far as one knows. */
export function pauseWords(pause: Pause, now: number): string {
  if (pause.kind === "limit") return `Waiting for its turn: the provider's limit is ${pause.limit}.`;
  const left = pause.until - now;
  const when = left >= 1000 ? ` in ${elapsed(left)}` : "";
  return `${pause.reason} Trying again${when} (${pause.attempt} of ${pause.attempts}).`;
}
