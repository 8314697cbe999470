// One edge: the kind of link is told by line and end, its state by colour and an icon.

import { BaseEdge, EdgeLabelRenderer, type EdgeProps } from "@xyflow/react";
import { memo } from "react";
import { useStatus } from "./context";
import { edgePath } from "./edge_path";
import type { FlowEdge } from "./graph";
import { Icon, statusIcon } from "./icons";
import type { EdgeKind } from "./types";

/** A handle reaches this far beyond the border of its node. */
const REACH = 5;

export const EdgeView = memo(function EdgeView(props: EdgeProps<FlowEdge>) {
  const { id, data, selected, sourceX, targetX, sourceY, targetY } = props;
  const status = useStatus(id);
  if (!data) return null;
  const { kind, label } = data.edge;
  const way = edgePath({ ...data, sourceX: sourceX - REACH, sourceY, targetX: targetX + REACH, targetY });
  return (
    <g className="tc-edge" data-kind={kind} data-status={status} data-selected={selected ?? false}>
      <BaseEdge path={way.path} interactionWidth={16} />
      <EdgeEnd kind={kind} x={way.end.x} y={way.end.y} flipped={way.flipped} />
      {(label !== "" || status !== "idle") && (
        <EdgeLabelRenderer>
          <span
            className="tc-edge-label"
            data-status={status}
            style={{ transform: `translate(-50%, -50%) translate(${way.label.x}px, ${way.label.y}px)` }}
            aria-hidden="true"
          >
            {status !== "idle" && <Icon name={statusIcon(status)} size={11} />}
            {label !== "" && <span className="tc-edge-label-text">{label}</span>}
          </span>
        </EdgeLabelRenderer>
      )}
    </g>
  );
});

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
  handoff: <path className="tc-end tc-end-full" d="M0 0l-9 -4.5v9z" />,
  as_tool: <path className="tc-end" d="M-7 -4.5L0 0l-7 4.5" />,
  uses: <circle className="tc-end tc-end-full" cx={-3} cy={0} r={2.5} />,
  guards: <path className="tc-end" d="M-4 -6v12" />,
};
