// One edge: the kind of link is told by line and end, its state by colour and an icon.

import { BaseEdge, EdgeLabelRenderer, type EdgeProps } from "@xyflow/react";
import { memo } from "react";
import { flowWay } from "../live_status";
import { useStatus } from "./context";
import { EdgeEnd } from "./edge_end";
import { type EdgePath, isError, wayOf } from "./edge_path";
import type { FlowData, FlowEdge } from "./graph";
import { Icon, statusIcon } from "./icons";
import type { GraphEdge, Note } from "./types";

/** A handle reaches this far beyond the border of its node. */
const REACH = 5;
/** React Flow lifts a selected line to 1000: its label must stay above it. */
const ABOVE_SELECTED = 1001;

export const EdgeView = memo(function EdgeView(props: EdgeProps<FlowEdge>) {
  const { id, data, selected } = props;
  const status = useStatus(id, data && wayOut(data.edge));
  if (!data) return null;
  const { kind, label, problems } = data.edge;
  const way = path(props, data);
  return (
    <g
      className="tc-edge"
      data-kind={kind}
      data-fails={isError(data.edge)}
      data-status={status}
      data-selected={selected ?? false}
    >
      <BaseEdge path={way.path} interactionWidth={16} />
      <EdgeEnd kind={kind} x={way.end.x} y={way.end.y} flipped={way.flipped} />
      {(label !== "" || status !== "idle" || problems.length > 0) && (
        <EdgeLabelRenderer>
          <span
            className="tc-edge-label"
            data-kind={kind}
            data-status={status}
            style={{
              transform: `translate(-50%, -50%) translate(${way.label.x}px, ${way.label.y}px)`,
              ...(selected && { zIndex: ABOVE_SELECTED }),
            }}
            aria-hidden="true"
          >
            {status !== "idle" && <Icon name={statusIcon(status)} size={11} />}
            {label !== "" && <span className="tc-edge-label-text">{label}</span>}
            {problems.length > 0 && <Problems notes={problems} />}
          </span>
        </EdgeLabelRenderer>
      )}
    </g>
  );
});

function path(props: EdgeProps<FlowEdge>, { edge, ends }: FlowData): EdgePath {
  const { sourceX, sourceY, targetX, targetY } = props;
  const source = isError(edge) ? { sourceX, sourceY: sourceY - REACH } : { sourceX: sourceX - REACH, sourceY };
  return wayOf(edge, { ...ends, ...source, targetX: targetX + REACH, targetY });
}

/** A run tells which way out it took, not where that leads. */
function wayOut({ kind, source, port }: GraphEdge): string | undefined {
  return kind === "flow" ? flowWay(source, port) : undefined;
}

function Problems({ notes }: { readonly notes: readonly Note[] }) {
  const worst = notes.some((note) => note.severity === "error") ? "error" : "warning";
  const words = notes.map(({ message, hint }) => `${message} ${hint}`).join("\n");
  return (
    <span className="tc-edge-problems" data-severity={worst} title={words}>
      <Icon name={worst} size={12} />
    </span>
  );
}
