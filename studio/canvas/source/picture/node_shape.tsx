// One node in a picture: the shapes of the canvas, drawn with SVG alone.

import type { FlowNode } from "../canvas/graph";
import { badgeIcon, Icon, kindIcon } from "../canvas/icons";
import { Outline, hasOutline } from "../canvas/outline";
import { flowHandle, handleTop, hasRows, isStep, ways } from "../canvas/ports";
import type { GraphNode } from "../canvas/types";
import { CODE_FONT, FONT, fitted, type Measure } from "./text";

const TITLE = `600 13px ${FONT}`;
const CODE = `600 12px ${CODE_FONT}`;
const SMALL = `11.5px ${FONT}`;
const START = `600 10.5px ${FONT}`;
const GAP = 10;
const BADGE = 13;
const LONGEST_PORT = 150;
/** The part of a step with its name. */
const STEP_HEAD = 44;

interface ShapeProps {
  readonly node: FlowNode;
  readonly measure: Measure;
}

export function NodeShape({ node: { position, width = 0, height = 0, data }, measure }: ShapeProps) {
  const { node } = data;
  const step = isStep(node.kind);
  return (
    <g transform={`translate(${position.x} ${position.y})`} className={step ? "node step" : "node"}>
      <title>{node.title}</title>
      {hasOutline(node) ? <Outline node={node} /> : <Body node={node} width={width} height={height} />}
      <Content node={node} width={width} height={step ? STEP_HEAD + 1 : height} measure={measure} />
      {hasRows(node) && <Rows node={node} width={width} measure={measure} />}
    </g>
  );
}

interface BodyProps {
  readonly node: GraphNode;
  readonly width: number;
  readonly height: number;
}

function Body({ node: { kind }, width, height }: BodyProps) {
  const radius = { agent: 14, loop: 22, end: height / 2, group: 12 }[kind as "agent"] ?? 6;
  const box = (by: number, down: number, inset = 0) => (
    <rect
      className="body"
      x={by + inset + 0.5}
      y={down + inset + 0.5}
      width={width - 2 * inset - 1}
      height={height - 2 * inset - 1}
      rx={radius - inset}
    />
  );
  return (
    <>
      {kind === "map" && box(6, -6)}
      {kind === "map" && box(3, -3)}
      {kind === "mcp" && box(3, 3)}
      {box(0, 0)}
      {kind === "loop" && box(0, 0, 4)}
      {(kind === "end" || kind === "group") && box(0, 0, 2)}
    </>
  );
}

interface ContentProps extends BodyProps {
  readonly measure: Measure;
}

/** Icon, name and what stands below it, and the badges. */
function Content({ node, width, height, measure }: ContentProps) {
  const { kind } = node;
  const agent = kind === "agent";
  const left = agent ? 11 : kind === "guardrail" ? 23 : isStep(kind) ? 19 : 13;
  const icon = agent ? 18 : 16;
  const textLeft = left + (agent ? 36 : 16) + GAP;
  const badges = badgesWidth(node, measure);
  const right = width - (kind === "guardrail" ? 23 : isStep(kind) ? 15 : 13);
  const room = right - textLeft - (badges > 0 ? badges + GAP : 0);
  const middle = height / 2;
  const code = ["function", "http", "mcp"].includes(kind);
  return (
    <>
      {agent && <rect className="tile" x={left} y={middle - 18} width={36} height={36} rx={9} />}
      <g className={agent || isStep(kind) ? "icon strong" : "icon"} transform={`translate(${agent ? left + 9 : left} ${middle - icon / 2})`}>
        <Icon name={kindIcon(kind)} size={icon} />
      </g>
      <text className={code ? "code" : "title"} x={textLeft} y={middle - (node.subtitle ? 3 : -4.5)}>
        {fitted(node.title, room, code ? CODE : TITLE, measure)}
      </text>
      {node.subtitle && (
        <text className="small" x={textLeft} y={middle + 12.5}>
          {fitted(node.subtitle, room, SMALL, measure)}
        </text>
      )}
      <Badges node={node} right={right} middle={middle} measure={measure} />
    </>
  );
}

interface BadgesProps {
  readonly node: GraphNode;
  readonly right: number;
  readonly middle: number;
  readonly measure: Measure;
}

function Badges({ node, right, middle, measure }: BadgesProps) {
  let left = right - badgesWidth(node, measure);
  return (
    <>
      {node.badges.map((badge) => {
        const x = left;
        const width = badgeWidth(badge, measure);
        left += width + 4;
        return badge === "entry" ? (
          <g key={badge}>
            <rect className="start" x={x + 0.5} y={middle - 8.5} width={width - 1} height={17} rx={5} />
            <text className="start-word" x={x + width / 2} y={middle + 3.7} textAnchor="middle">
              Start
            </text>
          </g>
        ) : (
          <g key={badge} className="icon" transform={`translate(${x} ${middle - BADGE / 2})`}>
            <Icon name={badgeIcon(badge)} size={BADGE} />
          </g>
        );
      })}
    </>
  );
}

function badgesWidth({ badges }: GraphNode, measure: Measure): number {
  return badges.reduce((sum, badge, index) => sum + badgeWidth(badge, measure) + (index > 0 ? 4 : 0), 0);
}

function badgeWidth(badge: GraphNode["badges"][number], measure: Measure): number {
  return badge === "entry" ? measure("Start", START) + 14 : BADGE;
}

/** The ways out of a step by name. */
function Rows({ node, width, measure }: Omit<ContentProps, "height">) {
  return (
    <>
      {ways(node).map((port) => (
        <text key={port} className="small" x={width - 13} y={handleTop(node, flowHandle(port)) + 4} textAnchor="end">
          {fitted(port, LONGEST_PORT, SMALL, measure)}
        </text>
      ))}
    </>
  );
}
