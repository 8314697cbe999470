// The nodes and edges on the screen: Python's graph, plus what was done since and what is being done now.

import { applyEdgeChanges, applyNodeChanges, type EdgeChange, type NodeChange } from "@xyflow/react";
import { useEffect, useMemo, useState } from "react";
import {
  expected,
  type FlowEdge,
  flowEdges,
  type FlowNode,
  flowNodes,
  moved,
  selectionChange,
  withSelection,
} from "./graph";
import { placed, rounded, unplaced } from "./layout";
import { type Session, useSession } from "./session";
import type { Graph, Positions } from "./types";

/** Arrow keys move a node step by step: one change when they rest. */
const REST = 400;

export interface Drawing {
  readonly nodes: readonly FlowNode[];
  readonly edges: readonly FlowEdge[];
  readonly graph: () => Graph;
  /** Positions of the nodes that Python has none for. */
  readonly unplaced: () => Positions;
  readonly onNodesChange: (changes: NodeChange<FlowNode>[]) => void;
  readonly onEdgesChange: (changes: EdgeChange<FlowEdge>[]) => void;
  readonly commitMoves: () => void;
  readonly select: (nodes: readonly string[], edges: readonly string[]) => void;
  readonly setPointerDown: (down: boolean) => void;
}

export function useDrawing(session: Session): Drawing {
  const board = useMemo(() => new Board(session), [session]);
  const version = useSession(session, (each) => each.version);
  const selected = useSession(session, (each) => each.data.selected);
  const [, redraw] = useState(0);

  useEffect(() => {
    board.onDrawn = () => redraw((count) => count + 1);
    return () => board.rest();
  }, [board]);
  useEffect(() => board.adopt(), [board, version, selected]);

  return { ...board.actions, nodes: board.nodes, edges: board.edges };
}

/** What is drawn now, and what Python has been told of it. */
class Board {
  nodes: readonly FlowNode[];
  edges: readonly FlowEdge[];
  onDrawn = (): void => {};
  private places: Positions;
  /** The selection as Python was told it, and as it last told it. */
  private toldSelection: string | null;
  private heardSelection: string | null;
  private pointerDown = false;
  private moveTimer: ReturnType<typeof setTimeout> | undefined;
  private reportTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly session: Session) {
    const { selected } = session.data;
    const ids = new Set(selected === null ? [] : [selected]);
    this.places = placed(this.graph(), {});
    this.nodes = withSelection(flowNodes(this.graph(), this.places, []), ids);
    this.edges = withSelection(flowEdges(this.graph(), []), ids);
    this.toldSelection = selected;
    this.heardSelection = selected;
  }

  /** Stable functions for React Flow. */
  readonly actions = {
    graph: () => this.graph(),
    unplaced: () => unplaced(this.graph(), this.places),
    onNodesChange: (changes: NodeChange<FlowNode>[]) => this.changeNodes(changes),
    onEdgesChange: (changes: EdgeChange<FlowEdge>[]) =>
      this.draw(this.nodes, applyEdgeChanges(changes, [...this.edges])),
    commitMoves: () => this.commitMoves(),
    select: (nodes: readonly string[], edges: readonly string[]) => this.select(nodes, edges),
    setPointerDown: (down: boolean) => this.setPointerDown(down),
  };

  /** Draws Python's newest graph and selection. */
  adopt(): void {
    const graph = this.graph();
    this.places = placed(graph, this.places);
    const nodes = flowNodes(graph, this.places, this.nodes);
    const edges = flowEdges(graph, this.edges);
    const selected = this.newSelection();
    // In one step: a renamed node would else count as unselected for a moment.
    if (selected === undefined) this.draw(nodes, edges);
    else this.draw(withSelection(nodes, selected), withSelection(edges, selected));
  }

  /** What Python selected since it was last asked, unless a newer selection is on its way to it. */
  private newSelection(): ReadonlySet<string> | undefined {
    const { selected } = this.session.data;
    const isNews = selected !== this.heardSelection;
    this.heardSelection = selected;
    const reporting = this.session.pending.some((change) => change.op === "select");
    if (!isNews || reporting || selected === this.toldSelection) return undefined;
    this.toldSelection = selected;
    return new Set(selected === null ? [] : [selected]);
  }

  rest(): void {
    clearTimeout(this.moveTimer);
    clearTimeout(this.reportTimer);
  }

  private graph(): Graph {
    return expected(this.session.data.graph, this.session.pending);
  }

  private draw(nodes: readonly FlowNode[], edges: readonly FlowEdge[]): void {
    this.nodes = nodes;
    this.edges = edges;
    this.reportSoon();
    this.onDrawn();
  }

  private select(nodes: readonly string[], edges: readonly string[]): void {
    this.draw(withSelection(this.nodes, new Set(nodes)), withSelection(this.edges, new Set(edges)));
  }

  private changeNodes(changes: NodeChange<FlowNode>[]): void {
    this.draw(applyNodeChanges(changes, [...this.nodes]), this.edges);
    const byKeys = changes.some((change) => change.type === "position") && !this.pointerDown;
    if (!byKeys) return;
    clearTimeout(this.moveTimer);
    this.moveTimer = setTimeout(() => this.commitMoves(), REST);
  }

  private commitMoves(): void {
    clearTimeout(this.moveTimer);
    const changed = moved(this.nodes, this.places);
    if (Object.keys(changed).length === 0) return;
    const all = Object.entries({ ...unplaced(this.graph(), this.places), ...changed });
    const positions = Object.fromEntries(all.map(([id, point]) => [id, rounded(point)]));
    this.places = { ...this.places, ...positions };
    this.session.push({ op: "move", positions });
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
    const change = selectionChange(ids(this.nodes), ids(this.edges));
    const now = change.node ?? change.edge;
    if (now === this.toldSelection) return;
    this.toldSelection = now;
    this.session.push(change);
  }
}
