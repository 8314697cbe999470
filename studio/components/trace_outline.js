// Draws a trace as a tree (ARIA tree, keyboard as there). Only the lines in sight exist in the document, so that
// 20,000 spans are as quick as 20. Reports the chosen span as the trigger `chosen`.

const LINE = 32;
const MOST_LINES = 22;
const SPARE = 12;
const views = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  let view = views.get(parentElement);
  if (!view) {
    view = new OutlineView(parentElement);
    views.set(parentElement, view);
  }
  view.report = (id) => setTriggerValue("chosen", id);
  view.update(data);
}

class OutlineView {
  constructor(parent) {
    this.collapsed = new Set();
    this.wanted = "";
    this.active = null;
    this.rows = [];
    this.visible = [];
    this.root = element("div", "outline");
    this.root.append(this.makeTools(), head(), this.makeTree());
    parent.append(this.root);
  }

  makeTools() {
    const tools = element("div", "tools");
    this.search = element("input");
    this.search.type = "search";
    this.search.placeholder = "Find in this trace";
    this.search.setAttribute("aria-label", "Find in this trace");
    this.search.addEventListener("input", () => {
      this.wanted = this.search.value.trim().toLowerCase();
      this.refresh();
    });
    this.found = element("span", "found");
    this.found.setAttribute("role", "status");
    this.errorButton = button("Next problem", () => this.nextError());
    tools.append(
      this.search,
      this.found,
      element("span", "gap"),
      this.errorButton,
      button("Expand all", () => this.fold(false)),
      button("Collapse all", () => this.fold(true)),
    );
    // Streamlit has hotkeys on single letters.
    tools.addEventListener("keydown", (event) => event.stopPropagation());
    return tools;
  }

  makeTree() {
    this.tree = element("div", "tree");
    this.tree.setAttribute("role", "tree");
    this.tree.setAttribute("aria-label", "Trace");
    this.tree.tabIndex = 0;
    this.space = element("div", "space");
    this.space.setAttribute("role", "none");
    this.tree.append(this.space);
    this.tree.addEventListener("scroll", () => this.draw(), { passive: true });
    this.tree.addEventListener("keydown", (event) => this.onKey(event));
    this.tree.addEventListener("click", (event) => this.onClick(event));
    return this.tree;
  }

  update({ fields, rows: values, icons, selected }) {
    const rows = values.map((row) => Object.fromEntries(fields.map((name, number) => [name, row[number]])));
    this.icons = icons;
    const moved = selected !== this.selected;
    this.rows = rows;
    this.selected = selected;
    this.byId = new Map(rows.map((row) => [row.id, row]));
    this.parents = new Set(rows.map((row) => row.parent));
    this.errorButton.hidden = !rows.some((row) => isError(row));
    if (!this.byId.has(this.active)) this.active = selected ?? rows[0]?.id ?? null;
    if (moved && selected) {
      this.active = selected;
      this.open(selected);
    }
    this.refresh();
    if (moved && selected) this.scrollTo(selected, true);
  }

  // Which lines are to be seen: those that match and what leads to them, or all that no ancestor hides.
  refresh() {
    const shown = this.wanted ? this.matching() : null;
    const hidden = new Set();
    this.visible = this.rows.filter((row) => {
      if (shown) return shown.has(row.id);
      const inside = hidden.has(row.parent);
      if (inside || this.collapsed.has(row.id)) hidden.add(row.id);
      return !inside;
    });
    this.place = new Map(this.visible.map((row, number) => [row.id, number]));
    this.space.style.height = `${this.visible.length * LINE}px`;
    this.tree.style.height = `${Math.min(MOST_LINES, Math.max(1, this.visible.length)) * LINE + 2}px`;
    this.draw();
  }

  matching() {
    const shown = new Set();
    let matches = 0;
    for (const row of this.rows) {
      if (!`${row.title} ${row.note} ${row.word} ${row.kind}`.toLowerCase().includes(this.wanted)) continue;
      matches += 1;
      for (let one = row; one && !shown.has(one.id); one = this.byId.get(one.parent)) shown.add(one.id);
    }
    this.found.textContent = `${matches} found`;
    return shown;
  }

  draw() {
    if (!this.wanted) this.found.textContent = "";
    const first = Math.max(0, Math.floor(this.tree.scrollTop / LINE) - SPARE);
    const lines = this.visible.slice(first, first + MOST_LINES + 2 * SPARE);
    this.space.replaceChildren(...lines.map((row, number) => this.line(row, first + number)));
    this.tree.setAttribute("aria-activedescendant", this.place.has(this.active) ? lineId(this.active) : "");
  }

