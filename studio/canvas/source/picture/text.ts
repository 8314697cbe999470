// Text in a picture: SVG neither breaks nor shortens lines by itself.

export const FONT = "-apple-system, BlinkMacSystemFont, 'Segoe UI', Inter, Roboto, 'Helvetica Neue', Arial, sans-serif";
export const CODE_FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace";

/** How wide a text is in a font (as CSS writes it), in pixels. */
export type Measure = (text: string, font: string) => number;

/** The text as far as it fits, with … at the end where it does not. */
export function fitted(text: string, width: number, font: string, measure: Measure): string {
  if (measure(text, font) <= width) return text;
  const letters = [...text];
  let [fits, tooMuch] = [0, letters.length];
  while (tooMuch - fits > 1) {
    const middle = (fits + tooMuch) >> 1;
    if (measure(shortened(letters, middle), font) <= width) fits = middle;
    else tooMuch = middle;
  }
  return shortened(letters, fits);
}

/** The lines of a text in a box, as many as fit; words that are too long for a line are broken. */
export function wrapped(text: string, width: number, most: number, font: string, measure: Measure): readonly string[] {
  const lines = text.split("\n").flatMap((line) => wrappedLine(line, width, font, measure));
  if (lines.length <= most) return lines;
  const kept = lines.slice(0, Math.max(0, most));
  return kept.map((line, index) => (index === kept.length - 1 ? fitted(`${line} …`, width, font, measure) : line));
}

function wrappedLine(text: string, width: number, font: string, measure: Measure): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ").flatMap((each) => broken(each, width, font, measure))) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && measure(longer, font) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

function broken(word: string, width: number, font: string, measure: Measure): string[] {
  if (measure(word, font) <= width) return [word];
  const pieces: string[] = [];
  let piece = "";
  for (const letter of word) {
    if (piece !== "" && measure(piece + letter, font) > width) {
      pieces.push(piece);
      piece = letter;
    } else piece += letter;
  }
  return [...pieces, piece];
}

function shortened(letters: readonly string[], count: number): string {
  return `${letters.slice(0, count).join("").trimEnd()}…`;
}
