// What a person can do on the canvas, whether by pointer or by key.

import { type Connection, type FinalConnectionState, useReactFlow } from "@xyflow/react";
import { useState } from "react";
import { kindWord } from "./graph";
import type { Command } from "./keys";
import { arranged, freePlace, hasWorkflow, rounded, sizeOf } from "./layout";
import { linkKind, openHandles, type PossibleLink, refusal } from "./links";
import { drawnAs, groupId, groupOf, isNodeName, noteOf } from "./overlays";
import { portOf, type SourceHandle } from "./ports";
import { nextOn } from "./present_bar";
import type { Session } from "./session";
import type { Alignment, Change, Graph, NewKind, NodeKind, Point } from "./types";
import type { Drawing } from "./use_drawing";

export interface Actions {
  readonly anySelected: boolean;
  readonly anyNodeSelected: boolean;
  /** At least two: they can be grouped and aligned. */
  readonly severalSelected: boolean;
  /** What is being connected by keyboard. */
  readonly connecting: Connecting | null;
  /** `center` is in pixels of the window. */
  readonly add: (kind: Offered, center: Point) => void;
  readonly align: (how: Alignment) => void;
  readonly connect: (connection: Connection) => void;
  readonly explainRefusal: (end: FinalConnectionState) => void;
  readonly isPossible: (connection: Pick<Connection, "source" | "target" | "sourceHandle">) => boolean;
  readonly pick: (link: PossibleLink) => void;
  readonly stopConnecting: () => void;
  readonly run: (command: Command, focused?: string) => void;
  /** Choose where a link from this handle goes. */
  readonly linkFrom: (node: string, handle: SourceHandle) => void;
  readonly searching: boolean;
  readonly stopSearching: () => void;
  /** The list of keys is shown. */
  readonly listing: boolean;
  readonly list: (shown: boolean) => void;
  /** Select a node and bring it into the middle. */
  readonly jump: (node: string) => void;
  /** Bring it into the middle. */
  readonly show: (node: string) => void;
}

/** What the palette offers. */
export type Offered = NewKind | "note";

export interface Connecting {
  readonly source: string;
  /** Where to draw from; null leaves it open. */
  readonly handle: SourceHandle | null;
}

interface Canvas {
  readonly session: Session;
  readonly drawing: Drawing;
  readonly say: (text: string) => void;
  readonly fit: () => void;
  readonly zoomTo: (nodes: readonly string[]) => void;
  readonly center: (node: string) => void;
}

/** A new note as Python makes it. */
const NOTE_WIDTH = 220;
const NOTE_HEIGHT = 100;
const NOTE_GAP = 24;

type Meanings = Partial<Record<Command, (focused?: string) => void>>;

export function useActions(canvas: Canvas): Actions {
  const { session, drawing } = canvas;
  const { screenToFlowPosition } = useReactFlow();
  const [connecting, setConnecting] = useState<Connecting | null>(null);
  const [searching, setSearching] = useState(false);
  const [listing, list] = useState(false);
  const { nodes, edges, notes, groups } = selection(drawing);

  function stopConnecting(): void {
    session.highlight(null);
    setConnecting(null);
  }

  const looking: Meanings = {
    ...viewCommands(canvas),
    find: () => setSearching(drawing.nodes.length > 0),
    keys: () => list(true),
  };
  const presenting = presentCommands(canvas);
  const editing = { ...editCommands(canvas), ...groupCommands(canvas), ...connectCommand(canvas, setConnecting) };
  return {
    anySelected: nodes.length + edges.length + notes.length + groups.length > 0,
    anyNodeSelected: nodes.length > 0,
    severalSelected: nodes.length > 1,
    align: (how) => align(canvas, how),
    connecting,
    add: (kind, center) => {
      if (kind === "note") addNote(canvas, screenToFlowPosition(center));
      else add(canvas, kind, screenToFlowPosition(center));
    },
    connect: (connection) => connect(canvas, connection),
    explainRefusal: (end) => explainRefusal(canvas, end),
    isPossible: ({ source, target, sourceHandle }) =>
      refusal(drawing.graph(), source, sourceHandle as SourceHandle, target) === null,
    pick: (picked) => {
      if (connecting !== null) link(canvas, connecting.source, picked);
      stopConnecting();
    },
    stopConnecting,
    run: (command, focused) => {
      looking[command]?.();
      if (session.data.presented !== null) presenting[command]?.();
      if (!session.data.read_only) editing[command]?.(focused);
    },
    linkFrom: (source, handle) => !session.data.read_only && offerLinks(canvas, source, handle, setConnecting),
    searching,
    stopSearching: () => setSearching(false),
    listing,
    list,
    jump: (node) => {
      const target = drawnAs(drawing.whole(), node);
      drawing.select([target], []);
      canvas.center(target);
    },
    show: (node) => canvas.center(drawnAs(drawing.whole(), node)),
  };
}

