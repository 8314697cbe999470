// The line that is being drawn: it looks like the link it would make, and broken where it cannot end.

import { type ConnectionLineComponentProps, getBezierPath, getSmoothStepPath } from "@xyflow/react";
import type { FlowNode } from "./graph";
import type { BoardNode } from "./overlays";
import { linkKind } from "./links";
import { portOf, type SourceHandle } from "./ports";

export function ConnectionLine(props: ConnectionLineComponentProps<BoardNode>) {
  const { fromX, fromY, toX, toY, fromPosition, toPosition, connectionStatus, fromHandle, toNode } = props;
  const handle = fromHandle.id as SourceHandle;
  const flows = portOf(handle) !== null;
  const ends = {
    sourceX: fromX,
    sourceY: fromY,
    sourcePosition: fromPosition,
    targetX: toX,
    targetY: toY,
    targetPosition: toPosition,
  };
  const [path] = flows ? getSmoothStepPath({ ...ends, borderRadius: 10 }) : getBezierPath({ ...ends, curvature: 0.3 });
  const kind = toNode ? linkKind(handle, (toNode as FlowNode).data.node.kind) : null;
  return (
    <g
      className="tc-line"
      data-kind={kind ?? (flows ? "flow" : "handoff")}
      data-refused={connectionStatus === "invalid"}
    >
      <path className="react-flow__edge-path" d={path} />
      {connectionStatus === "invalid" && (
        <path className="tc-refused" d={`M${toX - 6} ${toY - 6}l12 12m0 -12l-12 12`} />
      )}
    </g>
  );
}
