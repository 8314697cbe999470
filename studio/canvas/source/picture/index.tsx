// Streamlit calls the default export when the component is mounted, and again whenever its data changes.

import { createRoot, type Root } from "react-dom/client";
import { isDark } from "../canvas/theme";
import "./picture.css";
import { Preview, type PictureData } from "./preview";
import type { Measure } from "./text";

interface Args {
  readonly data: PictureData;
  readonly parentElement: HTMLElement | ShadowRoot;
}

interface Mounted {
  readonly root: Root;
  readonly place: HTMLElement;
}

const mounted = new WeakMap<HTMLElement | ShadowRoot, Mounted>();
const paper = document.createElement("canvas").getContext("2d");

export default function show({ data, parentElement }: Args): () => void {
  const { root, place } = mounted.get(parentElement) ?? mount(parentElement);
  root.render(<Preview data={data} dark={isDark(place)} measure={measure} />);
  return () => setTimeout(() => unmountIfGone(parentElement), 0);
}

function mount(parent: HTMLElement | ShadowRoot): Mounted {
  const place = document.createElement("div");
  place.className = "tp-root";
  parent.append(place);
  const made = { root: createRoot(place), place };
  mounted.set(parent, made);
  return made;
}

/** Streamlit also cleans up a call that a newer one has overtaken, while the component is still there. */
function unmountIfGone(parent: HTMLElement | ShadowRoot): void {
  const gone = mounted.get(parent);
  if (!gone || gone.place.isConnected) return;
  mounted.delete(parent);
  gone.root.unmount();
}

const measure: Measure = (text, font) => {
  if (paper === null) return 0;
  paper.font = font;
  return paper.measureText(text).width;
};