function viewCommands(canvas: Canvas): Meanings {
  const { drawing, fit, say, zoomTo } = canvas;
  const ids = (elements: readonly { id: string }[]): string[] => elements.map(({ id }) => id);
  return {
    fit,
    zoom: () => {
      const around = inSight(drawing);
      if (around.length === 0) say("Select something first, then press Z to zoom to it.");
      else zoomTo(around);
    },
    select_all: () => drawing.select(ids(drawing.nodes), ids(drawing.edges.filter((edge) => edge.selectable !== false))),
    escape: () => drawing.select([], []),
  };
}

function presentCommands({ session, drawing, say, center }: Canvas): Meanings {
  const go = (step: 1 | -1, end: string): void => {
    const node = nextOn(drawing, step);
    if (node === null) return say(end);
    drawing.select([node], []);
    return center(node);
  };
  return {
    ahead: () => go(1, "This is the last one. F shows all."),
    back: () => go(-1, "This is the first one."),
    leave: () => session.push({ op: "present", on: false }),
  };
}

function editCommands(canvas: Canvas): Meanings {
  const { session, drawing, say, fit } = canvas;
  const { nodes, edges, notes, groups } = selection(drawing);
  const chosen = withMembers(drawing, nodes, groups);
  return {
    undo: () => session.data.can_undo && push(canvas, { op: "undo" }),
    redo: () => session.data.can_redo && push(canvas, { op: "redo" }),
    duplicate: () => chosen.length > 0 && push(canvas, { op: "duplicate", nodes: chosen }),
    copy: () => {
      if (chosen.length === 0) say("Select the nodes to copy first.");
      else push(canvas, { op: "copy", nodes: chosen });
    },
    delete: () => {
      if (nodes.length + edges.length + notes.length + groups.length === 0) return;
      push(canvas, { op: "delete", nodes, edges, notes, groups });
      const only = groups.length > 0 && nodes.length + edges.length + notes.length === 0;
      say(only ? "Ungrouped. The nodes stay." : "Deleted. Ctrl+Z brings it back.");
    },
    layout: () => {
      if (drawing.nodes.length === 0) return;
      const graph = drawing.graph();
      push(canvas, { op: "layout", positions: hasWorkflow(graph) || hidesNodes(graph) ? {} : arranged(graph) });
      // When the nodes have been drawn at their new places.
      requestAnimationFrame(() => requestAnimationFrame(fit));
    },
  };
}

function groupCommands(canvas: Canvas): Meanings {
  const { session, drawing, say } = canvas;
  const { nodes, notes, groups } = selection(drawing);
  const marked = [...groups.map(groupId), ...drawing.nodes.filter((node) => node.selected && noteOf(node.id) !== null).map((node) => node.id)];
  return {
    group: () => {
      const members = withMembers(drawing, nodes, groups);
      if (members.length < 2) return say("Select two nodes or more, then press G to group them.");
      push(canvas, { op: "group", nodes: members });
      return say("Grouped. F2 renames the group, E collapses it.");
    },
    ungroup: () => {
      if (groups.length === 0) return say("Select a group by its name first.");
      return push(canvas, { op: "delete", nodes: [], edges: [], notes: [], groups });
    },
    fold: () => {
      const known = drawing.whole().groups.filter(({ name }) => groups.includes(name));
      if (known.length === 0) return say("Select a group by its name first.");
      for (const { name, collapsed } of known) {
        push(canvas, { op: "change_group", group: name, name, collapsed: !collapsed });
      }
    },
    note: () => addNote(canvas, null),
    present: () => push(canvas, { op: "present", on: true }),
    edit: () => {
      if (notes.length + groups.length === 1 && marked[0] !== undefined) session.edit(marked[0]);
      else say("F2 writes in a note or renames a group: select one first.");
    },
  };
}

function align(canvas: Canvas, how: Alignment): void {
  const chosen = canvas.drawing.nodes.filter((node) => node.selected && isNodeName(node.id));
  const sizes = chosen.map((node): [string, [number, number]] => [node.id, [node.width ?? 0, node.height ?? 0]]);
  push(canvas, { op: "align", nodes: chosen.map((node) => node.id), how, sizes: Object.fromEntries(sizes) });
}

/** Where a new note goes when no place was pointed at: below everything. */
function addNote(canvas: Canvas, center: Point | null): void {
  const { drawing } = canvas;
  const bottom = Math.max(0, ...drawing.nodes.map((node) => node.position.y + (node.height ?? 0) + NOTE_GAP));
  const left = Math.min(...drawing.nodes.map((node) => node.position.x));
  const below = { x: Number.isFinite(left) ? left : 0, y: bottom };
  const position = rounded(center === null ? below : { x: center.x - NOTE_WIDTH / 2, y: center.y - NOTE_HEIGHT / 2 });
  drawing.awaitNote();
  push(canvas, { op: "add_note", position });
}

