// Linking by keyboard: choose a target and, where several fit, the way out and the kind of link.

import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { Icon, kindIcon } from "./icons";
import { handleName, linkName, type PossibleLink } from "./links";
import type { SourceHandle } from "./ports";

interface PickerProps {
  readonly source: string;
  /** The handle that is offered first; null for all together. */
  readonly from: SourceHandle | null;
  readonly links: readonly PossibleLink[];
  readonly onLook: (target: string) => void;
  readonly onPick: (link: PossibleLink) => void;
  readonly onCancel: () => void;
}

export function ConnectPicker({ source, from, links: all, onLook, onPick, onCancel }: PickerProps) {
  const [at, setAt] = useState(0);
  const [handle, setHandle] = useState(from);
  const list = useRef<HTMLUListElement>(null);
  const handles = [null, ...new Set(all.map((link) => link.handle))];
  const links = handle === null ? all : all.filter((link) => link.handle === handle);
  const chosen = links[at];

  useEffect(() => list.current?.focus(), []);
  useEffect(() => {
    if (chosen) onLook(chosen.target.id);
    list.current?.querySelector(`#tc-option-${at}`)?.scrollIntoView({ block: "nearest" });
  }, [at, handle]);

  function turn(by: number): void {
    const next = (handles.indexOf(handle) + by + handles.length) % handles.length;
    setHandle(handles[next] ?? null);
    setAt(0);
  }

  function press(event: KeyboardEvent): void {
    event.stopPropagation();
    if (event.key === "Escape") onCancel();
    else if (event.key === "Enter" && chosen) onPick(chosen);
    else if (event.key === "ArrowDown") setAt((at + 1) % links.length);
    else if (event.key === "ArrowUp") setAt((at - 1 + links.length) % links.length);
    else if (event.key === "ArrowRight") turn(1);
    else if (event.key === "ArrowLeft") turn(-1);
    else if (event.key.length === 1) setAt(nextStartingWith(event.key, links, at));
    else return;
    event.preventDefault();
  }

  return (
    <div className="tc-picker">
      <p id="tc-picker-title">
        Connect <strong>{source}</strong> to
      </p>
      {handles.length > 2 && (
        <div className="tc-ways" role="group" aria-label="Way out">
          {handles.map((each) => (
            <button
              key={each ?? ""}
              type="button"
              tabIndex={-1}
              aria-pressed={each === handle}
              onPointerDown={(event) => {
                event.preventDefault();
                setHandle(each);
                setAt(0);
              }}
            >
              {each === null ? "all" : handleName(each)}
            </button>
          ))}
        </div>
      )}
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
            key={`${link.handle}→${link.target.id}`}
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
            <span className="tc-option-kind">{linkName(link)}</span>
          </li>
        ))}
      </ul>
      <p className="tc-keys">
        <kbd>↑</kbd> <kbd>↓</kbd> choose{" "}
        {handles.length > 2 && (
          <>
            <kbd>←</kbd> <kbd>→</kbd> way out{" "}
          </>
        )}
        <kbd>Enter</kbd> connect <kbd>Esc</kbd> cancel
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
