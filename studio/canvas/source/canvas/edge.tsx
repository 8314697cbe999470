// One edge: the kind of link is told by line and end, its state by colour and an icon.

import { BaseEdge, EdgeLabelRenderer, type EdgeProps } from "@xyflow/react";
import { memo } from "react";
import { flowWay } from "../live_status";
import { useStatus } from "./context";
import { type EdgePath, edgePath, flowPath } from "./edge_path";
import type { FlowData, FlowEdge } from "./graph";
import { Icon, statusIcon } from "./icons";
import { ERROR } from "./ports";
import type { EdgeKind, GraphEdge, Note } from "./types";

/** A handle reaches this far beyond the border of its node. */
const REACH = 5;
/** React Flow lifts a selected line to 1000: its label must stay above it. */
const ABOVE_SELECTED = 1001;

export const EdgeView = memo(function EdgeView(props: EdgeProps<FlowEdge>) {
  const { id, data, selected } = props;
  const status = useStatus(id, data && wayOut(data.edge));
  if (!data) return null;
  const { kind, label, port, problems } = data.edge;
  const fails = kind === "flow" && port === ERROR;
  const way = path(props, data, fails);
  return (
    <g
      className="tc-edge"
      data-kind={kind}
      data-fails={fails}
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

function path(props: EdgeProps<FlowEdge>, { edge, ends }: FlowData, fails: boolean): EdgePath {
  const { sourceX, sourceY, targetX, targetY } = props;
  const source = fails ? { sourceX, sourceY: sourceY - REACH } : { sourceX: sourceX - REACH, sourceY };
  const all = { ...ends, ...source, targetX: targetX + REACH, targetY };
  return edge.kind === "flow" ? flowPath(all, { fails, labelled: edge.label !== "" }) : edgePath(all);
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

interface EndProps {
  readonly kind: EdgeKind;
  readonly x: number;
  readonly y: number;
  readonly flipped?: boolean;
}

/** The end of a line at the side of a node. */
export function EdgeEnd({ kind, x, y, flipped = false }: EndProps) {
  return <g transform={`translate(${x} ${y}) scale(${flipped ? -1 : 1} 1)`}>{ENDS[kind]}</g>;
}

const ENDS = {
  flow: <path className="tc-end tc-end-full" d="M0 0l-11 -6v12z" />,
  handoff: <path className="tc-end tc-end-full" d="M0 0l-9 -4.5v9z" />,
  as_tool: <path className="tc-end" d="M-7 -4.5L0 0l-7 4.5" />,
  uses: <circle className="tc-end tc-end-full" cx={-3} cy={0} r={2.5} />,
  guards: <path className="tc-end" d="M-4 -6v12" />,
  asks: <circle className="tc-end" cx={-3.5} cy={0} r={2.8} />,
};
