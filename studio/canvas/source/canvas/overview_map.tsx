import { MiniMap, type ReactFlowState, useStore } from "@xyflow/react";
import { type Box, isPartlyHidden } from "./overview";

/** A map of the whole drawing; away while nothing is out of sight, because it covers a corner of the stage. */
export function OverviewMap() {
  const isNeeded = useStore(hidesSomething);
  if (!isNeeded) return null;
  return (
    <MiniMap
      pannable
      zoomable
      ariaLabel="Overview"
      nodeBorderRadius={8}
      nodeClassName={({ type }) => `tc-mini-${type}`}
    />
  );
}

function hidesSomething({ nodeLookup, transform, width, height }: ReactFlowState): boolean {
  return width > 0 && isPartlyHidden(boxes(nodeLookup), transform, { width, height });
}

function* boxes(nodes: ReactFlowState["nodeLookup"]): Iterable<Box> {
  for (const { hidden, measured, internals } of nodes.values()) {
    if (hidden) continue;
    yield { ...internals.positionAbsolute, width: measured.width ?? 0, height: measured.height ?? 0 };
  }
}
