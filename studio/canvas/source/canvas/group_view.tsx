// The frame of an open group, with its name and what can be done with it.

import type { NodeProps } from "@xyflow/react";
import { type KeyboardEvent, memo, useEffect, useRef } from "react";
import { useCanvas } from "./context";
import { Icon } from "./icons";
import { type FrameNode, groupId } from "./overlays";
import { useSession } from "./session";
import type { GroupBox } from "./types";

export const GroupView = memo(function GroupView({ data: { group }, selected }: NodeProps<FrameNode>) {
  return (
    <div className="tc-frame" data-selected={selected}>
      <div className="tc-frame-head">
        <GroupName group={group} />
      </div>
    </div>
  );
});

/** Name and buttons; the same on the frame and on the box. */
export function GroupName({ group }: { readonly group: GroupBox }) {
  const session = useCanvas();
  const readOnly = useSession(session, ({ data }) => data.read_only);
  const editing = useSession(session, (each) => each.editing === groupId(group.name));
  const change = (fields: Partial<GroupBox>): void => {
    const { name, collapsed } = { ...group, ...fields };
    session.push({ op: "change_group", group: group.name, name, collapsed });
  };
  if (editing) {
    return (
      <NameField
        name={group.name}
        onDone={(name) => {
          session.edit(null);
          if (name !== "" && name !== group.name) change({ name });
        }}
      />
    );
  }
  return (
    <>
      <span className="tc-frame-name" onDoubleClick={() => !readOnly && session.edit(groupId(group.name))}>
        {group.name}
      </span>
      {!readOnly && (
        <>
          <button
            type="button"
            className="tc-mini nodrag"
            title="Collapse to one box (E)"
            aria-label={`Collapse ${group.name}`}
            onClick={() => change({ collapsed: true })}
          >
            <Icon name="minus" size={12} />
          </button>
          <button
            type="button"
            className="tc-mini nodrag"
            title="Ungroup (Shift+G): the nodes stay"
            aria-label={`Ungroup ${group.name}`}
            onClick={() => session.push({ op: "delete", nodes: [], edges: [], notes: [], groups: [group.name] })}
          >
            <Icon name="failed" size={12} />
          </button>
        </>
      )}
    </>
  );
}

export function NameField({ name, onDone }: { readonly name: string; readonly onDone: (name: string) => void }) {
  const field = useRef<HTMLInputElement>(null);
  const given = useRef(name);
  useEffect(() => field.current?.select(), []);

  function press(event: KeyboardEvent<HTMLInputElement>): void {
    event.stopPropagation();
    if (event.key === "Escape") event.currentTarget.value = given.current;
    if (event.key !== "Escape" && event.key !== "Enter") return;
    const node = event.currentTarget.closest<HTMLElement>(".react-flow__node");
    event.currentTarget.blur();
    node?.focus({ preventScroll: true });
  }

  return (
    <input
      ref={field}
      className="tc-name-field nodrag nopan"
      aria-label="Name of the group"
      maxLength={80}
      defaultValue={name}
      onKeyDown={press}
      onBlur={(event) => onDone(event.currentTarget.value.trim())}
    />
  );
}
