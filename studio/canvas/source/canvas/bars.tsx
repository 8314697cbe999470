// The bar above the canvas (what one can do) and the strip below it (how to read it).

import { useReactFlow, useStore } from "@xyflow/react";
import type { Phase } from "../live_status";
import { STATUS_WORDS, useCanvas } from "./context";
import { EdgeEnd } from "./edge_end";
import { AlignMenu } from "./align_menu";
import { Icon, type IconName, statusIcon } from "./icons";
import { keyOf } from "./keys";
import { EDGE_NAMES } from "./links";
import { Palette, StepPalette } from "./palette";
import { type LiveView, useSession } from "./session";
import type { EdgeKind } from "./types";
import type { Actions, Offered } from "./use_actions";

interface EditBarProps {
  readonly actions: Actions;
  readonly onAdd: (kind: Offered) => void;
}

export function EditBar({ actions, onAdd }: EditBarProps) {
  const session = useCanvas();
  const canUndo = useSession(session, ({ data }) => data.can_undo);
  const canRedo = useSession(session, ({ data }) => data.can_redo);
  return (
    <>
    <div className="tc-bar">
      <Palette onAdd={onAdd} />
      <div className="tc-tools" role="group" aria-label="Edit">
        <Tool
          icon="duplicate"
          word="Duplicate"
          keys={keyOf("duplicate")}
          off={!actions.anyNodeSelected}
          onPress={() => actions.run("duplicate")}
        />
        <Tool
          icon="remove"
          word="Delete"
          keys={keyOf("delete")}
          off={!actions.anySelected}
          onPress={() => actions.run("delete")}
        />
        <span className="tc-gap" />
        <Tool icon="undo" word="Undo" keys={keyOf("undo")} off={!canUndo} onPress={() => actions.run("undo")} />
        <Tool icon="redo" word="Redo" keys={keyOf("redo")} off={!canRedo} onPress={() => actions.run("redo")} />
        <span className="tc-gap" />
        <Tool
          icon="group"
          word="Group"
          keys={keyOf("group")}
          off={!actions.severalSelected}
          onPress={() => actions.run("group")}
        />
        <AlignMenu off={!actions.severalSelected} onAlign={actions.align} />
        <Tool icon="layout" word="Arrange" keys={keyOf("layout")} onPress={() => actions.run("layout")} />
      </div>
    </div>
    <div className="tc-bar tc-steps">
      <span className="tc-bar-word">Steps</span>
      <StepPalette onAdd={onAdd} />
    </div>
    </>
  );
}

interface PhaseLook {
  readonly word: string;
  readonly icon: IconName;
  readonly state: string;
}

const PHASES: Readonly<Record<Phase, PhaseLook>> = {
  connecting: { word: "Connecting", icon: "running", state: "idle" },
  running: { word: STATUS_WORDS.running, icon: statusIcon("running"), state: "running" },
  waiting: { word: "Waiting for a person", icon: statusIcon("waiting"), state: "waiting" },
  paused: { word: "Paused", icon: statusIcon("waiting"), state: "waiting" },
  completed: { word: "Completed", icon: statusIcon("done"), state: "done" },
  failed: { word: STATUS_WORDS.failed, icon: statusIcon("failed"), state: "failed" },
  cancelled: { word: "Cancelled", icon: "minus", state: "idle" },
  gone: { word: "This run does not exist any more", icon: "minus", state: "idle" },
};

export function LiveBar({ live }: { readonly live: LiveView }) {
  const { word, icon, state } = PHASES[live.state.phase];
  const agents = [...new Set(Object.values(live.state.agents))].join(", ");
  const over = ["completed", "failed", "cancelled", "gone"].includes(live.state.phase);
  return (
    <div className="tc-bar tc-live" role="status">
      <span className="tc-phase" data-status={state}>
        <Icon name={icon} size={13} />
        {word}
      </span>
      {agents && <span className="tc-who">{agents}</span>}
      {live.simulated && <span className="tc-simulated">Simulated</span>}
      {!live.connected && !over && live.state.phase !== "connecting" && <span>Connection lost, trying again…</span>}
    </div>
  );
}

const KINDS: readonly EdgeKind[] = ["flow", "handoff", "as_tool", "uses", "guards", "asks"];

interface StripProps {
  readonly actions: Actions;
}

export function Strip({ actions }: StripProps) {
  const session = useCanvas();
  const { graph, read_only } = useSession(session, ({ data }) => data);
  // Where nothing can be drawn, only the kinds of links that there are need a word.
  const kinds = KINDS.filter(
    (kind) => (!read_only && kind !== "asks") || graph.edges.some((edge) => edge.kind === kind),
  );
  const { zoomIn, zoomOut } = useReactFlow();
  const zoom = useStore((state) => Math.round(state.transform[2] * 100));
  return (
    <div className="tc-strip">
      <ul className="tc-legend" aria-label="Kinds of links">
        {kinds.map((kind) => (
          <li key={kind}>
            <svg width="34" height="14" className="tc-edge" data-kind={kind} aria-hidden="true">
              <path className="react-flow__edge-path" d="M1 7H27" />
              <EdgeEnd kind={kind} x={33} y={7} />
            </svg>
            {EDGE_NAMES[kind]}
          </li>
        ))}
      </ul>
      <div className="tc-tools" role="group" aria-label="View">
        <Tool icon="find" word="Find" keys={keyOf("find")} onPress={() => actions.run("find")} />
        <Tool
          icon="zoom"
          word="Zoom to selection"
          keys={keyOf("zoom")}
          off={!actions.anySelected}
          onPress={() => actions.run("zoom")}
        />
        <span className="tc-gap" />
        <Tool icon="minus" word="Zoom out" onPress={() => void zoomOut()} />
        <span className="tc-zoom">{zoom}%</span>
        <Tool icon="plus" word="Zoom in" onPress={() => void zoomIn()} />
        <Tool icon="fit" word="Show all" keys={keyOf("fit")} onPress={() => actions.run("fit")} />
        <span className="tc-gap" />
        <Tool icon="keys" word="Keyboard" keys={keyOf("keys")} onPress={() => actions.run("keys")} />
      </div>
    </div>
  );
}

interface ToolProps {
  readonly icon: IconName;
  readonly word: string;
  readonly keys?: string;
  readonly off?: boolean;
  readonly onPress: () => void;
}

/** Stays focusable while it has nothing to do: the focus is not lost when the last step was undone. */
function Tool({ icon, word, keys, off = false, onPress }: ToolProps) {
  const title = keys ? `${word} (${keys})` : word;
  return (
    <button type="button" className="tc-tool" title={title} aria-label={word} aria-disabled={off} onClick={onPress}>
      <Icon name={icon} />
    </button>
  );
}
