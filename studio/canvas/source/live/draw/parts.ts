// Small parts that several entries are made of.
import type { JsonObject } from "../events";
import { clock, count, cut, fullTime, plainValue } from "../format";
import { button, h } from "./dom";
import { icon, type IconName } from "./icons";

export const OUTPUT_LIMIT = 20_000;

export function simulatedBadge(): HTMLElement {
  const title = "A rule-based model wrote this. No real model was asked.";
  return h("span", { class: "badge", title }, icon("simulated"), "Simulated");
}

/** A state is told by an icon and a word; the colour only repeats it. */
export function stateMark(state: string, shape: IconName, word: string): HTMLElement {
  return h("span", { class: "state", "data-state": state }, icon(shape), h("span", {}, word));
}

export function timeOf(time: number): HTMLElement {
  return h("time", { datetime: new Date(time).toISOString(), title: fullTime(time) }, clock(time));
}

export function copyButton(what: string, text: () => string): HTMLButtonElement {
  const copy = button("", "quiet copy", () => {
    void copyText(text()).then((copied) => confirm(copy, copied ? "Copied" : "Copying failed"));
  });
  copy.append(icon("copy"), h("span", { class: "copied" }));
  copy.setAttribute("aria-label", `Copy ${what}`);
  copy.title = "Copy";
  return copy;
}

function confirm(copy: HTMLElement, word: string): void {
  const place = copy.querySelector(".copied")!;
  place.textContent = word;
  copy.classList.add("confirmed");
  setTimeout(() => {
    place.textContent = "";
    copy.classList.remove("confirmed");
  }, 1500);
}

async function copyText(text: string): Promise<boolean> {
  if (navigator.clipboard) {
    return navigator.clipboard.writeText(text).then(() => true, () => copyBySelection(text));
  }
  return copyBySelection(text);
}

// Browsers offer the clipboard on https and loopback only; a studio in a local network is neither.
function copyBySelection(text: string): boolean {
  const area = h("textarea", { style: "position: fixed; opacity: 0" });
  area.value = text;
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  return copied;
}

/** A block of plain text or JSON that scrolls when it is long, and is cut when it is very long. */
export function codeBlock(label: string, text: string): HTMLElement {
  const block = h("pre", { tabindex: "0", role: "region", "aria-label": label }, h("code", {}, cut(text, OUTPUT_LIMIT)));
  return text.length > OUTPUT_LIMIT ? h("div", {}, block, cutNote(OUTPUT_LIMIT, text.length)) : block;
}

export function cutNote(shown: number, whole: number): HTMLElement {
  return h("p", { class: "hint" }, `Cut here: the first ${count(shown)} of ${count(whole)} characters.`);
}

export function labelled(label: string, ...content: (Node | string)[]): HTMLElement {
  return h("div", { class: "labelled" }, h("div", { class: "label" }, label), ...content);
}

export function argumentTable(args: JsonObject): HTMLElement {
  const rows = Object.entries(args).map(([key, value]) =>
    h("tr", {}, h("th", { scope: "row" }, key), h("td", {}, cut(plainValue(value), OUTPUT_LIMIT))));
  if (rows.length === 0) return h("p", { class: "hint" }, "No arguments.");
  return h("table", { class: "arguments" }, h("tbody", {}, ...rows));
}
