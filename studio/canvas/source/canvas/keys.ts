// What a key press means on the canvas.

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
  | "layout";

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

const PLAIN: Readonly<Record<string, Command>> = {
  Delete: "delete",
  Backspace: "delete",
  Escape: "escape",
  c: "connect",
  n: "next",
  f: "fit",
  l: "layout",
  z: "zoom",
  g: "group",
  e: "fold",
  t: "note",
  F2: "edit",
};

const WITH_CTRL: Readonly<Record<string, Command>> = {
  z: "undo",
  y: "redo",
  a: "select_all",
  d: "duplicate",
  c: "copy",
  f: "find",
};

export function command(press: KeyPress): Command | null {
  if (press.altKey) return null;
  // On many keyboards it takes Shift.
  if (press.key === "/" && !press.ctrlKey && !press.metaKey) return "find";
  const key = press.key.length === 1 ? press.key.toLowerCase() : press.key;
  if (press.ctrlKey || press.metaKey) {
    if (key === "z" && press.shiftKey) return "redo";
    return press.shiftKey ? null : (WITH_CTRL[key] ?? null);
  }
  if (key === "g" && press.shiftKey) return "ungroup";
  return press.shiftKey ? null : (PLAIN[key] ?? null);
}

/** Whether Streamlit must not see the key: its own hotkeys are plain letters (r reruns, c clears the cache). */
export function isOurs(press: KeyPress): boolean {
  const letter = press.key.length === 1 && !press.ctrlKey && !press.metaKey && !press.altKey;
  return letter || command(press) !== null;
}
