// An organization as one SVG text that needs nothing else: no fonts, no styles, no network.

import type { VNode } from "preact";
import { render } from "preact-render-to-string";
import type { ReactElement } from "react";
import { EdgeEnd } from "../canvas/edge_end";
import { isError } from "../canvas/edge_path";
import type { FrameNode, NoteNode } from "../canvas/overlays";
import type { Graph } from "../canvas/types";
import { colours } from "./colours";
import { NodeShape } from "./node_shape";
import { type Line, type Scene, scene } from "./scene";
import { style } from "./style";
import { FONT, fitted, type Measure, wrapped } from "./text";

const NOTE_FONT = `13px ${FONT}`;
const LABEL_FONT = `11px ${FONT}`;
const LINE_HEIGHT = 17.5;

export interface Picture {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

export interface PictureOptions {
  readonly title: string;
  readonly dark: boolean;
  readonly measure: Measure;
}

export function picture(graph: Graph, { title, dark, measure }: PictureOptions): Picture {
  const drawn = scene(graph);
  const { width, height } = drawn.box;
  const sheet = <Sheet scene={drawn} title={title} dark={dark} measure={measure} />;
  // Preact draws what is typed as React's.
  const svg = render(sheet as ReactElement as unknown as VNode);
  return { svg: `<?xml version="1.0" encoding="UTF-8"?>\n${svg}\n`, width, height };
}

function Sheet({ scene: { box, frames, notes, lines, nodes }, title, dark, measure }: PictureOptions & { scene: Scene }) {
  return (
    <svg
      xmlns="http://www.w3.org/2000/svg"
      width={box.width}
      height={box.height}
      viewBox={`${box.x} ${box.y} ${box.width} ${box.height}`}
      role="img"
    >
      <title>{title}</title>
      <style>{style(colours(dark))}</style>
      <rect className="stage" x={box.x} y={box.y} width={box.width} height={box.height} />
      {frames.map((frame) => <Frame key={frame.id} frame={frame} measure={measure} />)}
      {notes.map((note) => <Paper key={note.id} note={note} measure={measure} />)}
      {lines.map((line) => <Way key={line.edge.id} line={line} />)}
      {lines.map((line) => <Label key={line.edge.id} line={line} measure={measure} />)}
      {nodes.map((node) => <NodeShape key={node.id} node={node} measure={measure} />)}
    </svg>
  );
}

function Frame({ frame, measure }: { readonly frame: FrameNode; readonly measure: Measure }) {
  const { position, width = 0, height = 0, data } = frame;
  return (
    <g transform={`translate(${position.x} ${position.y})`}>
      <rect className="frame" x={0.5} y={0.5} width={width - 1} height={height - 1} rx={16} />
      <text className="frame-name" x={15} y={20}>
        {fitted(data.group.name, width - 30, `600 12px ${FONT}`, measure)}
      </text>
    </g>
  );
}

function Paper({ note, measure }: { readonly note: NoteNode; readonly measure: Measure }) {
  const { position, width = 0, height = 0, data } = note;
  const most = Math.floor((height - 14) / LINE_HEIGHT);
  return (
    <g transform={`translate(${position.x} ${position.y})`}>
      <rect className="paper" x={0.5} y={0.5} width={width - 1} height={height - 1} rx={3} />
      <rect className="paper-edge" width={3} height={height} rx={1.5} />
      {wrapped(data.note.text, width - 28, most, NOTE_FONT, measure).map((line, index) => (
        <text key={index} className="note" x={15} y={22 + index * LINE_HEIGHT}>
          {line}
        </text>
      ))}
    </g>
  );
}

function Way({ line: { edge, way } }: { readonly line: Line }) {
  return (
    <g className={`edge ${isError(edge) ? "fails" : edge.kind}`}>
      <path className="way" d={way.path} />
      <EdgeEnd kind={edge.kind} x={way.end.x} y={way.end.y} flipped={way.flipped} />
    </g>
  );
}

function Label({ line: { edge, way }, measure }: { readonly line: Line; readonly measure: Measure }) {
  if (edge.label === "") return null;
  const text = fitted(edge.label, edge.kind === "flow" ? 140 : 108, LABEL_FONT, measure);
  const width = measure(text, LABEL_FONT) + 12;
  return (
    <g transform={`translate(${way.label.x} ${way.label.y})`}>
      <rect className="stage" x={-width / 2} y={-8.5} width={width} height={17} rx={8.5} />
      <text className="label" y={3.8} textAnchor="middle">
        {text}
      </text>
    </g>
  );
}
