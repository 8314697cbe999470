// What can be added: dragged onto the canvas, or put in its middle by a click or Enter.

import type { DragEvent } from "react";
import { Icon, kindIcon } from "./icons";
import type { NewKind } from "./types";

const DRAG_TYPE = "application/x-troupe-kind";

const OFFERS: readonly { readonly kind: NewKind; readonly word: string; readonly hint: string }[] = [
  { kind: "agent", word: "Agent", hint: "Agent: a model with instructions" },
  { kind: "function", word: "Function", hint: "Python function as a tool" },
  { kind: "http", word: "HTTP call", hint: "HTTP request as a tool" },
  { kind: "mcp_stdio", word: "MCP process", hint: "MCP server that is started as a process (stdio)" },
  { kind: "mcp_http", word: "MCP server", hint: "MCP server that is reached over HTTP" },
  { kind: "guardrail", word: "Guardrail", hint: "Guardrail: checks what goes in or comes out" },
];

export function Palette({ onAdd }: { readonly onAdd: (kind: NewKind) => void }) {
  return (
    <div className="tc-palette" role="group" aria-label="Add to the organization">
      {OFFERS.map(({ kind, word, hint }) => (
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
export function draggedKind(event: DragEvent): NewKind | null {
  const kind = event.dataTransfer.getData(DRAG_TYPE);
  return OFFERS.find((offer) => offer.kind === kind)?.kind ?? null;
}

export function carriesKind(event: DragEvent): boolean {
  return event.dataTransfer.types.includes(DRAG_TYPE);
}

function startDrag(event: DragEvent, kind: NewKind): void {
  event.dataTransfer.setData(DRAG_TYPE, kind);
  event.dataTransfer.effectAllowed = "copy";
}
