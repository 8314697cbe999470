// Draws `data.rows` as a table of links (rows without `href` lead nowhere) with `data.columns`; reports the row that was clicked as the trigger `opened`.

export default function ({ data, parentElement, setTriggerValue }) {
  const table = element("table");
  const head = element("tr");
  const columns = Object.entries(data.columns);
  for (const [name, title] of columns) {
    const cell = element("th", name, title);
    cell.scope = "col";
    head.append(cell);
  }
  const body = element("tbody");
  for (const row of data.rows) body.append(tableRow(row, columns, data.link, setTriggerValue));
  const top = element("thead");
  top.append(head);
  table.append(top, body);

  const focused = parentElement.activeElement?.dataset?.run;
  let root = parentElement.querySelector(".runs");
  if (!root) {
    root = element("div", "runs");
    parentElement.append(root);
  }
  root.replaceChildren(table);
  if (focused) root.querySelector(`a[data-run="${CSS.escape(focused)}"]`)?.focus();
}

function tableRow(row, columns, linked, report) {
  const line = element("tr");
  for (const [name] of columns) line.append(tableCell(name, row, row.href && name === linked));
  line.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    if (row.href && !String(getSelection())) report("opened", row.id);
  });
  return line;
}

function tableCell(name, row, linked) {
  const { text, icon, colour, quiet, tag, title } = row.cells[name];
  const cell = element("td", name);
  if (title) cell.title = title;
  const value = element(linked ? "a" : "span", `value ${colour ?? ""}`);
  if (icon) {
    const sign = element("span", "icon", icon);
    sign.setAttribute("aria-hidden", "true");
    value.append(sign);
  }
  value.append(text);
  if (linked) {
    value.href = row.href;
    value.dataset.run = row.id;
  }
  cell.append(value);
  if (quiet) cell.append(" ", element("span", "quiet", quiet));
  if (tag) cell.append(" ", element("span", "tag", tag));
  return cell;
}

function element(tag, className = "", text = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}
