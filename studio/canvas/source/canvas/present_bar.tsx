// Presenting: the bar above, what is said of the node that is shown, and the way from node to node.

import { useEffect } from "react";
import { useCanvas } from "./context";
import { Icon } from "./icons";
import { keyOf } from "./keys";
import { useSession } from "./session";
import { caption, tour } from "./tour";
import type { Actions } from "./use_actions";
import type { Drawing } from "./use_drawing";

interface PresentProps {
  readonly actions: Actions;
  readonly drawing: Drawing;
}

export function PresentBar({ actions, drawing }: PresentProps) {
  const title = useSession(useCanvas(), ({ data }) => data.presented);
  const order = tour(drawing.graph());
  const at = order.indexOf(shownNode(drawing) ?? "");
  return (
    <div className="tc-bar tc-present">
      <strong>{title}</strong>
      <div className="tc-tools" role="group" aria-label="Presentation">
        <button
          type="button"
          className="tc-tool"
          title={`Back (${keyOf("back")})`}
          aria-label="Back"
          aria-disabled={at <= 0}
          onClick={() => actions.run("back")}
        >
          <Icon name="before" />
        </button>
        <span className="tc-zoom">{at < 0 ? order.length : `${at + 1} / ${order.length}`}</span>
        <button
          type="button"
          className="tc-tool"
          title={`Next (${keyOf("ahead")})`}
          aria-label="Next"
          aria-disabled={at === order.length - 1}
          onClick={() => actions.run("ahead")}
        >
          <Icon name="arrow" />
        </button>
        <span className="tc-gap" />
        <button type="button" className="tc-offer tc-leave" onClick={() => actions.run("leave")}>
          <Icon name="failed" />
          Leave <kbd>Esc</kbd>
        </button>
      </div>
    </div>
  );
}

/** What is said of the node that is shown. */
export function Caption({ drawing }: Pick<PresentProps, "drawing">) {
  const shown = shownNode(drawing);
  const node = drawing.graph().nodes.find(({ id }) => id === shown);
  return (
    <div className="tc-caption" role="status" data-shown={node !== undefined}>
      {node && (
        <>
          <strong>{node.title}</strong>
          <span>{caption(drawing.graph(), node.id)}</span>
        </>
      )}
    </div>
  );
}

/** The node after (or before) the one that is shown; the first one when none is. null at the ends. */
export function nextOn(drawing: Drawing, step: 1 | -1): string | null {
  const order = tour(drawing.graph());
  const at = order.indexOf(shownNode(drawing) ?? "");
  return (at < 0 ? order[0] : order[at + step]) ?? null;
}

/** While presenting, keys count wherever the focus is on the page. */
export function useKeysAnywhere(on: boolean, stage: () => HTMLElement | null, press: (event: KeyboardEvent) => void): void {
  useEffect(() => {
    if (on) stage()?.focus({ preventScroll: true });
  }, [on]);
  useEffect(() => {
    if (!on) return undefined;
    const heard = (event: KeyboardEvent): void => {
      if (event.target === document.body) press(event);
    };
    document.addEventListener("keydown", heard);
    return () => document.removeEventListener("keydown", heard);
  });
}

function shownNode({ nodes }: Drawing): string | null {
  const selected = nodes.filter((node) => node.selected === true && node.type === "troupe");
  return selected.length === 1 ? (selected[0]?.id ?? null) : null;
}
