// The list of what the keys do.

import { type FocusEvent, type KeyboardEvent, useEffect, useRef } from "react";
import { Icon } from "./icons";
import { EDITING, type KeyRow, LOOKING, PRESENTING } from "./keys";

interface KeysProps {
  /** Only what can be done here is listed. */
  readonly readOnly: boolean;
  readonly presented: boolean;
  readonly onClose: () => void;
}

export function KeysBox({ readOnly, presented, onClose }: KeysProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), []);

  function press(event: KeyboardEvent): void {
    if (event.key === "Tab") return;
    // Keys scroll the list or close it; they do nothing on the canvas meanwhile.
    event.stopPropagation();
    if (event.key !== "Escape" && event.key !== "?") return;
    event.preventDefault();
    onClose();
  }

  function leave(event: FocusEvent<HTMLElement>): void {
    if (!event.currentTarget.contains(event.relatedTarget as Element | null)) onClose();
  }

  return (
    <div
      ref={box}
      className="tc-picker tc-key-list"
      role="dialog"
      aria-label="Keyboard"
      tabIndex={-1}
      onKeyDown={press}
      onBlur={leave}
    >
      <p className="tc-key-head">
        <strong>Keyboard</strong>
        <button type="button" className="tc-mini" aria-label="Close" title="Close (Escape)" onClick={onClose}>
          <Icon name="failed" size={12} />
        </button>
      </p>
      <div className="tc-key-columns">
        <div>
          <Keys title="Look" rows={LOOKING.filter((row) => !presented || row.command !== "escape")} />
          {(presented || !readOnly) && <Keys title="While presenting" rows={PRESENTING} />}
        </div>
        {!readOnly && <Keys title="Edit" rows={EDITING} />}
      </div>
      <p className="tc-keys">The canvas must have the focus: press on it first. On a Mac, Cmd does what Ctrl does.</p>
    </div>
  );
}

function Keys({ title, rows }: { readonly title: string; readonly rows: readonly KeyRow[] }) {
  return (
    <section aria-label={title}>
      <h5>{title}</h5>
      <dl className="tc-keys">
        {rows.map(({ keys, does }) => (
          <div key={does}>
            <dt>
              {keys.map((key, index) => (
                <span key={key}>
                  {index > 0 && " or "}
                  <kbd>{key}</kbd>
                </span>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
