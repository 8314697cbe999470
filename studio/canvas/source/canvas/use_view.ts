// What is shown of the canvas, and for how long a hint is.

import { type FitViewOptions, useReactFlow, useStore } from "@xyflow/react";
import { useCallback, useEffect, useRef, useState } from "react";
import { type Session, useSession } from "./session";

const FIT: FitViewOptions = { padding: "24px", maxZoom: 1 };
const HINT_MILLISECONDS = 5000;

/** Shows the whole graph: once when there is room for the first time, later whenever Python or a person asks. */
export function useFit(session: Session, count: number): () => void {
  const { fitView } = useReactFlow();
  const asked = useSession(session, ({ data }) => data.fit);
  const hasRoom = useStore((state) => state.width > 0 && state.height > 0);
  const fitted = useRef<number | null>(null);

  const fit = useCallback(() => {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    void fitView({ ...FIT, duration: calm ? 0 : 180 });
  }, [fitView]);

  useEffect(() => {
    if (!hasRoom || count === 0 || fitted.current === asked) return;
    if (fitted.current === null) void fitView(FIT);
    else fit();
    fitted.current = asked;
  }, [hasRoom, asked, count > 0]);

  return fit;
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
