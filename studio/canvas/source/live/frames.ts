// One frame for all chats on a page. First all draw, then all measure, then all scroll: measuring between two
// drawings would make the browser lay the page out once for each chat.

export interface Drawable {
  draw(): void;
  measure(): void;
  scroll(): void;
}

const waiting = new Set<Drawable>();
let frame = 0;

export function drawInNextFrame(drawable: Drawable): void {
  waiting.add(drawable);
  frame ||= requestAnimationFrame(drawAll);
}

export function forget(drawable: Drawable): void {
  waiting.delete(drawable);
}

function drawAll(): void {
  const drawables = [...waiting];
  waiting.clear();
  frame = 0;
  for (const drawable of drawables) drawable.draw();
  for (const drawable of drawables) drawable.measure();
  for (const drawable of drawables) drawable.scroll();
}
