import { expect, test } from "vitest";
import { command, EDITING, isOurs, keyOf, type KeyPress, LOOKING, PRESENTING } from "./keys";

function press(keys: string): KeyPress {
  const parts = keys.split("+");
  const key = parts.pop() as string;
  const held = (name: string): boolean => parts.includes(name);
  return { key, ctrlKey: held("ctrl"), metaKey: held("meta"), shiftKey: held("shift"), altKey: held("alt") };
}

test.each([
  ["ctrl+z", "undo"],
  ["meta+z", "undo"],
  ["ctrl+shift+Z", "redo"],
  ["ctrl+y", "redo"],
  ["ctrl+a", "select_all"],
  ["ctrl+d", "duplicate"],
  ["ctrl+c", "copy"],
  ["Delete", "delete"],
  ["Backspace", "delete"],
  ["Escape", "escape"],
  ["c", "connect"],
  ["n", "next"],
  ["f", "fit"],
  ["l", "layout"],
  ["ctrl+f", "find"],
  ["meta+f", "find"],
  ["/", "find"],
  ["shift+/", "find"],
  ["z", "zoom"],
  ["g", "group"],
  ["shift+G", "ungroup"],
  ["e", "fold"],
  ["t", "note"],
  ["F2", "edit"],
  ["?", "keys"],
  ["shift+?", "keys"],
] as const)("%s means %s", (keys, meaning) => {
  expect(command(press(keys))).toBe(meaning);
  expect(isOurs(press(keys))).toBe(true);
});

test.each(["ctrl+v", "ctrl+r", "alt+c", "Tab", "Enter", "shift+Tab", "F5"])("%s stays the browser's", (keys) => {
  expect(command(press(keys))).toBeNull();
  expect(isOurs(press(keys))).toBe(false);
});

test("no key stands in the list twice", () => {
  for (const rows of [[...LOOKING, ...EDITING], PRESENTING]) {
    const keys = rows.flatMap((row) => row.keys);
    expect(new Set(keys).size).toBe(keys.length);
  }
});

test("while presenting, arrows go from node to node, Escape leaves, and nothing can be edited", () => {
  const commands = ["ArrowRight", "ArrowLeft", "PageDown", "Escape", "ctrl+f", "Delete", "n", "ctrl+z"].map((keys) =>
    command(press(keys), true),
  );

  expect(commands).toEqual(["ahead", "back", "ahead", "leave", "find", null, null, null]);
  expect(command(press("ArrowRight"))).toBeNull();
});

test("buttons name the first key of their command", () => {
  expect([keyOf("redo"), keyOf("delete"), keyOf("find")]).toEqual(["Ctrl+Shift+Z", "Delete", "Ctrl+F"]);
});

test("Streamlit does not see plain letters: r would rerun the page", () => {
  expect(isOurs(press("r"))).toBe(true);
  expect(command(press("r"))).toBeNull();
});
