// What is shown of the canvas, and for how long a hint is.

import { type FitViewOptions, useReactFlow, useStore } from "@xyflow/react";
import { useCallback, useEffect, useRef, useState } from "react";
import { type Session, useSession } from "./session";

/** On the right more: lines reach out there. */
const FIT: FitViewOptions = { padding: { x: "24px", y: "24px", right: "56px" }, maxZoom: 1 };
/** At this zoom a node can be read. */
const READABLE = 0.7;
const HINT_MILLISECONDS = 5000;

export interface Fit {
  readonly fit: () => void;
  /** The graph has been shown as a whole, so that something of it can be shown from now on. */
  readonly ready: boolean;
}

/** Shows the whole graph: once when there is room for the first time, later whenever Python or a person asks. */
export function useFit(session: Session, count: number): Fit {
  const { fitView } = useReactFlow();
  const asked = useSession(session, ({ data }) => data.fit);
  const hasRoom = useStore((state) => state.width > 0 && state.height > 0);
  const fitted = useRef<number | null>(null);
  const [ready, setReady] = useState(count === 0);

  const fit = useCallback(() => void fitView({ ...FIT, duration: pace() }), [fitView]);

  useEffect(() => {
    if (!hasRoom || count === 0 || fitted.current === asked) return;
    if (fitted.current === null) void fitView(FIT).then(() => setReady(true));
    else fit();
    fitted.current = asked;
  }, [hasRoom, asked, count > 0]);

  return { fit, ready };
}

/** Shows some nodes as large as they fit, or one in the middle. */
export function useZoom(): { readonly zoomTo: (nodes: readonly string[]) => void; readonly center: (node: string) => void } {
  const { fitView, getInternalNode, getZoom, setCenter } = useReactFlow();
  const zoomTo = useCallback(
    (nodes: readonly string[]) => {
      void fitView({ padding: "48px", maxZoom: 1.5, duration: pace(), nodes: nodes.map((id) => ({ id })) });
    },
    [fitView],
  );
  const center = useCallback(
    (id: string) => {
      const node = getInternalNode(id);
      if (!node) return;
      const { x, y } = node.internals.positionAbsolute;
      const { width = 0, height = 0 } = node.measured;
      void setCenter(x + width / 2, y + height / 2, { zoom: Math.max(getZoom(), READABLE), duration: pace() });
    },
    [getInternalNode, getZoom, setCenter],
  );
  return { zoomTo, center };
}

/** How long the view moves, in ms. */
function pace(): number {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 180;
}

/** A sentence that is shown and read out, and goes by itself. */
export function useHint(): [string, (text: string) => void] {
  const [hint, setHint] = useState("");
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const say = useCallback((text: string) => {
    clearTimeout(timer.current);
    setHint(text);
    timer.current = setTimeout(() => setHint(""), HINT_MILLISECONDS);
  }, []);
  return [hint, say];
}
