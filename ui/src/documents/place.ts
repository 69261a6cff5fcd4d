/** Where a polygon of a page lies: pure arithmetic. */
import type { Box, Polygon } from '../api/types';

export interface Placed {
  left: number;
  top: number;
  /** Along the letters and across them, in pixels. */
  long: number;
  high: number;
  /** Clockwise, in radians. */
  turn: number;
}

/** The place of a line whose corners go clockwise from its first letter's top left. */
export function placed(polygon: Polygon, width: number, height: number): Placed {
  const at = (i: number): [number, number] => [(polygon[i]?.[0] ?? 0) * width, (polygon[i]?.[1] ?? 0) * height];
  const [[left, top], [x1, y1], [x3, y3]] = [at(0), at(1), at(3)];
  return { left, top, long: Math.hypot(x1 - left, y1 - top), high: Math.hypot(x3 - left, y3 - top), turn: Math.atan2(y1 - top, x1 - left) };
}

/** The corners of a box, as a polygon. */
export function corners([left, top, right, bottom]: Box): Polygon {
  return [[left, top], [right, top], [right, bottom], [left, bottom]];
}
