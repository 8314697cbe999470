// The entries of one scope in order: of the run itself, or of the agent inside a tool call.
import type { Entry, Message } from "../entries";
import { ApprovalView } from "./approval";
import { arrange, h } from "./dom";
import { MessageView } from "./message";
import { NoteView } from "./notes";
import type { Scene, View } from "./scene";
import { StepView } from "./step";
import { ToolView } from "./tool";

export class ScopeView {
  readonly node = h("div", { class: "scope" });
  private readonly views = new Map<string, View>();

  update(scene: Scene, path: string): void {
    const { entries, scopes } = scene.conversation;
    const shown: HTMLElement[] = [];
    let speaker: string | null = null;
    for (const key of scopes.get(path) ?? []) {
      const entry = entries.get(key);
      if (!entry) continue;
      if (entry.kind === "message") {
        if (!speaks(entry, speaker)) continue;
        speaker = entry.agent;
      }
      const view = this.viewOf(entry);
      view.update(entry, scene);
      shown.push(view.node);
    }
    arrange(this.node, shown);
  }

  private viewOf(entry: Entry): View {
    const known = this.views.get(entry.key);
    if (known) return known;
    const view = newView(entry);
    this.views.set(entry.key, view);
    return view;
  }
}

// A model call that only called tools says nothing; its agent is named once.
function speaks(message: Message, speaker: string | null): boolean {
  return message.state === "writing" || message.text.trim() !== "" || message.agent !== speaker;
}

function newView(entry: Entry): View {
  switch (entry.kind) {
    case "message": return new MessageView();
    case "tool": return new ToolView(() => new ScopeView());
    case "step": return new StepView(new ScopeView());
    case "approval": return new ApprovalView();
    default: return new NoteView();
  }
}
