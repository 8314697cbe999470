// Streamlit calls the default export when the component is mounted, and again whenever its data changes.

import { ReactFlowProvider } from "@xyflow/react";
import { createRoot, type Root } from "react-dom/client";
import "@xyflow/react/dist/base.css";
import "./canvas.css";
import { Canvas } from "./canvas";
import { SessionContext } from "./context";
import { isDark } from "./theme";
import { Session } from "./session";
import type { CanvasData, Report } from "./types";

interface Args {
  readonly data: CanvasData;
  readonly parentElement: HTMLElement | ShadowRoot;
  readonly setStateValue: (name: string, value: unknown) => void;
}

interface Mounted {
  readonly root: Root;
  readonly session: Session;
  readonly place: HTMLElement;
}

const mounted = new WeakMap<HTMLElement | ShadowRoot, Mounted>();

export default function canvas({ data, parentElement, setStateValue }: Args): () => void {
  const send = (report: Report): void => setStateValue("report", report);
  const present = mounted.get(parentElement);
  if (present) present.session.receive(data, send);
  const { place } = present ?? mount(parentElement, data, send);
  place.dataset.presented = String(data.presented !== null);
  place.dataset.dark = String(isDark(place));
  return () => setTimeout(() => unmountIfGone(parentElement), 0);
}

function mount(parent: HTMLElement | ShadowRoot, data: CanvasData, send: (report: Report) => void): Mounted {
  const place = document.createElement("div");
  place.className = "tc-root";
  parent.append(place);
  const session = new Session(data, send);
  const root = createRoot(place);
  const made = { root, session, place };
  mounted.set(parent, made);
  root.render(
    <SessionContext.Provider value={session}>
      <ReactFlowProvider>
        <Canvas session={session} />
      </ReactFlowProvider>
    </SessionContext.Provider>,
  );
  return made;
}

/** Streamlit also cleans up a call that a newer one has overtaken, while the component is still there. */
function unmountIfGone(parent: HTMLElement | ShadowRoot): void {
  const gone = mounted.get(parent);
  if (!gone || gone.place.isConnected) return;
  mounted.delete(parent);
  gone.session.close();
  gone.root.unmount();
}
