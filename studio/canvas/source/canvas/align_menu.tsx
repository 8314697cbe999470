// Aligning and spacing several nodes.

import { type KeyboardEvent, useState } from "react";
import { Icon } from "./icons";
import type { Alignment } from "./types";

const WAYS: readonly (readonly [Alignment, string])[] = [
  ["left", "Left edges"],
  ["center", "Centres"],
  ["right", "Right edges"],
  ["top", "Top edges"],
  ["middle", "Middles"],
  ["bottom", "Bottom edges"],
  ["columns", "Equal gaps across"],
  ["rows", "Equal gaps down"],
];

interface AlignProps {
  /** Fewer than two nodes are selected. */
  readonly off: boolean;
  readonly onAlign: (how: Alignment) => void;
}

export function AlignMenu({ off, onAlign }: AlignProps) {
  const [open, setOpen] = useState(false);
  const shown = open && !off;

  function press(event: KeyboardEvent<HTMLElement>): void {
    if (!shown || !["Escape", "ArrowDown", "ArrowUp"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>("button")];
    if (event.key === "Escape") setOpen(false);
    const at = buttons.indexOf(event.target as HTMLElement) + (event.key === "ArrowDown" ? 1 : -1);
    buttons[event.key === "Escape" ? 0 : (at + buttons.length) % buttons.length]?.focus();
  }

  return (
    <span className="tc-align" onKeyDown={press}>
      <button
        type="button"
        className="tc-tool"
        title="Align (select two nodes or more)"
        aria-label="Align"
        aria-haspopup="menu"
        aria-expanded={shown}
        aria-disabled={off}
        onClick={() => setOpen(!shown && !off)}
      >
        <Icon name="align" />
      </button>
      {shown && (
        <span className="tc-menu" role="menu" aria-label="Align the selection">
          {WAYS.map(([how, words]) => (
            <button
              key={how}
              type="button"
              role="menuitem"
              onClick={() => {
                setOpen(false);
                onAlign(how);
              }}
            >
              {words}
            </button>
          ))}
        </span>
      )}
    </span>
  );
}
