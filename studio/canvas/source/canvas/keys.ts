// What the keys do: one table, read by the canvas, shown by its list of keys and by the hints on its buttons.

export type Command =
  | "undo"
  | "redo"
  | "delete"
  | "duplicate"
  | "copy"
  | "select_all"
  | "escape"
  | "connect"
  | "next"
  | "fit"
  | "group"
  | "ungroup"
  | "fold"
  | "note"
  | "edit"
  | "find"
  | "zoom"
  | "keys"
  | "present"
  | "ahead"
  | "back"
  | "leave"
  | "layout";

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

export interface KeyRow {
  /** As they are written for people: `Ctrl+Shift+Z`. */
  readonly keys: readonly string[];
  readonly does: string;
  /** null where React Flow, the browser or the page reads the key. */
  readonly command: Command | null;
}

/** What can be done wherever a canvas is shown. */
export const LOOKING: readonly KeyRow[] = [
  { keys: ["Tab"], does: "Go to the next node or link", command: null },
  { keys: ["Enter"], does: "Select what has the focus", command: null },
  { keys: ["Ctrl+F", "/"], does: "Find a node and go to it", command: "find" },
  { keys: ["Z"], does: "Zoom to the selection", command: "zoom" },
  { keys: ["F"], does: "Show all", command: "fit" },
  { keys: ["Ctrl+A"], does: "Select all", command: "select_all" },
  { keys: ["Escape"], does: "Select nothing", command: "escape" },
  { keys: ["?"], does: "Show these keys", command: "keys" },
];

export const EDITING: readonly KeyRow[] = [
  { keys: ["C"], does: "Connect the node: choose where to", command: "connect" },
  { keys: ["N"], does: "Go on to the next step: choose which", command: "next" },
  { keys: ["Arrow keys"], does: "Move what is selected; with Shift, further", command: null },
  { keys: ["Delete", "Backspace"], does: "Delete the selection", command: "delete" },
  { keys: ["Ctrl+D"], does: "Duplicate", command: "duplicate" },
  { keys: ["Ctrl+C"], does: "Copy, also for another organization", command: "copy" },
  { keys: ["Ctrl+V"], does: "Paste", command: null },
  { keys: ["Ctrl+Z"], does: "Undo", command: "undo" },
  { keys: ["Ctrl+Shift+Z", "Ctrl+Y"], does: "Redo", command: "redo" },
  { keys: ["G"], does: "Group the selected nodes", command: "group" },
  { keys: ["E"], does: "Collapse or expand the group", command: "fold" },
  { keys: ["Shift+G"], does: "Ungroup", command: "ungroup" },
  { keys: ["T"], does: "Add a note", command: "note" },
  { keys: ["F2"], does: "Write in the note, rename the group", command: "edit" },
  { keys: ["L"], does: "Arrange all", command: "layout" },
  { keys: ["P"], does: "Present: the canvas alone", command: "present" },
  { keys: ["Ctrl+S"], does: "Save a revision", command: null },
];

export const PRESENTING: readonly KeyRow[] = [
  { keys: ["→", "↓", "PageDown"], does: "Next node, in the order of a run", command: "ahead" },
  { keys: ["←", "↑", "PageUp"], does: "Back to the node before", command: "back" },
  { keys: ["Escape"], does: "Leave the presentation", command: "leave" },
];

const ALL = [...LOOKING, ...EDITING, ...PRESENTING];
const COMMANDS = commands([...LOOKING, ...EDITING]);
const COMMANDS_PRESENTING = commands([...LOOKING, ...PRESENTING]);
const ARROWS: Readonly<Record<string, string>> = { ArrowRight: "→", ArrowDown: "↓", ArrowLeft: "←", ArrowUp: "↑" };

export function command(press: KeyPress, presenting = false): Command | null {
  return (presenting ? COMMANDS_PRESENTING : COMMANDS).get(written(press)) ?? null;
}

/** The key of a command, as it is written on its button. */
export function keyOf(wanted: Command): string {
  return ALL.find((row) => row.command === wanted)?.keys[0] ?? "";
}

/** Whether Streamlit must not see the key: its own hotkeys are plain letters (r reruns, c clears the cache). */
export function isOurs(press: KeyPress, presenting = false): boolean {
  const letter = press.key.length === 1 && !press.ctrlKey && !press.metaKey && !press.altKey;
  return letter || command(press, presenting) !== null;
}

function commands(rows: readonly KeyRow[]): ReadonlyMap<string, Command> {
  const read = rows.filter((row): row is KeyRow & { command: Command } => row.command !== null);
  return new Map(read.flatMap(({ keys, command }) => keys.map((key): [string, Command] => [key, command])));
}

/** A key press as the table writes it. */
function written({ key, ctrlKey, metaKey, shiftKey, altKey }: KeyPress): string {
  const name = ARROWS[key] ?? (key.length === 1 ? key.toUpperCase() : key);
  // What a sign takes on a keyboard differs from country to country.
  const isSign = key.length === 1 && name === key.toLowerCase();
  const held = [ctrlKey || metaKey ? "Ctrl+" : "", shiftKey && !isSign ? "Shift+" : "", altKey && !isSign ? "Alt+" : ""];
  return held.join("") + name;
}
