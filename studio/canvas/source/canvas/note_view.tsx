// A note: calm text for people, edited where it stands.

import { type NodeProps, NodeResizer } from "@xyflow/react";
import { type KeyboardEvent, memo, useEffect, useRef } from "react";
import { useCanvas } from "./context";
import { type NoteNode, noteId } from "./overlays";
import { useSession } from "./session";
import type { NoteBox } from "./types";

export const NoteView = memo(function NoteView({ data: { note }, selected }: NodeProps<NoteNode>) {
  const session = useCanvas();
  const readOnly = useSession(session, ({ data }) => data.read_only);
  const editing = useSession(session, (each) => each.editing === noteId(note.id));
  const change = (fields: Partial<NoteBox>): void => session.push({ op: "change_note", ...note, ...fields });
  return (
    <div
      className="tc-paper"
      data-selected={selected}
      onDoubleClick={() => !readOnly && session.edit(noteId(note.id))}
    >
      <NodeResizer
        isVisible={selected && !readOnly}
        minWidth={80}
        minHeight={40}
        onResizeEnd={(_, { x, y, width, height }) =>
          change({ x: Math.round(x), y: Math.round(y), width: Math.round(width), height: Math.round(height) })
        }
      />
      {editing ? (
        <NoteField text={note.text} onDone={(text) => finish(text)} />
      ) : (
        <p>{note.text || <em>Empty note. Double-click or press F2 to write.</em>}</p>
      )}
    </div>
  );

  function finish(text: string): void {
    session.edit(null);
    if (text !== note.text) change({ text });
  }
});

function NoteField({ text, onDone }: { readonly text: string; readonly onDone: (text: string) => void }) {
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.focus(), []);
  return (
    <textarea
      ref={field}
      className="nodrag nopan nowheel"
      aria-label="Text of the note"
      defaultValue={text}
      onKeyDown={(event) => leaveOnEscape(event, (place) => place.blur())}
      onBlur={(event) => onDone(event.currentTarget.value)}
    />
  );
}

/** What was typed stays: the blur hands it over. */
function leaveOnEscape(event: KeyboardEvent<HTMLTextAreaElement>, leave: (place: HTMLTextAreaElement) => void): void {
  event.stopPropagation();
  const ends = event.key === "Escape" || (event.key === "Enter" && (event.ctrlKey || event.metaKey));
  if (!ends) return;
  const node = event.currentTarget.closest<HTMLElement>(".react-flow__node");
  leave(event.currentTarget);
  node?.focus({ preventScroll: true });
}
