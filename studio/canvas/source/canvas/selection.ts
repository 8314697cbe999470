// Who selected last: what a person selects is reported to Python, what Python selects is drawn and not reported back.

import type { Change } from "./types";

export class Selecting {
  /** As Python knows it. */
  told: readonly string[];
  /** As Python last gave it. */
  private heard: readonly string[];
  private byPerson = false;

  constructor(selected: readonly string[]) {
    this.told = selected;
    this.heard = selected;
  }

  /** A person has selected something, or nothing; it is to be reported. */
  touched(): void {
    this.byPerson = true;
  }

  /** Whether a person's selection is still to be reported. */
  get isOpen(): boolean {
    return this.byPerson;
  }

  /** What Python selected since it was last asked, unless a newer selection is on its way to it: then null. */
  news(selected: readonly string[], isReporting: boolean): readonly string[] | null {
    const isNew = !same(selected, this.heard);
    this.heard = selected;
    if (!isNew || isReporting || this.byPerson || same(selected, this.told)) return null;
    this.told = selected;
    return selected;
  }

  /** What to report of a person's selection; null when Python knows it. */
  report(nodes: readonly string[], edges: readonly string[]): (Change & { op: "select" }) | null {
    if (!this.byPerson) return null;
    this.byPerson = false;
    const ids = [...nodes, ...edges];
    // Several are Python's only if it selected them itself; a report names one at most.
    const now = ids.length === 1 || same(ids, this.told) ? ids : [];
    if (same(now, this.told)) return null;
    this.told = now;
    return selectionChange(nodes, edges);
  }
}

/** What one report can say about a selection: one node or one edge, else nothing. */
export function selectionChange(nodes: readonly string[], edges: readonly string[]): Change & { op: "select" } {
  const single = nodes.length + edges.length === 1;
  return { op: "select", node: (single && nodes[0]) || null, edge: (single && edges[0]) || null };
}

/** With exactly these nodes or edges selected; unchanged ones stay the same objects. */
export function withSelection<T extends { id: string; selected?: boolean }>(
  elements: readonly T[],
  selected: ReadonlySet<string>,
): T[] {
  return elements.map((element) =>
    (element.selected ?? false) === selected.has(element.id)
      ? element
      : { ...element, selected: selected.has(element.id) },
  );
}

/** Without those in the selection; the others stay as they are. */
export function withoutSelection<T extends { id: string; selected?: boolean }>(
  elements: readonly T[],
  unselected: ReadonlySet<string>,
): T[] {
  return elements.map((element) =>
    element.selected === true && unselected.has(element.id) ? { ...element, selected: false } : element,
  );
}

function same(one: readonly string[], other: readonly string[]): boolean {
  const ids = new Set(one);
  return one.length === other.length && other.every((id) => ids.has(id));
}