/** The nodes, and those in the groups. */
function withMembers(drawing: Drawing, nodes: readonly string[], groups: readonly string[]): string[] {
  const inside = drawing.whole().groups.filter(({ name }) => groups.includes(name)).flatMap(({ members }) => members);
  return [...new Set([...nodes, ...inside])];
}

function hidesNodes(graph: Graph): boolean {
  return graph.nodes.some((node) => node.kind === "group");
}

function connectCommand(canvas: Canvas, start: (connecting: Connecting) => void): Meanings {
  const { drawing, say } = canvas;
  function from(focused: string | undefined, begin: (source: string) => void, key: string): void {
    const source = focused ?? selection(drawing).nodes[0];
    if (source === undefined) say(`Select a node first, then press ${key} to connect it.`);
    else begin(source);
  }
  return {
    connect: (focused) => from(focused, (source) => offerLinks(canvas, source, null, start), "C"),
    next: (focused) => from(focused, (source) => offerNext(canvas, source, start), "N"),
  };
}

/** What comes after an agent or step: from its first way out that leads nowhere yet. */
function offerNext(canvas: Canvas, source: string, start: (connecting: Connecting) => void): void {
  const free = openHandles(canvas.drawing.graph(), source).find((handle) => portOf(handle) !== null);
  if (free === undefined) return canvas.say(`Nothing can come after ${source}: no way out of it is free.`);
  return offerLinks(canvas, source, free, start);
}

function offerLinks(
  { drawing, say }: Canvas,
  source: string,
  handle: SourceHandle | null,
  start: (connecting: Connecting) => void,
): void {
  const open = openHandles(drawing.graph(), source);
  if (open.length === 0) return say(`Nothing can be linked from ${source}.`);
  if (handle !== null && !open.includes(handle)) return say(`Nothing more can be linked there from ${source}.`);
  start({ source, handle });
  return say(`Connect ${source}: arrow keys choose a target, Enter connects, Escape cancels.`);
}

function add(canvas: Canvas, kind: NewKind, center: Point): void {
  const { drawing, say } = canvas;
  const { width, height } = sizeOf({ kind: nodeKind(kind), ports: [] });
  const wish = rounded({ x: center.x - width / 2, y: center.y - height / 2 });
  const position = freePlace(wish, drawing.nodes.map((node) => node.position));
  push(canvas, { op: "add", kind, position, positions: drawing.unplaced() });
  say(`${kindWord(nodeKind(kind))} added.`);
}

function connect(canvas: Canvas, connection: Connection): void {
  const { source, target } = connection;
  const handle = connection.sourceHandle as SourceHandle;
  const to = canvas.drawing.graph().nodes.find((node) => node.id === target);
  const kind = to && linkKind(handle, to.kind);
  if (kind) link(canvas, source, { kind, handle, target: to });
}

function link(canvas: Canvas, source: string, { kind, handle, target }: PossibleLink): void {
  push(canvas, { op: "connect", kind, source, target: target.id, port: portOf(handle) });
  canvas.say(`Connected ${source} to ${target.id}.`);
}

function explainRefusal({ drawing, say }: Canvas, end: FinalConnectionState): void {
  const { isValid, fromNode, fromHandle, toNode } = end;
  if (isValid || !fromHandle || !fromNode || !toNode || fromHandle.type !== "source") return;
  const why = refusal(drawing.graph(), fromNode.id, fromHandle.id as SourceHandle, toNode.id);
  if (why !== null) say(why);
}

/** What was selected goes first, and moves that rest on the arrow keys. */
function push({ session, drawing }: Canvas, change: Change): void {
  drawing.commit();
  session.push(change);
}

/** The selected nodes, and those that the selected links connect. */
function inSight(drawing: Drawing): string[] {
  const ends = drawing.edges.filter((edge) => edge.selected).flatMap(({ source, target }) => [source, target]);
  const selected = drawing.nodes.filter((node) => node.selected).map((node) => node.id);
  return [...new Set([...selected, ...ends])];
}

interface Selection {
  readonly nodes: string[];
  readonly edges: string[];
  readonly notes: string[];
  readonly groups: string[];
}

function selection(drawing: Drawing): Selection {
  const ids = drawing.nodes.filter((node) => node.selected).map((node) => node.id);
  return {
    nodes: ids.filter(isNodeName),
    notes: ids.map(noteOf).filter((id) => id !== null),
    groups: ids.map(groupOf).filter((name) => name !== null),
    edges: drawing.edges.filter((edge) => edge.selected).map((edge) => edge.id),
  };
}

function nodeKind(kind: NewKind): NodeKind {
  return kind === "mcp_stdio" || kind === "mcp_http" ? "mcp" : kind;
}
