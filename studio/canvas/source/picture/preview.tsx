// The picture as it will be, and the buttons that save it.

import { useEffect, useState } from "react";
import type { Graph } from "../canvas/types";
import { type Picture, picture } from "./picture";
import { download, pngFile, svgFile } from "./save";
import type { Measure } from "./text";

export interface PictureData {
  readonly graph: Graph;
  readonly title: string;
  /** Without its ending. */
  readonly file_name: string;
}

interface PreviewProps {
  readonly data: PictureData;
  /** Whether the page is dark: so is the picture at first. */
  readonly dark: boolean;
  readonly measure: Measure;
}

export function Preview({ data: { graph, title, file_name }, dark: onDark, measure }: PreviewProps) {
  const [dark, setDark] = useState(onDark);
  const [failed, setFailed] = useState(false);
  const [made, setMade] = useState<Picture>();
  // Not while this is drawn itself: Preact draws one thing at a time.
  useEffect(() => setMade(picture(graph, { title, dark, measure })), [graph, title, dark, measure]);
  const address = useAddress(made?.svg ?? "");
  if (made === undefined) return null;

  function savePng({ svg, width, height }: Picture): void {
    setFailed(false);
    pngFile(svg, width, height).then(
      (file) => download(file, `${file_name}.png`),
      () => setFailed(true),
    );
  }

  return (
    <>
      <div className="tp-tools">
        <button type="button" className="tp-main" onClick={() => download(svgFile(made.svg), `${file_name}.svg`)}>
          Download SVG
        </button>
        <button type="button" onClick={() => savePng(made)}>
          Download PNG
        </button>
        <span className="tp-ways" role="group" aria-label="Colours">
          <button type="button" aria-pressed={!dark} onClick={() => setDark(false)}>
            Light
          </button>
          <button type="button" aria-pressed={dark} onClick={() => setDark(true)}>
            Dark
          </button>
        </span>
        <span className="tp-size">
          {made.width} × {made.height}
        </span>
      </div>
      {failed && (
        <p className="tp-failed" role="alert">
          This browser could not make the PNG. Download the SVG instead.
        </p>
      )}
      <img className="tp-picture" src={address} alt={`Picture of ${title}`} />
    </>
  );
}

/** An address of the text for as long as it is shown. */
function useAddress(svg: string): string | undefined {
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(svgFile(svg));
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [svg]);
  return address;
}
