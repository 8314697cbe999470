// The style sheet inside a picture. Classes, no variables: programs that draw know those best.

import type { Colours } from "./colours";
import { CODE_FONT, FONT } from "./text";

export function style(colours: Colours): string {
  const { ink, stage, card, tile, step, paper, frame, muted, line, lineStrong, edge } = colours;
  return [
    `text{font-family:${FONT};font-size:13px;fill:${ink}}`,
    `.stage{fill:${stage}}`,
    `.body{fill:${card};stroke:${lineStrong}}`,
    `.tc-outline{overflow:visible;fill:${card};stroke:${lineStrong};stroke-linejoin:round}`,
    `.step .body,.step .tc-outline{fill:${step}}`,
    `.tile{fill:${tile}}`,
    `.tc-icon{fill:none;stroke:${muted};stroke-width:1.4;stroke-linecap:round;stroke-linejoin:round}`,
    `.strong .tc-icon{stroke:${ink}}`,
    ".title,.code,.start-word,.frame-name{font-weight:600}",
    `.code{font-family:${CODE_FONT};font-size:12px}`,
    `.small{font-size:11.5px;fill:${muted}}`,
    `.start{fill:none;stroke:${lineStrong}}`,
    ".start-word{font-size:10.5px}",
    `.label{font-size:11px;fill:${muted}}`,
    `.frame{fill:${frame};stroke:${lineStrong}}`,
    `.frame-name{font-size:12px;fill:${muted}}`,
    `.paper{fill:${paper};stroke:${line}}`,
    `.paper-edge{fill:${lineStrong}}`,
    `.way,.tc-end{fill:none;stroke:${edge};stroke-width:1.6;stroke-linecap:round;stroke-linejoin:round}`,
    `.tc-end-full{fill:${edge};stroke:none}`,
    ".flow .way{stroke-width:2.4}",
    ".fails .way{stroke-width:1.4;stroke-dasharray:2 4}",
    ".as_tool .way{stroke-dasharray:6 5}",
    ".uses .way{stroke-width:1}",
    ".guards .way{stroke-width:1.8;stroke-dasharray:.1 5}",
    ".asks .way{stroke-width:1;stroke-dasharray:3 4}",
  ].join("");
}
