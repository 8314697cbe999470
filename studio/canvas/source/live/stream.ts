// The text of one model call, joined from pieces that may come twice, overlap, or come out of order.

interface Piece {
  /** In code points, as Python counts characters; JavaScript's length counts an emoji twice. */
  readonly offset: number;
  readonly text: string;
  readonly points: number;
}

export interface Stream {
  readonly text: string;
  /** Code points in `text`. */
  readonly points: number;
  /** Pieces that start beyond the end of `text`, in order, waiting for what is between. */
  readonly ahead: readonly Piece[];
}

export const EMPTY: Stream = { text: "", points: 0, ahead: [] };

// What is missing is usually on its way. When this much has come after it, it is not.
const PATIENCE = 80;

export function join(stream: Stream, offset: number, text: string): Stream {
  if (offset > stream.points) return { ...stream, ahead: withPiece(stream.ahead, offset, text) };
  const joined = extended({ offset: 0, ...stream }, offset, text);
  if (joined.points === stream.points) return stream;
  const waiting = stream.ahead.filter((piece) => piece.offset + piece.points > joined.points);
  const start: Stream = { text: joined.text, points: joined.points, ahead: [] };
  return waiting.reduce((sum, piece) => join(sum, piece.offset, piece.text), start);
}

/** The text to show: with a gap in it rather than none at all. */
export function visible(stream: Stream): string {
  const held = stream.ahead.reduce((sum, piece) => sum + piece.points, 0);
  if (held < PATIENCE) return stream.text;
  return [stream.text, ...stream.ahead.map((piece) => piece.text)].join(" … ");
}

function withPiece(ahead: readonly Piece[], offset: number, text: string): Piece[] {
  const last = ahead.at(-1);
  if (last && offset >= last.offset && offset <= last.offset + last.points) {
    return [...ahead.slice(0, -1), extended(last, offset, text)];
  }
  const pieces = [...ahead, { offset, text, points: countPoints(text) }];
  return pieces.sort((one, other) => one.offset - other.offset);
}

/** `piece` with what `text` has beyond its end; `text` must start within it or right behind it. */
function extended<P extends Piece>(piece: P, offset: number, text: string): P {
  const news = afterPoints(text, piece.offset + piece.points - offset);
  return { ...piece, text: piece.text + news, points: piece.points + countPoints(news) };
}

function countPoints(text: string): number {
  let points = text.length;
  for (let at = 0; at < text.length - 1; at++) {
    if (isPair(text, at)) {
      points--;
      at++;
    }
  }
  return points;
}

function afterPoints(text: string, points: number): string {
  let at = 0;
  for (let left = points; left > 0 && at < text.length; left--) at += isPair(text, at) ? 2 : 1;
  return text.slice(at);
}

function isPair(text: string, at: number): boolean {
  const high = text.charCodeAt(at);
  if (high < 0xd800 || high > 0xdbff) return false;
  const low = text.charCodeAt(at + 1);
  return low >= 0xdc00 && low <= 0xdfff;
}
