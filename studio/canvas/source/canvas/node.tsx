// One node: icon and shape say what it is, colour only how it does.

import { type NodeProps, NodeToolbar, Position, useConnection } from "@xyflow/react";
import { memo, useState } from "react";
import { STATUS_WORDS, useCanvas, useNodeStatus } from "./context";
import { badgeWord, type FlowNode } from "./graph";
import { NameField } from "./group_view";
import { Handles, PortRows } from "./handles";
import { badgeIcon, Icon, kindIcon, statusIcon } from "./icons";
import { refusal } from "./links";
import { hasOutline, Outline } from "./outline";
import { isStep, type SourceHandle } from "./ports";
import { useSession } from "./session";
import type { Badge, GraphNode, Note } from "./types";

export const NodeView = memo(function NodeView({ data: { node }, selected }: NodeProps<FlowNode>) {
  const status = useNodeStatus(node);
  const target = useTargetState(node);
  return (
    <div
      className="tc-node"
      data-kind={node.kind}
      data-step={isStep(node.kind)}
      data-outlined={hasOutline(node)}
      data-status={status}
      data-selected={selected}
      data-target={target}
    >
      <Outline node={node} />
      <span className="tc-node-icon">
        <Icon name={kindIcon(node.kind)} size={node.kind === "agent" ? 18 : 16} />
      </span>
      <span className="tc-node-text">
        {node.kind === "group" ? (
          <BoxName node={node} />
        ) : (
          <span className="tc-node-title" title={node.title}>{node.title}</span>
        )}
        <span className="tc-node-subtitle" title={node.subtitle}>{node.subtitle}</span>
      </span>
      {node.kind === "group" && <Expand node={node} />}
      {node.badges.length > 0 && <Badges badges={node.badges} />}
      <PortRows node={node} />
      <Handles node={node} selected={selected} />
      {status !== "idle" && (
        <span className="tc-status">
          <Icon name={statusIcon(status)} size={11} />
          {STATUS_WORDS[status]}
        </span>
      )}
      {node.problems.length > 0 && <ProblemMark id={node.id} notes={node.problems} />}
    </div>
  );
});

/** The name of a collapsed group, which can be changed where it stands. */
function BoxName({ node }: { readonly node: GraphNode }) {
  const session = useCanvas();
  const editing = useSession(session, (each) => each.editing === node.id);
  if (!editing) return <span className="tc-node-title" title={`${node.title}. E expands it.`}>{node.title}</span>;
  return (
    <NameField
      name={node.title}
      onDone={(name) => {
        session.edit(null);
        if (name !== "" && name !== node.title) {
          session.push({ op: "change_group", group: node.title, name, collapsed: true });
        }
      }}
    />
  );
}

/** While a link is being drawn: whether it could end here. */
function useTargetState(node: GraphNode): "possible" | "refused" | "looked" | undefined {
  const session = useCanvas();
  const looked = useSession(session, (each) => each.looked === node.id);
  const drawn = useConnection((connection) => {
    if (!connection.inProgress || connection.fromHandle.type !== "source") return undefined;
    if (connection.fromNode.id === node.id) return undefined;
    const handle = connection.fromHandle.id as SourceHandle;
    return refusal(session.data.graph, connection.fromNode.id, handle, node.id) ? "refused" : "possible";
  });
  return looked ? "looked" : drawn;
}

function Expand({ node }: { readonly node: GraphNode }) {
  const session = useCanvas();
  if (session.data.read_only) return null;
  return (
    <button
      type="button"
      className="tc-mini nodrag"
      title="Expand (E)"
      aria-label={`Expand ${node.title}`}
      onClick={() => session.push({ op: "change_group", group: node.title, name: node.title, collapsed: false })}
    >
      <Icon name="plus" size={12} />
    </button>
  );
}

function Badges({ badges }: { readonly badges: readonly Badge[] }) {
  return (
    <span className="tc-badges">
      {badges.map((badge) =>
        badge === "entry" ? (
          <span key={badge} className="tc-badge tc-badge-entry" title={badgeWord(badge)}>
            Start
          </span>
        ) : (
          <span key={badge} className="tc-badge" title={badgeWord(badge)}>
            <Icon name={badgeIcon(badge)} size={13} />
          </span>
        ),
      )}
    </span>
  );
}

function ProblemMark({ id, notes }: { readonly id: string; readonly notes: readonly Note[] }) {
  const [hovered, setHovered] = useState(false);
  const focused = useSession(useCanvas(), (session) => session.focused === id);
  const worst = notes.some((note) => note.severity === "error") ? "error" : "warning";
  return (
    <span
      className="tc-problems"
      data-severity={worst}
      onPointerEnter={() => setHovered(true)}
      onPointerLeave={() => setHovered(false)}
    >
      <Icon name={worst} size={12} />
      {notes.length}
      {(hovered || focused) && <Problems notes={notes} />}
    </span>
  );
}

/** Drawn beside the zoomed canvas, so that it can be read at any zoom. The node's label says the same. */
function Problems({ notes }: { readonly notes: readonly Note[] }) {
  return (
    <NodeToolbar isVisible position={Position.Top} align="end" offset={14}>
      <div className="tc-tooltip" aria-hidden="true">
        {notes.map((note, index) => (
          <div key={index} className="tc-note" data-severity={note.severity}>
            <strong>{note.message}</strong>
            {note.hint && <span>{note.hint}</span>}
          </div>
        ))}
      </div>
    </NodeToolbar>
  );
}
