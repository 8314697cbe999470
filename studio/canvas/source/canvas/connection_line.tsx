// The line that is being drawn: it looks like the link it would make, and broken where it cannot end.

import { type ConnectionLineComponentProps, getBezierPath } from "@xyflow/react";
import type { FlowNode } from "./graph";
import { linkKind, type SourceHandle } from "./links";

export function ConnectionLine(props: ConnectionLineComponentProps<FlowNode>) {
  const { fromX, fromY, toX, toY, fromPosition, toPosition, connectionStatus, fromHandle, toNode } = props;
  const [path] = getBezierPath({
    sourceX: fromX,
    sourceY: fromY,
    sourcePosition: fromPosition,
    targetX: toX,
    targetY: toY,
    targetPosition: toPosition,
    curvature: 0.3,
  });
  const kind = toNode ? linkKind(fromHandle.id as SourceHandle, toNode.data.node.kind) : null;
  return (
    <g className="tc-line" data-kind={kind ?? "handoff"} data-refused={connectionStatus === "invalid"}>
      <path className="react-flow__edge-path" d={path} />
      {connectionStatus === "invalid" && (
        <path className="tc-refused" d={`M${toX - 6} ${toY - 6}l12 12m0 -12l-12 12`} />
      )}
    </g>
  );
}
