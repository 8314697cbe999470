// The nodes and edges on the screen: Python's graph, plus what was done since and what is being done now.

import { applyEdgeChanges, applyNodeChanges, type EdgeChange, type NodeChange } from "@xyflow/react";
import { useEffect, useMemo, useState } from "react";
import { expected, type FlowEdge, flowEdges, flowNodes, moved } from "./graph";
import { placed, rounded, unplaced } from "./layout";
import {
  type BoardNode,
  carried,
  drawnAs,
  folded,
  isNodeName,
  moveOf,
  noteId,
  overlays,
  reframed,
} from "./overlays";
import { Selecting, withoutSelection, withSelection } from "./selection";
import { type Session, useSession } from "./session";
import type { Graph, Point, Positions } from "./types";

/** Arrow keys move a node step by step: one change when they rest. */
const REST = 400;
const NONE: ReadonlySet<string> = new Set();

export interface Drawing {
  readonly nodes: readonly BoardNode[];
  readonly edges: readonly FlowEdge[];
  /** As it is drawn: a collapsed group is one node. */
  readonly graph: () => Graph;
  readonly whole: () => Graph;
  /** Positions of the nodes that Python has none for. */
  readonly unplaced: () => Positions;
  readonly onNodesChange: (changes: NodeChange<BoardNode>[]) => void;
  readonly onEdgesChange: (changes: EdgeChange<FlowEdge>[]) => void;
  readonly commitMoves: () => void;
  /** Tell Python what it does not know yet, before it is asked for something else. */
  readonly commit: () => void;
  readonly select: (nodes: readonly string[], edges: readonly string[]) => void;
  readonly setPointerDown: (down: boolean) => void;
  /** Write in the next note that comes. */
  readonly awaitNote: () => void;
}

export function useDrawing(session: Session): Drawing {
  const board = useMemo(() => new Board(session), [session]);
  const version = useSession(session, (each) => each.version);
  const selected = useSession(session, (each) => each.data.selected.join("\n"));
  const [, redraw] = useState(0);

  useEffect(() => {
    board.onDrawn = () => redraw((count) => count + 1);
    return () => board.rest();
  }, [board]);
  useEffect(() => board.adopt(), [board, version, selected]);
  // After the effects of React Flow, in which it takes over what is drawn.
  useEffect(() => board.taken(), [board, board.nodes, board.edges]);

  return { ...board.actions, nodes: board.nodes, edges: board.edges };
}

