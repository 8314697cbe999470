// When a map of the whole drawing helps: while a part of it is out of sight.

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Whether any box (in the drawing's own units) is not wholly on a stage of that size; `transform` is x, y and zoom. */
export function isPartlyHidden(
  boxes: Iterable<Box>,
  transform: readonly [number, number, number],
  stage: { readonly width: number; readonly height: number },
): boolean {
  const [left, top, zoom] = transform;
  for (const { x, y, width, height } of boxes) {
    const [from, above] = [x * zoom + left, y * zoom + top];
    if (from < 0 || above < 0 || from + width * zoom > stage.width || above + height * zoom > stage.height) return true;
  }
  return false;
}
