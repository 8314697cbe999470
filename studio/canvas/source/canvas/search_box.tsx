// Search and jump: type, choose with the arrows, Enter goes there.

import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { kindWord } from "./graph";
import { Icon, kindIcon } from "./icons";
import { found } from "./search";
import type { Graph } from "./types";

interface SearchProps {
  readonly graph: Graph;
  readonly onJump: (node: string) => void;
  readonly onCancel: () => void;
  /** The focus went elsewhere by itself. */
  readonly onLeave: () => void;
}

export function SearchBox({ graph, onJump, onCancel, onLeave }: SearchProps) {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const nodes = found(graph, text);
  const chosen = nodes[at];

  useEffect(() => input.current?.focus(), []);
  useEffect(() => {
    list.current?.querySelector(`#tc-found-${at}`)?.scrollIntoView({ block: "nearest" });
  }, [at]);

  function press(event: KeyboardEvent): void {
    // Letters are text here, not commands.
    event.stopPropagation();
    if (event.key === "Escape") onCancel();
    else if (event.key === "Enter" && chosen) onJump(chosen.id);
    else if (event.key === "ArrowDown" && nodes.length > 0) setAt((at + 1) % nodes.length);
    else if (event.key === "ArrowUp" && nodes.length > 0) setAt((at - 1 + nodes.length) % nodes.length);
    else return;
    event.preventDefault();
  }

  return (
    <div className="tc-picker tc-search">
      <input
        ref={input}
        type="text"
        role="combobox"
        aria-label="Find a node"
        aria-expanded="true"
        aria-controls="tc-found"
        aria-activedescendant={chosen && `tc-found-${at}`}
        placeholder="Find a node by name, kind or detail"
        autoComplete="off"
        spellCheck={false}
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={press}
        onBlur={onLeave}
      />
      <ul ref={list} id="tc-found" role="listbox" aria-label="Nodes found">
        {nodes.map((node, index) => (
          <li
            key={node.id}
            id={`tc-found-${index}`}
            role="option"
            aria-selected={index === at}
            onPointerEnter={() => setAt(index)}
            onPointerDown={(event) => {
              event.preventDefault();
              onJump(node.id);
            }}
          >
            <Icon name={kindIcon(node.kind)} size={14} />
            <span className="tc-option-name">{node.title}</span>
            <span className="tc-option-kind">{node.subtitle || kindWord(node.kind)}</span>
          </li>
        ))}
      </ul>
      <p className="tc-keys" role="status">
        {nodes.length === 0 ? "No node has these words." : <>{nodes.length} found <kbd>↑</kbd> <kbd>↓</kbd> choose <kbd>Enter</kbd> go there <kbd>Esc</kbd> close</>}
      </p>
    </div>
  );
}
