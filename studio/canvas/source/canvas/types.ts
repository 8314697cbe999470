// The shapes that are shared with Python; tests on both sides hold them against one JSON fixture.

import type { Status } from "../live_status";

export type StepKind = "parallel" | "map" | "join" | "branch" | "loop" | "approval" | "transform" | "end";
/** A collapsed group is drawn as a node; Python has none of these. */
export type NodeKind = "agent" | "function" | "http" | "mcp" | "guardrail" | "group" | StepKind;
/** What a join `asks` is no link: it is shown, and said in the fields of the join. */
export type EdgeKind = "handoff" | "as_tool" | "uses" | "guards" | "flow" | "asks";
export type NewKind = "agent" | "function" | "http" | "mcp_stdio" | "mcp_http" | "guardrail" | StepKind;
export type Badge = "entry" | "writes" | "approval" | "output_schema";

/** What a comparison says of a node or edge. */
export type Mark = "added" | "removed" | "changed";
export type State = Status | Mark;

export interface Note {
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly hint: string;
}

export interface GraphNode {
  /** The node's name. */
  readonly id: string;
  readonly kind: NodeKind;
  readonly title: string;
  readonly subtitle: string;
  readonly badges: readonly Badge[];
  /** Where flow links leave it, the usual one first; none of what is no step. */
  readonly ports: readonly string[];
  readonly problems: readonly Note[];
  /** Of a collapsed group. */
  readonly members?: readonly string[];
  /** null until the node has been placed. */
  readonly x: number | null;
  readonly y: number | null;
}

export interface GraphEdge {
  /** The link's key. */
  readonly id: string;
  readonly kind: EdgeKind;
  readonly source: string;
  readonly target: string;
  /** The way out that a flow link leaves its source by, else empty. */
  readonly port: string;
  readonly label: string;
  readonly problems: readonly Note[];
  /** How many links of a collapsed group are drawn as this one. */
  readonly count?: number;
}

/** A text for people on the canvas. */
export interface NoteBox {
  readonly id: string;
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface GroupBox {
  readonly name: string;
  readonly members: readonly string[];
  readonly collapsed: boolean;
}

export type Alignment = "left" | "center" | "right" | "top" | "middle" | "bottom" | "columns" | "rows";

export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly problems: readonly Note[];
  readonly notes: readonly NoteBox[];
  readonly groups: readonly GroupBox[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export type Positions = Readonly<Record<string, Point>>;

/** Something that Python asks for once. */
export interface Order {
  /** Grows with each order. */
  readonly number: number;
  readonly kind: "copy" | "link" | "show" | "keys";
  /** What is copied, the parameters of the address, or the name of the node. */
  readonly text: string;
  /** What else a person is told. */
  readonly note: string;
}

/** Everything Python tells; always complete. */
export interface CanvasData {
  readonly graph: Graph;
  readonly revision: number;
  readonly status: Readonly<Record<string, State>>;
  /** Names of nodes or link keys. */
  readonly selected: readonly string[];
  readonly read_only: boolean;
  readonly live_run: string | null;
  /** When that run ended, as far as the page knew when it was drawn; "" while it goes on. */
  readonly live_over: string;
  /** The name of the organization where the canvas is all there is; else null. */
  readonly presented: string | null;
  readonly can_undo: boolean;
  readonly can_redo: boolean;
  readonly fit: number;
  readonly height: number;
  readonly order: Order | null;
  /** Number of the last report that Python has seen. */
  readonly ack: number;
}

export type Change =
  | { readonly op: "add"; readonly kind: NewKind; readonly position: Point; readonly positions: Positions }
  | {
      readonly op: "connect";
      readonly kind: EdgeKind;
      readonly source: string;
      readonly target: string;
      /** Of a flow link, else null. */
      readonly port: string | null;
    }
  | { readonly op: "move"; readonly positions: Positions; readonly notes: Positions }
  /** Without positions Python finds them. */
  | { readonly op: "layout"; readonly positions: Positions }
  | {
      readonly op: "delete";
      readonly nodes: readonly string[];
      readonly edges: readonly string[];
      readonly notes: readonly string[];
      /** Dissolved: their nodes stay. */
      readonly groups: readonly string[];
    }
  | { readonly op: "add_note"; readonly position: Point }
  | ({ readonly op: "change_note" } & NoteBox)
  | { readonly op: "group"; readonly nodes: readonly string[] }
  | { readonly op: "change_group"; readonly group: string; readonly name: string; readonly collapsed: boolean }
  | {
      readonly op: "align";
      readonly nodes: readonly string[];
      readonly how: Alignment;
      readonly sizes: Readonly<Record<string, readonly [number, number]>>;
    }
  | { readonly op: "duplicate"; readonly nodes: readonly string[] }
  /** Python answers with an order that holds the text. */
  | { readonly op: "copy"; readonly nodes: readonly string[] }
  | { readonly op: "paste"; readonly text: string; readonly position: Point; readonly positions: Positions }
  /** Show the canvas alone, or the page again. */
  | { readonly op: "present"; readonly on: boolean }
  | { readonly op: "select"; readonly node: string | null; readonly edge: string | null }
  | { readonly op: "undo" }
  | { readonly op: "redo" };

/** What is sent to Python: one change, the revision it was made on, and a number that grows. */
export interface Report {
  readonly rev: number;
  readonly seq: number;
  /** Counts up when the change is sent again; the outbox leaves it out. */
  readonly attempt?: number;
  readonly change: Change;
}
