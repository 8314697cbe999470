// Finding nodes by what is written on them.

import { kindWord } from "./graph";
import type { Graph, GraphNode } from "./types";

/** The nodes that hold every word in name, kind or subtitle; those whose name begins so come first. */
export function found(graph: Pick<Graph, "nodes">, text: string): readonly GraphNode[] {
  const words = text.toLowerCase().split(/\s+/).filter((word) => word !== "");
  const ranked = graph.nodes
    .filter((node) => words.every((word) => everything(node).includes(word)))
    .map((node) => ({ node, rank: rank(node, words) }));
  // The sort is stable: equal ones stay in the order of the organization.
  return ranked.sort((a, b) => a.rank - b.rank).map(({ node }) => node);
}

function everything(node: GraphNode): string {
  return `${node.title} ${kindWord(node.kind)} ${node.subtitle}`.toLowerCase();
}

function rank(node: GraphNode, words: readonly string[]): number {
  const title = node.title.toLowerCase();
  if (words.length > 0 && title.startsWith(words.join(" "))) return 0;
  return words.every((word) => title.includes(word)) ? 1 : 2;
}