/** What is drawn now, and what Python has been told of it. */
class Board {
  nodes: readonly BoardNode[];
  edges: readonly FlowEdge[];
  onDrawn = (): void => {};
  private places: Positions;
  private readonly selecting: Selecting;
  /** Selected by Python, and not known to React Flow yet: a click on something else does not unselect it by itself. */
  private fresh = NONE;
  private pointerDown = false;
  /** The notes that there were when a new one was asked for. */
  private notesBefore: ReadonlySet<string> | null = null;
  private moveTimer: ReturnType<typeof setTimeout> | undefined;
  private reportTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly session: Session) {
    this.selecting = new Selecting(session.data.selected);
    const ids = this.drawn(session.data.selected);
    this.places = this.placesOf({});
    this.nodes = withSelection(this.board(), ids);
    this.edges = withSelection(flowEdges(this.graph(), []), ids);
  }

  /** Stable functions for React Flow. */
  readonly actions = {
    graph: () => this.graph(),
    unplaced: () => unplaced(this.graph(), this.places),
    whole: () => this.whole(),
    onNodesChange: (changes: NodeChange<BoardNode>[]) => this.changeNodes(changes),
    onEdgesChange: (changes: EdgeChange<FlowEdge>[]) => this.changeEdges(changes),
    commitMoves: () => this.commitMoves(),
    commit: () => {
      this.reportSelection();
      this.commitMoves();
    },
    select: (nodes: readonly string[], edges: readonly string[]) => this.select(nodes, edges),
    setPointerDown: (down: boolean) => this.setPointerDown(down),
    awaitNote: () => {
      this.notesBefore = new Set(this.whole().notes.map(({ id }) => id));
    },
  };

  /** Draws Python's newest graph and selection. */
  adopt(): void {
    const graph = this.graph();
    this.places = this.placesOf(this.places);
    const nodes = this.board();
    const edges = flowEdges(graph, this.edges);
    const selected = this.selectionOf(nodes, edges);
    // In one step: a renamed node would else count as unselected for a moment.
    if (selected === null) this.draw(nodes, edges);
    else this.draw(withSelection(nodes, selected), withSelection(edges, selected));
    this.fresh = selected ?? this.fresh;
    this.writeInNewNote();
  }

  private writeInNewNote(): void {
    const before = this.notesBefore;
    const fresh = before && this.session.data.graph.notes.find(({ id }) => !before.has(id));
    if (!fresh) return;
    this.notesBefore = null;
    this.select([noteId(fresh.id)], []);
    this.session.edit(noteId(fresh.id));
  }

  /** What Python wants selected; null leaves it to what a person selected. What went into a collapsed group, or
   * came out of it, is selected as it is drawn now. */
  private selectionOf(nodes: readonly BoardNode[], edges: readonly FlowEdge[]): ReadonlySet<string> | null {
    const isReporting = this.session.pending.some((change) => change.op === "select");
    const news = this.selecting.news(this.session.data.selected, isReporting);
    if (news !== null) return this.drawn(news);
    const any = [...nodes, ...edges].some((element) => element.selected === true);
    return any || isReporting || this.selecting.isOpen ? null : this.drawn(this.selecting.told);
  }

  private drawn(ids: readonly string[]): ReadonlySet<string> {
    return new Set(ids.map((id) => drawnAs(this.whole(), id)));
  }

  /** React Flow knows all that is drawn. */
  taken(): void {
    this.fresh = NONE;
  }

  rest(): void {
    clearTimeout(this.moveTimer);
    clearTimeout(this.reportTimer);
  }

  private graph(): Graph {
    return folded(this.whole());
  }

  private whole(): Graph {
    return expected(this.session.data.graph, this.session.pending);
  }

  private placesOf(remembered: Positions): Positions {
    const notes = this.whole().notes.map(({ id, x, y }): [string, Point] => [noteId(id), { x, y }]);
    return { ...placed(this.graph(), remembered), ...Object.fromEntries(notes) };
  }

  /** Notes and frames come first: they are drawn below the nodes. */
  private board(): readonly BoardNode[] {
    const nodes = flowNodes(this.graph(), this.places, this.nodes ?? []);
    return [...overlays(this.whole(), nodes, this.places, this.nodes ?? []), ...nodes];
  }

  private draw(nodes: readonly BoardNode[], edges: readonly FlowEdge[]): void {
    this.nodes = nodes;
    this.edges = edges;
    this.onDrawn();
  }

  private select(nodes: readonly string[], edges: readonly string[]): void {
    this.draw(withSelection(this.nodes, new Set(nodes)), withSelection(this.edges, new Set(edges)));
    this.touched();
  }

  private changeEdges(changes: EdgeChange<FlowEdge>[]): void {
    this.makeRoomFor(changes);
    this.draw(this.nodes, applyEdgeChanges(changes, [...this.edges]));
  }

  /** A person selects or unselects. */
  private makeRoomFor(changes: readonly (NodeChange<BoardNode> | EdgeChange<FlowEdge>)[]): void {
    const selects = changes.filter((change) => change.type === "select");
    if (selects.length === 0) return;
    if (selects.some((change) => change.selected)) {
      this.nodes = withoutSelection(this.nodes, this.fresh);
      this.edges = withoutSelection(this.edges, this.fresh);
      this.fresh = NONE;
    }
    this.touched();
  }

  private touched(): void {
    this.selecting.touched();
    this.reportSoon();
  }

  private changeNodes(changes: NodeChange<BoardNode>[]): void {
    this.makeRoomFor(changes);
    this.draw(reframed(applyNodeChanges(this.withCarried(changes), [...this.nodes])), this.edges);
    const byKeys = changes.some((change) => change.type === "position") && !this.pointerDown;
    if (!byKeys) return;
    clearTimeout(this.moveTimer);
    this.moveTimer = setTimeout(() => this.commitMoves(), REST);
  }

  /** What is in a dragged frame goes along. */
  private withCarried(changes: NodeChange<BoardNode>[]): NodeChange<BoardNode>[] {
    const moves: Record<string, Point> = {};
    for (const change of changes) {
      if (change.type === "position" && change.position) moves[change.id] = change.position;
    }
    const along = Object.entries(carried(this.nodes, moves));
    return [...changes, ...along.map(([id, position]) => ({ id, type: "position" as const, position }))];
  }

  private commitMoves(): void {
    clearTimeout(this.moveTimer);
    const changed = moved(this.nodes, this.places);
    if (Object.keys(changed).length === 0) return;
    const all = Object.entries({ ...unplaced(this.graph(), this.places), ...changed });
    const gone = Object.fromEntries(all.map(([id, point]) => [id, rounded(point)]));
    const move = moveOf(this.whole(), gone, this.places);
    this.places = { ...this.places, ...gone };
    this.session.push(move);
  }

  private setPointerDown(down: boolean): void {
    this.pointerDown = down;
    // After React Flow has ended its own drag, so that the move goes before the selection.
    if (!down) this.reportSoon();
  }

  /** Once, when all changes of this moment are in: a click unselects one thing and then selects another. */
  private reportSoon(): void {
    clearTimeout(this.reportTimer);
    this.reportTimer = setTimeout(() => this.reportSelection(), 0);
  }

  private reportSelection(): void {
    if (this.pointerDown) return;
    const ids = (elements: readonly { id: string; selected?: boolean }[]): string[] =>
      elements.filter((element) => element.selected === true).map((element) => element.id);
    // The inspector knows no notes and groups.
    const change = this.selecting.report(ids(this.nodes).filter(isNodeName), ids(this.edges));
    if (change !== null) this.session.push(change);
  }
}
