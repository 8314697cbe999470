// The canvas as a whole.

import { Background, BackgroundVariant, ReactFlow } from "@xyflow/react";
import { type DragEvent, type PointerEvent, useEffect, useRef } from "react";
import { EditBar, LiveBar, Strip } from "./bars";
import { ConnectionLine } from "./connection_line";
import { CopyBox } from "./copy_box";
import { ConnectPicker } from "./connect_picker";
import { EdgeView } from "./edge";
import type { FlowEdge } from "./graph";
import { GroupView } from "./group_view";
import { command, isOurs, type KeyPress } from "./keys";
import { KeysBox } from "./keys_box";
import { possibleLinks } from "./links";
import { NodeView } from "./node";
import { NoteView } from "./note_view";
import { type BoardNode, drawnAs, isNodeName } from "./overlays";
import { OverviewMap } from "./overview_map";
import { carriesKind, draggedKind } from "./palette";
import type { SourceHandle } from "./ports";
import { Caption, PresentBar, useKeysAnywhere } from "./present_bar";
import { SearchBox } from "./search_box";
import { type Session, useSession } from "./session";
import { type Actions, useActions } from "./use_actions";
import { type Drawing, useDrawing } from "./use_drawing";
import { type Clipboard, middle, useClipboard } from "./use_clipboard";
import { useOrders } from "./use_orders";
import type { Order } from "./types";
import { useFit, useHint, useZoom } from "./use_view";

const NODE_TYPES = { troupe: NodeView, note: NoteView, frame: GroupView };
const EDGE_TYPES = { troupe: EdgeView };
const KEYS = {
  "node.a11yDescription.default":
    "Enter selects, arrow keys move, C connects, N goes on to the next step, Delete removes. Question mark lists all keys.",
  "node.a11yDescription.keyboardDisabled": "Enter selects.",
  "edge.a11yDescription.default": "Enter selects, Delete removes, Escape leaves.",
};

export function Canvas({ session }: { readonly session: Session }) {
  const drawing = useDrawing(session);
  const [hint, say] = useHint();
  const { fit, ready } = useFit(session, drawing.nodes.length);
  const actions = useActions({ session, drawing, say, fit, ...useZoom() });
  const readOnly = useSession(session, ({ data }) => data.read_only);
  const height = useSession(session, ({ data }) => data.height);
  const presented = useSession(session, ({ data }) => data.presented !== null);
  const stage = useRef<HTMLDivElement>(null);
  const clipboard = useClipboard({ session, drawing, say, stage });
  useOrders(session, ready, (order) => carryOut(order, actions, clipboard));

  const press = (event: PressedKey): void => onKey(event, actions, stage.current, presented);
  useKeysAnywhere(presented, () => stage.current, press);

  return (
    <div
      className="tc-body"
      style={{ height: presented ? "100dvh" : height }}
      role="region"
      aria-label="Organization canvas"
      data-read-only={readOnly}
      onKeyDown={press}
    >
      {presented ? (
        <PresentBar actions={actions} drawing={drawing} />
      ) : (
        <TopBar session={session} actions={actions} stage={() => stage.current} />
      )}
      <div
        ref={stage}
        className="tc-stage"
        tabIndex={-1}
        onDragOver={(event) => !readOnly && allowDrop(event)}
        onDrop={(event) => !readOnly && drop(event, actions)}
        onFocusCapture={(event) => session.focus(keyboardNode(event.target))}
        onBlurCapture={() => session.focus(null)}
        {...usePointerWatch(drawing)}
      >
        <Flow drawing={drawing} actions={actions} readOnly={readOnly} withMap={!presented} />
        {presented && <Caption drawing={drawing} />}
        {drawing.nodes.length === 0 && <EmptyHint readOnly={readOnly} />}
        {actions.connecting !== null && (
          <ConnectPicker
            source={actions.connecting.source}
            from={actions.connecting.handle}
            links={possibleLinks(drawing.graph(), actions.connecting.source)}
            onLook={(target) => session.highlight(target)}
            onPick={(link) => leavePicker(stage.current, actions, () => actions.pick(link))}
            onCancel={() => leavePicker(stage.current, actions, actions.stopConnecting)}
          />
        )}
        {actions.searching && (
          <SearchBox
            graph={drawing.whole()}
            onJump={(node) => leaveSearch(stage.current, actions, () => actions.jump(node), drawnAs(drawing.whole(), node))}
            onCancel={() => leaveSearch(stage.current, actions)}
            onLeave={actions.stopSearching}
          />
        )}
        {actions.listing && (
          <KeysBox readOnly={readOnly} presented={presented} onClose={() => leaveList(stage.current, actions)} />
        )}
        {clipboard.refused !== null && <CopyBox text={clipboard.refused} onClose={clipboard.close} />}
        <div className="tc-hint" role="status" data-shown={hint !== ""}>
          {hint}
        </div>
      </div>
      <Strip actions={actions} />
    </div>
  );
}

interface TopBarProps {
  readonly session: Session;
  readonly actions: Actions;
  readonly stage: () => HTMLElement | null;
}

function TopBar({ session, actions, stage }: TopBarProps) {
  const live = useSession(session, (each) => each.live);
  const following = useSession(session, ({ data }) => data.live_run !== null);
  const readOnly = useSession(session, ({ data }) => data.read_only);
  if (following) return <LiveBar live={live} />;
  if (readOnly) return null;
  return <EditBar actions={actions} onAdd={(kind) => actions.add(kind, middle(stage()))} />;
}

interface FlowProps {
  readonly drawing: Drawing;
  readonly actions: Actions;
  readonly readOnly: boolean;
  readonly withMap: boolean;
}

