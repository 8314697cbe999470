// What can be added: dragged onto the canvas, or put in its middle by a click or Enter.

import type { DragEvent } from "react";
import { Icon, kindIcon } from "./icons";
import type { Offered } from "./use_actions";

const DRAG_TYPE = "application/x-troupe-kind";

interface Offer {
  readonly kind: Offered;
  readonly word: string;
  readonly hint: string;
}

const PARTS: readonly Offer[] = [
  { kind: "agent", word: "Agent", hint: "Agent: a model with instructions" },
  { kind: "function", word: "Function", hint: "Python function as a tool" },
  { kind: "http", word: "HTTP call", hint: "HTTP request as a tool" },
  { kind: "mcp_stdio", word: "MCP process", hint: "MCP server that is started as a process (stdio)" },
  { kind: "mcp_http", word: "MCP server", hint: "MCP server that is reached over HTTP" },
  { kind: "guardrail", word: "Guardrail", hint: "Guardrail: checks what goes in or comes out" },
  { kind: "note", word: "Note", hint: "Note: a text for people (T)" },
];

const STEPS: readonly Offer[] = [
  { kind: "parallel", word: "Parallel", hint: "Parallel: several branches at the same time" },
  { kind: "map", word: "Map", hint: "Map: the same for each item of a list" },
  { kind: "join", word: "Join", hint: "Join: where parallel branches or the items of a map meet" },
  { kind: "branch", word: "Branch", hint: "Branch: goes the way of the first case that holds" },
  { kind: "loop", word: "Loop", hint: "Loop: again until a condition holds, with a limit" },
  { kind: "approval", word: "Approval", hint: "Approval: waits for a person's yes or no" },
  { kind: "transform", word: "Transform", hint: "Transform: makes another value, sets variables" },
  { kind: "end", word: "End", hint: "End: ends the run with this output" },
];

interface PaletteProps {
  readonly onAdd: (kind: Offered) => void;
}

export function Palette({ onAdd }: PaletteProps) {
  return <Offers label="Add to the organization" offers={PARTS} onAdd={onAdd} />;
}

/** The steps of a workflow. */
export function StepPalette({ onAdd }: PaletteProps) {
  return <Offers label="Add a step of the workflow" offers={STEPS} onAdd={onAdd} />;
}

interface OffersProps extends PaletteProps {
  readonly label: string;
  readonly offers: readonly Offer[];
}

function Offers({ label, offers, onAdd }: OffersProps) {
  return (
    <div className="tc-palette" role="group" aria-label={label}>
      {offers.map(({ kind, word, hint }) => (
        <button
          key={kind}
          type="button"
          className="tc-offer"
          draggable
          title={`${hint}. Drag it onto the canvas, or press to add it.`}
          aria-label={`Add ${word}`}
          onClick={() => onAdd(kind)}
          onDragStart={(event) => startDrag(event, kind)}
        >
          <Icon name={kindIcon(kind)} />
          <span className="tc-word">{word}</span>
        </button>
      ))}
    </div>
  );
}

/** What is dragged over the canvas, or null when it is nothing of ours. */
export function draggedKind(event: DragEvent): Offered | null {
  const kind = event.dataTransfer.getData(DRAG_TYPE);
  return [...PARTS, ...STEPS].find((offer) => offer.kind === kind)?.kind ?? null;
}

export function carriesKind(event: DragEvent): boolean {
  return event.dataTransfer.types.includes(DRAG_TYPE);
}

function startDrag(event: DragEvent, kind: Offered): void {
  event.dataTransfer.setData(DRAG_TYPE, kind);
  event.dataTransfer.effectAllowed = "copy";
}
