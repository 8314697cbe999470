// Copies go to the system's clipboard, and come from it: also from another tab or another organization.

import { useReactFlow } from "@xyflow/react";
import { type RefObject, useEffect, useRef, useState } from "react";
import { rounded } from "./layout";
import type { Session } from "./session";
import type { Point } from "./types";
import type { Drawing } from "./use_drawing";

export interface Clipboard {
  /** A copy that the browser would not put on the clipboard; a person can. */
  readonly refused: string | null;
  /** `done` is told when it is there. */
  readonly copy: (text: string, done: string) => void;
  readonly close: () => void;
}

interface Canvas {
  readonly session: Session;
  readonly drawing: Drawing;
  readonly say: (text: string) => void;
  readonly stage: RefObject<HTMLElement | null>;
}

export function useClipboard(canvas: Canvas): Clipboard {
  const [refused, setRefused] = useState<string | null>(null);
  usePaste(canvas);

  function copy(text: string, done: string): void {
    write(text).then(
      () => canvas.say(done),
      () => setRefused(text),
    );
  }
  return { refused, copy, close: () => setRefused(null) };
}

/** Rejects where the page may not write, as without HTTPS. */
async function write(text: string): Promise<void> {
  if (!navigator.clipboard) throw new Error("this page has no clipboard");
  await navigator.clipboard.writeText(text);
}

function usePaste({ session, drawing, say, stage }: Canvas): void {
  const { screenToFlowPosition } = useReactFlow();
  const pointer = usePointer(stage);
  useEffect(() => {
    function paste(event: ClipboardEvent): void {
      if (session.data.read_only || !hasFocus(stage.current)) return;
      event.preventDefault();
      const text = event.clipboardData?.getData("text/plain") ?? "";
      if (text.trim() === "") return say("There is no text on the clipboard. Copy nodes on a canvas first.");
      const position = rounded(screenToFlowPosition(pointer.current ?? middle(stage.current)));
      drawing.commit();
      session.push({ op: "paste", text, position, positions: drawing.unplaced() });
    }
    // What is pasted where no text can be typed arrives at the document.
    document.addEventListener("paste", paste);
    return () => document.removeEventListener("paste", paste);
  });
}

/** Whether the focus is on the canvas, and not in one of its text fields. */
function hasFocus(stage: HTMLElement | null): boolean {
  const focused = (stage?.getRootNode() as Document | ShadowRoot | undefined)?.activeElement;
  if (!stage || !focused || focused.matches("input, textarea")) return false;
  return stage.closest(".tc-body")?.contains(focused) ?? false;
}

/** Where the pointer is over the stage, in pixels of the window. */
function usePointer(stage: RefObject<HTMLElement | null>): RefObject<Point | null> {
  const pointer = useRef<Point | null>(null);
  useEffect(() => {
    const place = stage.current;
    const move = ({ clientX, clientY }: PointerEvent): void => {
      pointer.current = { x: clientX, y: clientY };
    };
    const leave = (): void => {
      pointer.current = null;
    };
    place?.addEventListener("pointermove", move);
    place?.addEventListener("pointerleave", leave);
    return () => {
      place?.removeEventListener("pointermove", move);
      place?.removeEventListener("pointerleave", leave);
    };
  }, []);
  return pointer;
}

export function middle(stage: HTMLElement | null): Point {
  const box = stage?.getBoundingClientRect();
  return box ? { x: box.x + box.width / 2, y: box.y + box.height / 2 } : { x: 0, y: 0 };
}
