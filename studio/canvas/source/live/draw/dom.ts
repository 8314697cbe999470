// Making and changing DOM nodes, in few words.

type Child = Node | string | null;
type Properties = { readonly [name: string]: string | boolean | ((event: Event) => void) };

export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag, properties: Properties = {}, ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (typeof value === "boolean") node.toggleAttribute(name, value);
    else node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

/** A name that somebody chose: it may be in any script. */
export function name(text: string, className = "name"): HTMLElement {
  return h("bdi", { class: className }, text);
}

export function button(label: string, className: string, act: () => void): HTMLButtonElement {
  return h("button", { type: "button", class: className, click: act }, label);
}

/** Changes text only where it differs, so that nothing is selected away or announced again. */
export function setText(node: Element, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

export function show(node: HTMLElement, visible: boolean): void {
  if (node.hidden === visible) node.hidden = !visible;
}

/** Makes the children of `parent` exactly `nodes`, touching only what is out of place. */
export function arrange(parent: Element, nodes: readonly Element[]): void {
  let next = parent.firstElementChild;
  for (const node of nodes) {
    if (node === next) next = next.nextElementSibling;
    else parent.insertBefore(node, next);
  }
  while (next) {
    const gone = next;
    next = next.nextElementSibling;
    gone.remove();
  }
}