function Flow({ drawing, actions, readOnly, withMap }: FlowProps) {
  return (
    <ReactFlow
      nodes={drawing.nodes as BoardNode[]}
      edges={drawing.edges as FlowEdge[]}
      nodeTypes={NODE_TYPES}
      edgeTypes={EDGE_TYPES}
      onNodesChange={drawing.onNodesChange}
      onEdgesChange={drawing.onEdgesChange}
      onNodeDragStop={drawing.commitMoves}
      onSelectionDragStop={drawing.commitMoves}
      onConnect={actions.connect}
      onConnectEnd={(_, end) => actions.explainRefusal(end)}
      isValidConnection={({ source, target, sourceHandle }) =>
        actions.isPossible({ source, target, sourceHandle: sourceHandle ?? null })
      }
      connectionLineComponent={ConnectionLine}
      connectionRadius={24}
      nodesDraggable={!readOnly}
      nodesConnectable={!readOnly}
      ariaLabelConfig={KEYS}
      deleteKeyCode={null}
      nodeDragThreshold={3}
      panOnScroll
      minZoom={0.05}
      maxZoom={2}
      elevateEdgesOnSelect
      elevateNodesOnSelect={false}
      attributionPosition="bottom-left"
    >
      <Background variant={BackgroundVariant.Dots} gap={20} size={1.2} />
      {withMap && <OverviewMap />}
    </ReactFlow>
  );
}

function EmptyHint({ readOnly }: { readonly readOnly: boolean }) {
  return (
    <div className="tc-empty">
      <strong>Nothing here yet</strong>
      {!readOnly && (
        <>
          <span>Drag an agent from the bar above onto the canvas, or press it.</span>
          <span>Then draw links from the dots on the right side of a node.</span>
        </>
      )}
    </div>
  );
}

/** Lets the drawing know while a pointer is down, wherever it is let go. */
function usePointerWatch(drawing: Drawing) {
  useEffect(() => {
    const up = (): void => drawing.setPointerDown(false);
    window.addEventListener("pointerup", up, true);
    window.addEventListener("pointercancel", up, true);
    return () => {
      window.removeEventListener("pointerup", up, true);
      window.removeEventListener("pointercancel", up, true);
    };
  }, [drawing.setPointerDown]);
  return { onPointerDownCapture: (_: PointerEvent) => drawing.setPointerDown(true) };
}

function carryOut({ kind, text, note }: Order, actions: Actions, clipboard: Clipboard): void {
  switch (kind) {
    case "copy":
      return clipboard.copy(text, `Copied. Ctrl+V puts it on this or another canvas. ${note}`);
    case "link":
      return clipboard.copy(`${location.origin}${location.pathname}?${text}`, "Link copied.");
    case "show":
      return actions.show(text);
    case "keys":
      return actions.list(true);
  }
}

/** A key press of Preact or of the page. */
type PressedKey = KeyPress & Pick<Event, "stopPropagation" | "preventDefault" | "target">;

function onKey(event: PressedKey, actions: Actions, stage: HTMLElement | null, presented: boolean): void {
  const what = command(event, presented);
  if (isOurs(event, presented)) event.stopPropagation();
  const node = (event.target as Element).closest(".react-flow__node");
  const handle = (event.target as Element).closest<HTMLElement>(".react-flow__handle");
  if (event.key === "Enter" && node && handle) {
    event.preventDefault();
    actions.linkFrom(node.getAttribute("data-id") ?? "", handle.dataset.handleid as SourceHandle);
    return;
  }
  if (what === null) return;
  event.preventDefault();
  const id = node?.getAttribute("data-id") ?? "";
  actions.run(what, id !== "" && isNodeName(id) ? id : undefined);
  // What had the focus is gone: the next key must still reach the canvas.
  if (what === "delete") stage?.focus();
}

/** The node that was reached by keyboard, if it is one. */
function keyboardNode(target: EventTarget): string | null {
  const node = target as HTMLElement;
  return node.matches(".react-flow__node:focus-visible") ? (node.dataset.id ?? null) : null;
}

function allowDrop(event: DragEvent): void {
  if (!carriesKind(event)) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "copy";
}

function drop(event: DragEvent, actions: Actions): void {
  const kind = draggedKind(event);
  if (kind === null) return;
  event.preventDefault();
  actions.add(kind, { x: event.clientX, y: event.clientY });
}

/** Ends the choice and gives the focus back to the node that it began on. */
function leavePicker(stage: HTMLElement | null, actions: Actions, end: () => void): void {
  const source = actions.connecting?.source;
  end();
  focusNode(stage, source);
}

/** Ends the search; the focus goes to the node that was found, else back to the canvas. */
function leaveSearch(stage: HTMLElement | null, actions: Actions, jump?: () => void, node?: string): void {
  actions.stopSearching();
  jump?.();
  if (!focusNode(stage, node)) stage?.focus({ preventScroll: true });
}

/** The focus goes back to the canvas, unless it went elsewhere by itself. */
function leaveList(stage: HTMLElement | null, actions: Actions): void {
  actions.list(false);
  const focused = (stage?.getRootNode() as Document | ShadowRoot | undefined)?.activeElement;
  if (focused?.closest(".tc-key-list")) stage?.focus({ preventScroll: true });
}

function focusNode(stage: HTMLElement | null, id: string | undefined): boolean {
  const nodes = stage?.querySelectorAll<HTMLElement>(".react-flow__node") ?? [];
  const node = [...nodes].find((each) => each.dataset.id === id);
  node?.focus({ preventScroll: true });
  return node !== undefined;
}