  line(row, number) {
    const line = element("div", `line ${row.kind}`);
    line.id = lineId(row.id);
    line.dataset.id = row.id;
    line.style.top = `${number * LINE}px`;
    line.setAttribute("role", "treeitem");
    line.setAttribute("aria-level", row.level);
    line.setAttribute("aria-selected", String(row.id === this.selected));
    line.setAttribute("aria-label", spoken(row));
    if (row.id === this.active) line.classList.add("active");
    const parent = this.parents.has(row.id);
    const closed = this.collapsed.has(row.id) && !this.wanted;
    if (parent) line.setAttribute("aria-expanded", String(!closed));

    const name = element("div", "name");
    name.style.paddingLeft = `${(row.level - 1) * 18}px`;
    const arrow = icon(parent ? (closed ? "chevron_right" : "expand_more") : "", "arrow");
    name.append(arrow, icon(this.icons[row.kind] ?? "label"), element("span", "title", row.title));
    if (row.note) name.append(element("span", "note", row.note));
    if (closed && row.errors) name.append(element("span", "word red", `${row.errors} failed inside`));
    if (row.word) name.append(element("span", `word ${row.colour}`, row.word));
    name.title = row.title;

    const track = element("div", "track");
    const bar = element("div", `bar ${row.status}`);
    bar.style.left = `${Math.min(row.bar[0], 99)}%`;
    bar.style.width = `max(3px, ${row.bar[1]}%)`;
    track.append(bar);
    line.append(name, track, element("span", "number", row.duration), element("span", "number tokens", row.tokens));
    return line;
  }

  onClick(event) {
    const line = event.target.closest(".line");
    if (!line) return;
    const id = line.dataset.id;
    if (event.target.closest(".arrow") && this.parents.has(id)) return this.toggle(id);
    this.choose(id);
  }

  onKey(event) {
    const at = this.place.get(this.active) ?? 0;
    const row = this.visible[at];
    const page = Math.floor(this.tree.clientHeight / LINE) - 1;
    const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -at, End: this.visible.length };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in moves) this.move(at + moves[event.key]);
    else if (event.key === "ArrowRight" && row) this.right(row, at);
    else if (event.key === "ArrowLeft" && row) this.left(row);
    else if ((event.key === "Enter" || event.key === " ") && row) this.choose(row.id);
    else if (event.key !== "Escape") return event.key.length === 1 ? event.stopPropagation() : undefined;
    event.preventDefault();
    event.stopPropagation();
  }

  right(row, at) {
    if (this.parents.has(row.id) && this.collapsed.has(row.id)) this.toggle(row.id);
    else if (this.parents.has(row.id)) this.move(at + 1);
  }

  left(row) {
    if (this.parents.has(row.id) && !this.collapsed.has(row.id)) this.toggle(row.id);
    else if (row.parent) this.move(this.place.get(row.parent));
  }

  move(to) {
    const row = this.visible[Math.max(0, Math.min(this.visible.length - 1, to))];
    if (!row) return;
    this.active = row.id;
    this.scrollTo(row.id);
    this.draw();
    // Whoever walks through the lines with the keyboard wants to read each; not those that are passed over.
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.choose(row.id), 250);
  }

  choose(id) {
    clearTimeout(this.timer);
    this.active = id;
    if (id === this.selected) return this.draw();
    this.selected = id;
    this.draw();
    this.report(id);
  }

  toggle(id) {
    if (!this.collapsed.delete(id)) this.collapsed.add(id);
    this.active = id;
    this.refresh();
  }

  fold(closed) {
    this.collapsed = new Set(closed ? [...this.parents].filter(Boolean) : []);
    this.refresh();
  }

  open(id) {
    for (let row = this.byId.get(id); row; row = this.byId.get(row.parent)) this.collapsed.delete(row.parent);
  }

  nextError() {
    const errors = this.rows.filter(isError);
    const after = this.rows.findIndex((row) => row.id === this.selected);
    const next = errors.find((row) => this.rows.indexOf(row) > after) ?? errors[0];
    if (!next) return;
    this.open(next.id);
    this.refresh();
    this.choose(next.id);
    this.scrollTo(next.id, true);
  }

  // Brings a line into sight: to the middle when it was out of sight and `middle` is asked for.
  scrollTo(id, middle = false) {
    const top = (this.place.get(id) ?? 0) * LINE;
    const { scrollTop, clientHeight } = this.tree;
    if (top >= scrollTop && top + LINE <= scrollTop + clientHeight) return;
    const edge = top < scrollTop ? top : top + LINE - clientHeight;
    this.tree.scrollTop = middle ? top - clientHeight / 2 : edge;
  }
}

function head() {
  const line = element("div", "head");
  // Each line says by itself what its numbers are.
  line.setAttribute("aria-hidden", "true");
  line.append(element("span"), element("span", "time", "Time"), element("span", "", "Took"), element("span", "", "Tokens"));
  return line;
}

function isError(row) {
  return row.status === "error" || row.status === "lost";
}

function spoken(row) {
  const kind = row.kind === "model" ? "model call" : row.kind;
  return [row.title, kind, row.note, row.word, row.duration, row.tokens && `${row.tokens} tokens`]
    .filter((part) => part && part !== "–")
    .join(", ");
}

function lineId(id) {
  return `line-${id}`;
}

function icon(name, className = "") {
  const made = element("span", `icon ${className}`, name);
  made.setAttribute("aria-hidden", "true");
  return made;
}

function button(text, action) {
  const made = element("button", "", text);
  made.type = "button";
  made.addEventListener("click", action);
  return made;
}

function element(tag, className = "", text = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}
