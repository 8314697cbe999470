// Linking by keyboard: choose a target and, where several fit, the kind of link.

import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { Icon, kindIcon } from "./icons";
import { EDGE_NAMES, type PossibleLink } from "./links";

interface PickerProps {
  readonly source: string;
  readonly links: readonly PossibleLink[];
  readonly onLook: (target: string) => void;
  readonly onPick: (link: PossibleLink) => void;
  readonly onCancel: () => void;
}

export function ConnectPicker({ source, links, onLook, onPick, onCancel }: PickerProps) {
  const [at, setAt] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const chosen = links[at];

  useEffect(() => list.current?.focus(), []);
  useEffect(() => {
    if (chosen) onLook(chosen.target.id);
    list.current?.querySelector(`#tc-option-${at}`)?.scrollIntoView({ block: "nearest" });
  }, [at]);

  function press(event: KeyboardEvent): void {
    event.stopPropagation();
    if (event.key === "Escape") onCancel();
    else if (event.key === "Enter" && chosen) onPick(chosen);
    else if (event.key === "ArrowDown") setAt((at + 1) % links.length);
    else if (event.key === "ArrowUp") setAt((at - 1 + links.length) % links.length);
    else if (event.key.length === 1) setAt(nextStartingWith(event.key, links, at));
    else return;
    event.preventDefault();
  }

  return (
    <div className="tc-picker">
      <p id="tc-picker-title">
        Connect <strong>{source}</strong> to
      </p>
      <ul
        ref={list}
        role="listbox"
        tabIndex={0}
        aria-labelledby="tc-picker-title"
        aria-activedescendant={`tc-option-${at}`}
        onKeyDown={press}
        onBlur={onCancel}
      >
        {links.map((link, index) => (
          <li
            key={`${link.kind}:${link.target.id}`}
            id={`tc-option-${index}`}
            role="option"
            aria-selected={index === at}
            onPointerEnter={() => setAt(index)}
            onPointerDown={(event) => {
              event.preventDefault();
              onPick(link);
            }}
          >
            <Icon name={kindIcon(link.target.kind)} size={14} />
            <span className="tc-option-name">{link.target.title}</span>
            <span className="tc-option-kind">{EDGE_NAMES[link.kind]}</span>
          </li>
        ))}
      </ul>
      <p className="tc-keys">
        <kbd>↑</kbd> <kbd>↓</kbd> choose <kbd>Enter</kbd> connect <kbd>Esc</kbd> cancel
      </p>
    </div>
  );
}

function nextStartingWith(letter: string, links: readonly PossibleLink[], at: number): number {
  const starts = (index: number): boolean =>
    links[index]?.target.title.toLowerCase().startsWith(letter.toLowerCase()) ?? false;
  const order = links.map((_, step) => (at + 1 + step) % links.length);
  return order.find(starts) ?? at;
}
