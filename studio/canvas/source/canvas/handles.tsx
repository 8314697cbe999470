// The dots of a node that links are drawn from, and the one where they arrive.

import { Handle, Position, useUpdateNodeInternals } from "@xyflow/react";
import { useEffect, useRef } from "react";
import { handleName } from "./links";
import { ASKS_HANDLE, ERROR, entryTop, GROUP_HANDLE, flowHandle, handleTop, hasRows, portOf, type SourceHandle, sourceHandles } from "./ports";
import type { GraphNode } from "./types";

interface HandlesProps {
  readonly node: GraphNode;
  readonly selected: boolean;
}

export function Handles({ node, selected }: HandlesProps) {
  const update = useUpdateNodeInternals();
  const ports = node.ports.join("\n");
  const known = useRef(ports);
  // A renamed port is another handle at the same place: nothing else would tell that it is there.
  useEffect(() => {
    if (known.current !== ports) update(node.id);
    known.current = ports;
  }, [ports]);
  return (
    <>
      {node.kind !== "guardrail" && (
        <Handle
          type="target"
          position={Position.Left}
          id="in"
          isConnectableStart={false}
          style={{ top: entryTop(node) }}
        />
      )}
      {node.kind === "group" && <HiddenDot id={GROUP_HANDLE} top={entryTop(node)} />}
      {node.kind === "join" && <HiddenDot id={ASKS_HANDLE} top={handleTop(node, ASKS_HANDLE)} />}
      {sourceHandles(node).map((handle) => (
        <SourceDot key={handle} node={node} handle={handle} selected={selected} />
      ))}
    </>
  );
}

/** Where lines begin that nobody draws by hand. */
function HiddenDot({ id, top }: { readonly id: string; readonly top: number }) {
  const style = { top, visibility: "hidden" as const };
  return <Handle type="source" position={Position.Right} id={id} isConnectable={false} style={style} />;
}

interface DotProps extends HandlesProps {
  readonly handle: SourceHandle;
}

/** Of a selected node they can be reached by Tab; Enter on one chooses where its link goes. */
function SourceDot({ node, handle, selected }: DotProps) {
  const port = portOf(handle);
  const fails = port === ERROR;
  const place = fails ? undefined : { top: node.kind === "guardrail" ? "50%" : handleTop(node, handle) };
  const name = fails ? "on error" : handleName(handle);
  return (
    <Handle
      type="source"
      position={fails ? Position.Bottom : Position.Right}
      id={handle}
      className={`tc-handle-${port === null ? handle : fails ? "error" : "flow"}`}
      style={place}
      role="button"
      aria-label={`Link from ${node.title}: ${name}`}
      tabIndex={selected ? 0 : -1}
    >
      {!(hasRows(node) && !fails) && <span className="tc-handle-hint">{name}</span>}
    </Handle>
  );
}

/** The ways out of a step by name, each beside its handle. */
export function PortRows({ node }: { readonly node: GraphNode }) {
  if (!hasRows(node)) return null;
  return (
    <span className="tc-ports" aria-hidden="true">
      {node.ports
        .filter((port) => port !== ERROR)
        .map((port) => (
          <span key={port} className="tc-port" style={{ top: handleTop(node, flowHandle(port)) }}>
            {port}
          </span>
        ))}
    </span>
  );
}
