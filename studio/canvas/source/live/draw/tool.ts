// A tool call: one line, which opens to its arguments, its output and, for an agent, all that happened inside.
import type { Entry, Tool, ToolState } from "../entries";
import { argumentSummary, bytes, duration, elapsed, prettyJson } from "../format";
import { arrange, button, h, name, setText } from "./dom";
import { icon, toolIcon, type IconName } from "./icons";
import { codeBlock, labelled, stateMark } from "./parts";
import type { Scene, View } from "./scene";

const STATES: { readonly [State in ToolState]: readonly [IconName, string] } = {
  running: ["running", "Running"],
  done: ["done", "Done"],
  failed: ["failed", "Failed"],
  waiting: ["waiting", "Waiting"],
  rejected: ["rejected", "Rejected"],
  stopped: ["stopped", "Stopped"],
};

export interface Inside {
  readonly node: HTMLElement;
  update(scene: Scene, path: string): void;
}

export class ToolView implements View {
  readonly node: HTMLDetailsElement;
  private readonly row = h("summary");
  private readonly time = h("span", { class: "seconds" });
  private readonly details = h("div", { class: "details" });
  private drawn: Tool | null = null;
  private detailed: Tool | null = null;
  private inside: Inside | null = null;
  private scene: Scene | null = null;

  constructor(private readonly newInside: () => Inside) {
    this.node = h("details", { class: "entry tool", toggle: () => this.drawDetails() }, this.row, this.details);
  }

  update(entry: Entry, scene: Scene): void {
    if (entry.kind !== "tool") return;
    this.scene = scene;
    if (entry !== this.drawn) this.change(entry);
    setText(this.time, timeOf(entry));
    if (this.node.open) this.drawDetails();
  }

  private change(entry: Tool): void {
    // What an agent does inside is worth seeing while it does it.
    const isUnderWay = entry.state === "running" || entry.state === "waiting";
    if (!this.drawn && entry.toolKind === "agent" && isUnderWay) this.node.open = true;
    this.drawn = entry;
    this.node.dataset["state"] = entry.state;
    const summary = argumentSummary(entry.arguments);
    this.row.replaceChildren(
      icon(toolIcon(entry.toolKind)),
      h("span", { class: "tool-name" }, name(entry.tool)),
      h("span", { class: summary ? "summary" : "summary empty" }, name(summary)),
      h("span", { class: "by" }, name(entry.agent)),
      stateMark(entry.state, ...STATES[entry.state]),
      this.time,
      h("span", { class: "chevron" }, icon("chevron")),
    );
  }

  private drawDetails(): void {
    const { drawn, scene } = this;
    if (!drawn || !scene || !this.node.open) return;
    if (scene.conversation.scopes.has(drawn.inner)) this.inside ??= this.newInside();
    this.inside?.update(scene, drawn.inner);
    if (drawn === this.detailed && this.inside?.node.isConnected !== false) return;
    this.detailed = drawn;
    const inside = this.inside ? [this.inside.node] : [];
    arrange(this.details, [...question(drawn), ...inside, ...answer(drawn, scene.actions.openTrace)]);
  }
}

function timeOf(tool: Tool): string {
  if (tool.seconds !== null) return duration(tool.seconds);
  return tool.state === "running" && tool.startedAt > 0 ? elapsed(Date.now() - tool.startedAt) : "";
}

function question(tool: Tool): HTMLElement[] {
  const values = Object.values(tool.arguments);
  if (values.length === 0) return [];
  // What another agent is asked is a sentence, not data.
  const sentence = tool.toolKind === "agent" && values.length === 1 && typeof values[0] === "string" ? values[0] : null;
  const text = sentence ?? JSON.stringify(tool.arguments, null, 2);
  return [labelled(sentence === null ? "Arguments" : "Input", codeBlock(`Arguments of ${tool.tool}`, text))];
}

function answer(tool: Tool, openTrace: () => void): HTMLElement[] {
  if (tool.error) return [labelled("Error", codeBlock(`Error of ${tool.tool}`, tool.error))];
  return tool.seconds === null ? [] : [outputOf(tool, openTrace)];
}

function outputOf(tool: Tool, openTrace: () => void): HTMLElement {
  const label = `Output · ${bytes(tool.outputBytes)}`;
  if (tool.output === "") return labelled(label, h("p", { class: "hint" }, "Empty."));
  const shown = new Blob([tool.output]).size;
  const text = shown < tool.outputBytes ? tool.output : (prettyJson(tool.output) ?? tool.output);
  const part = labelled(label, codeBlock(`Output of ${tool.tool}`, text));
  if (shown < tool.outputBytes) {
    const trace = button("Open the trace", "link", openTrace);
    part.append(h("p", { class: "hint" }, `The first ${bytes(shown)} of ${bytes(tool.outputBytes)}. `, trace, " for the rest."));
  }
  return part;
}
