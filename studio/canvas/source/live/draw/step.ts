// A step of a workflow: a heading, and below it what was said and done in it.
import type { Entry, Step, StepState } from "../entries";
import { arrange, h, name } from "./dom";
import { icon, type IconName } from "./icons";
import { stateMark } from "./parts";
import type { Scene, View } from "./scene";
import type { Inside } from "./tool";

const STATES: { readonly [State in StepState]: readonly [IconName, string] } = {
  running: ["running", "Running"],
  done: ["done", "Done"],
  failed: ["failed", "Failed"],
  waiting: ["waiting", "Waiting"],
  stopped: ["stopped", "Stopped"],
};

export class StepView implements View {
  readonly node = h("section", { class: "entry step" });
  private readonly heading = h("h4", { class: "line" });
  private readonly error = h("p", { class: "hint", dir: "auto" });
  private drawn: Step | null = null;

  constructor(private readonly inside: Inside) {
    arrange(this.node, [this.heading, inside.node, this.error]);
  }

  update(entry: Entry, scene: Scene): void {
    if (entry.kind !== "step") return;
    if (entry !== this.drawn) this.change(entry);
    this.inside.update(scene, entry.inner);
  }

  private change(entry: Step): void {
    this.drawn = entry;
    this.node.dataset["state"] = entry.state;
    this.heading.replaceChildren(
      icon("step"),
      name(entry.step),
      h("span", { class: "round" }, placeOf(entry)),
      stateMark(entry.state, ...STATES[entry.state]),
    );
    this.error.textContent = entry.error;
    this.error.hidden = entry.error === "";
  }
}

function placeOf({ iteration, item }: Step): string {
  const parts = [item === null ? "" : `item ${item + 1}`, iteration === null ? "" : `round ${iteration}`];
  return parts.filter((part) => part !== "").join(", ");
}
