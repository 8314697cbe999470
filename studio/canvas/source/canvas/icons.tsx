// Line icons on a grid of 16: what a thing is, and what a button does.

import type { ReactNode } from "react";
import type { Badge, NewKind, NodeKind, State } from "./types";

const SHAPES = {
  agent: (
    <>
      <rect x="2.5" y="5" width="11" height="8.5" rx="2.5" />
      <path d="M8 5V2.5M5.75 8.5v1.5M10.25 8.5v1.5M.75 8.5v2M15.25 8.5v2" />
      <circle cx="8" cy="2.1" r=".6" />
    </>
  ),
  function: (
    <>
      <path d="M5.5 2.5c-1.6 0-2 .8-2 2v1.7c0 1-.5 1.6-1.6 1.8 1.1.2 1.6.8 1.6 1.8v1.7c0 1.2.4 2 2 2" />
      <path d="M10.5 2.5c1.6 0 2 .8 2 2v1.7c0 1 .5 1.6 1.6 1.8-1.1.2-1.6.8-1.6 1.8v1.7c0 1.2-.4 2-2 2" />
    </>
  ),
  http: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M2 8h12M8 2c2 1.7 2.7 3.7 2.7 6S10 12.3 8 14c-2-1.7-2.7-3.7-2.7-6S6 3.7 8 2Z" />
    </>
  ),
  mcp: (
    <>
      <rect x="2" y="2.5" width="12" height="4.5" rx="1.2" />
      <rect x="2" y="9" width="12" height="4.5" rx="1.2" />
      <path d="M4.8 4.75h.01M4.8 11.25h.01M8 4.75h3.2M8 11.25h3.2" />
    </>
  ),
  terminal: (
    <>
      <rect x="1.8" y="2.8" width="12.4" height="10.4" rx="1.8" />
      <path d="M4.5 6 6.7 8l-2.2 2M8.3 10.3h3" />
    </>
  ),
  guardrail: (
    <>
      <path d="M8 1.8 13 3.7v3.9c0 3-2 5.3-5 6.6-3-1.3-5-3.6-5-6.6V3.7L8 1.8Z" />
      <path d="m5.8 7.9 1.6 1.6 2.9-3.1" />
    </>
  ),
  parallel: <path d="M1.5 8H5M5 8c2.5 0 2-4.5 5-4.5h3M5 8h8M5 8c2.5 0 2 4.5 5 4.5h3M11.5 2l1.7 1.5-1.7 1.5M11.5 6.5 13.2 8l-1.7 1.5M11.5 11l1.7 1.5-1.7 1.5" />,
  map: (
    <>
      <rect x="2" y="2.2" width="12" height="3" rx="1" />
      <rect x="2" y="6.5" width="12" height="3" rx="1" />
      <rect x="2" y="10.8" width="12" height="3" rx="1" />
    </>
  ),
  join: <path d="M2 3.5h2.5c3 0 2.5 4.5 5 4.5M2 8h11.5M2 12.5h2.5c3 0 2.5-4.5 5-4.5M11.5 6l2 2-2 2" />,
  branch: (
    <>
      <path d="m5.5 4.2 3.8 3.8-3.8 3.8L1.7 8l3.8-3.8Z" />
      <path d="M9.3 8h1.2c1.5 0 .7-4 3.5-4M10.5 8c1.5 0 .7 4 3.5 4" />
    </>
  ),
  loop: <path d="M13.2 6.2A5.6 5.6 0 0 0 3.3 5M2.8 9.8A5.6 5.6 0 0 0 12.7 11M3.2 2.2V5H6M12.8 13.8V11H10" />,
  transform: <path d="M2.5 4.5h8M8 2l2.5 2.5L8 7M13.5 11.5h-8M8 9l-2.5 2.5L8 14" />,
  end: (
    <>
      <circle cx="8" cy="8" r="6" />
      <rect x="5.7" y="5.7" width="4.6" height="4.6" rx=".6" />
    </>
  ),
  entry: <path d="M5 3.5v9l7-4.5-7-4.5Z" />,
  writes: <path d="m3 13 .7-2.9L10.9 3a1.4 1.4 0 0 1 2 0l.1.1a1.4 1.4 0 0 1 0 2l-7.2 7.2L3 13ZM9.6 4.3l2.1 2.1" />,
  approval: (
    <>
      <circle cx="6" cy="5" r="2.5" />
      <path d="M1.8 13.2c.3-2.6 1.9-4 4.2-4 1.1 0 2 .3 2.7.9M10 11.7l1.6 1.6 2.9-3.2" />
    </>
  ),
  output_schema: (
    <path d="M6 3c-1.5 0-1.8.7-1.8 1.7v1.6C4.2 7.2 3.7 7.8 3 8c.7.2 1.2.8 1.2 1.7v1.6c0 1 .3 1.7 1.8 1.7M10 3c1.5 0 1.8.7 1.8 1.7v1.6c0 .9.5 1.5 1.2 1.7-.7.2-1.2.8-1.2 1.7v1.6c0 1-.3 1.7-1.8 1.7" />
  ),
  undo: <path d="M5.5 3 2.5 6l3 3M2.8 6h6.7a3.7 3.7 0 0 1 0 7.4H6" />,
  redo: <path d="m10.5 3 3 3-3 3M13.2 6H6.5a3.7 3.7 0 0 0 0 7.4H10" />,
  layout: (
    <>
      <rect x="1.5" y="6" width="4" height="4" rx="1" />
      <rect x="10.5" y="2" width="4" height="4" rx="1" />
      <rect x="10.5" y="10" width="4" height="4" rx="1" />
      <path d="M5.5 8H8M10.5 4H9a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h1.5" />
    </>
  ),
  fit: <path d="M2.5 5.5v-3h3M10.5 2.5h3v3M13.5 10.5v3h-3M5.5 13.5h-3v-3" />,
  group: (
    <>
      <rect x="1.8" y="3" width="12.4" height="10" rx="2" strokeDasharray="2.2 2" />
      <rect x="4" y="6" width="3.4" height="4" rx=".8" />
      <rect x="8.6" y="6" width="3.4" height="4" rx=".8" />
    </>
  ),
  note: <path d="M3 2.5h10v7.7L9.8 13.5H3v-11ZM9.8 13.5v-3.3H13M5.3 5.5h5.4M5.3 8h3.4" />,
  align: <path d="M2.5 2v12M5 4.2h8.5v2.6H5zM5 9.2h5.5v2.6H5z" />,
  find: <path d="M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9ZM10.3 10.3l3.4 3.4" />,
  zoom: (
    <>
      <rect x="5" y="5.5" width="6" height="5" rx="1.2" />
      <path d="M2 5V3a1 1 0 0 1 1-1h2M11 2h2a1 1 0 0 1 1 1v2M14 11v2a1 1 0 0 1-1 1h-2M5 14H3a1 1 0 0 1-1-1v-2" />
    </>
  ),
  duplicate: (
    <>
      <rect x="5.5" y="5.5" width="8" height="8" rx="1.5" />
      <path d="M10.5 5.5v-1.5A1.5 1.5 0 0 0 9 2.5H4A1.5 1.5 0 0 0 2.5 4v5A1.5 1.5 0 0 0 4 10.5h1.5" />
    </>
  ),
  remove: <path d="M2.8 4.3h10.4M6.3 4.3V2.8h3.4v1.5M4.3 4.3l.6 8.9h6.2l.6-8.9M6.8 7v3.7M9.2 7v3.7" />,
  plus: <path d="M8 3v10M3 8h10" />,
  minus: <path d="M3 8h10" />,
  running: <path className="tc-spin" d="M8 2.5A5.5 5.5 0 1 1 2.5 8" />,
  waiting: (
    <>
      <circle cx="8" cy="8" r="5.7" />
      <path d="M8 4.8V8l2.2 1.5" />
    </>
  ),
  done: <path d="m3 8.5 3.3 3.3L13 4.8" />,
  failed: <path d="m4 4 8 8M12 4l-8 8" />,
  error: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M8 4.8v3.9M8 11.2v.01" />
    </>
  ),
  warning: <path d="M8 2.2 14.5 13.5h-13L8 2.2ZM8 6.5v3.2M8 11.7v.01" />,
  keys: (
    <>
      <rect x="1.5" y="4" width="13" height="8.5" rx="1.6" />
      <path d="M4.3 6.8h.01M6.8 6.8h.01M9.2 6.8h.01M11.7 6.8h.01M5 9.8h6" />
    </>
  ),
  before: <path d="M13 8H3.5M7 4.5 3.5 8 7 11.5" />,
  arrow: <path d="M3 8h9.5M9 4.5 12.5 8 9 11.5" />,
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof SHAPES;

export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg className="tc-icon" width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      {SHAPES[name]}
    </svg>
  );
}

export function kindIcon(kind: NodeKind | NewKind | "note"): IconName {
  if (kind === "mcp_stdio") return "terminal";
  return kind === "mcp_http" ? "mcp" : kind;
}

export function badgeIcon(badge: Badge): IconName {
  return badge;
}

const MARK_ICONS = { added: "plus", removed: "minus", changed: "writes" } as const;

export function statusIcon(status: Exclude<State, "idle">): IconName {
  return status === "added" || status === "removed" || status === "changed" ? MARK_ICONS[status] : status;
}
