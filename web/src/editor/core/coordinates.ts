/**
 * Points and rectangles in two spaces that the compiler keeps apart: `screen` (CSS pixels of the canvas, origin top
 * left) and `image` (pixels of the picture, origin top left, continuous edges, after EXIF rotation).
 */
declare const space: unique symbol;

export interface ScreenPoint {
  readonly x: number;
  readonly y: number;
  readonly [space]?: "screen";
}

export interface ImagePoint {
  readonly x: number;
  readonly y: number;
  readonly [space]?: "image";
}

export interface ImageRect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly [space]?: "image";
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export function screenPoint(x: number, y: number): ScreenPoint {
  return { x, y };
}

export function imagePoint(x: number, y: number): ImagePoint {
  return { x, y };
}

export function imageRect(x: number, y: number, width: number, height: number): ImageRect {
  return { x, y, width, height };
}

/** The rectangle between two corners, whichever way it was dragged. */
export function rectBetween(a: ImagePoint, b: ImagePoint): ImageRect {
  return imageRect(Math.min(a.x, b.x), Math.min(a.y, b.y), Math.abs(a.x - b.x), Math.abs(a.y - b.y));
}

export function contains(rect: ImageRect, point: ImagePoint): boolean {
  return point.x >= rect.x && point.x <= rect.x + rect.width && point.y >= rect.y && point.y <= rect.y + rect.height;
}

export function intersects(a: ImageRect, b: ImageRect): boolean {
  return a.x <= b.x + b.width && b.x <= a.x + a.width && a.y <= b.y + b.height && b.y <= a.y + a.height;
}

export function encloses(outer: ImageRect, inner: ImageRect): boolean {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  );
}

/** The smallest rectangle around all; null for none. */
export function unionRect(rects: Iterable<ImageRect>): ImageRect | null {
  let left = Number.POSITIVE_INFINITY;
  let top = Number.POSITIVE_INFINITY;
  let right = Number.NEGATIVE_INFINITY;
  let bottom = Number.NEGATIVE_INFINITY;
  for (const rect of rects) {
    left = Math.min(left, rect.x);
    top = Math.min(top, rect.y);
    right = Math.max(right, rect.x + rect.width);
    bottom = Math.max(bottom, rect.y + rect.height);
  }
  return left <= right ? imageRect(left, top, right - left, bottom - top) : null;
}

export function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}

export function clampPoint(point: ImagePoint, picture: Size): ImagePoint {
  return imagePoint(clamp(point.x, 0, picture.width), clamp(point.y, 0, picture.height));
}

/** Hundredths of a pixel: finer than anybody points, and short in JSON. */
export function tidy(value: number): number {
  return Math.round(value * 100) / 100;
}

/** The point moved onto the picture's edge where it is nearer than `reach` (in image pixels), and never outside. */
export function snapToEdge(point: ImagePoint, picture: Size, reach: number): ImagePoint {
  return imagePoint(snapValue(point.x, picture.width, reach), snapValue(point.y, picture.height, reach));
}

function snapValue(value: number, far: number, reach: number): number {
  if (value <= reach) return 0;
  if (value >= far - reach) return far;
  return value;
}

/** How far `rect` may move when asked for (dx, dy): stays inside the picture, edges snap when nearer than `reach`. */
export function boundedMove(rect: ImageRect, dx: number, dy: number, picture: Size, reach: number): ImagePoint {
  return imagePoint(
    boundedShift(rect.x, rect.width, dx, picture.width, reach),
    boundedShift(rect.y, rect.height, dy, picture.height, reach),
  );
}

function boundedShift(start: number, length: number, delta: number, far: number, reach: number): number {
  const room = far - length;
  const wanted = start + delta;
  if (room <= 0) return 0;
  if (wanted <= reach) return -start;
  if (wanted >= room - reach) return room - start;
  return delta;
}
