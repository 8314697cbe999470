// The ends of lines: together with the line they tell the kind of a link.

import type { EdgeKind } from "./types";

interface EndProps {
  readonly kind: EdgeKind;
  readonly x: number;
  readonly y: number;
  readonly flipped?: boolean;
}

/** The end of a line at the side of a node. */
export function EdgeEnd({ kind, x, y, flipped = false }: EndProps) {
  return <g transform={`translate(${x} ${y}) scale(${flipped ? -1 : 1} 1)`}>{ENDS[kind]}</g>;
}

const ENDS = {
  flow: <path className="tc-end tc-end-full" d="M0 0l-11 -6v12z" />,
  handoff: <path className="tc-end tc-end-full" d="M0 0l-9 -4.5v9z" />,
  as_tool: <path className="tc-end" d="M-7 -4.5L0 0l-7 4.5" />,
  uses: <circle className="tc-end tc-end-full" cx={-3} cy={0} r={2.5} />,
  guards: <path className="tc-end" d="M-4 -6v12" />,
  asks: <circle className="tc-end" cx={-3.5} cy={0} r={2.8} />,
};
