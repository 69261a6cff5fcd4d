/** Where every row of a whole timeline lies: one pass over all ratios, then binary searches. */
import { justify, shownRatio, spread } from '../grid/justify';

export interface LaidRow {
  month: number;
  /** Index in the whole timeline of the first picture. */
  first: number;
  size: number;
  top: number;
  left: number;
  height: number;
}

/** Where a month's name stands. */
export interface Heading {
  top: number;
  left: number;
  width: number;
}

export interface MonthRatios {
  month: string;
  /** Width over height, times 100. */
  ratios: ArrayLike<number>;
}

export interface Measures {
  width: number;
  target: number;
  gap: number;
  header: number;
  /** Room between two small months that stand side by side, and the least room that a month's name needs. */
  aside: number;
  least: number;
}

export class Layout {
  readonly rows: LaidRow[] = [];
  /** Each month's heading; small months stand side by side, so several may share a top. */
  readonly headings: Heading[] = [];
  /** Index of each month's first picture; one more at the end for the number of pictures. */
  readonly starts: number[] = [];
  readonly height: number;

  constructor(
    readonly months: readonly MonthRatios[],
    readonly measures: Measures,
  ) {
    const place = { top: 0, left: 0, below: 0 };
    let start = 0;
    months.forEach(({ ratios }, month) => {
      this.starts.push(start);
      this.layMonth(month, scaled(ratios), place, start);
      start += ratios.length;
    });
    this.starts.push(start);
    this.height = place.below;
  }

  get size(): number {
    return this.starts.at(-1) ?? 0;
  }

  /** Index of the last row whose top is at or above y. */
  rowAt(y: number): number {
    return Math.max(0, upper(this.rows.length, (i) => (this.rows[i]?.top ?? 0) <= y) - 1);
  }

  /** Index of the month shown at y. */
  monthAt(y: number): number {
    return Math.max(0, upper(this.months.length, (i) => (this.headings[i]?.top ?? 0) <= y) - 1);
  }

  monthOf(index: number): number {
    return Math.max(0, upper(this.months.length, (i) => (this.starts[i] ?? 0) <= index) - 1);
  }

  /** Index of the row that holds a picture. */
  rowOf(index: number): number {
    return Math.max(0, upper(this.rows.length, (i) => (this.rows[i]?.first ?? 0) <= index) - 1);
  }

  boxes(row: LaidRow): { left: number; width: number }[] {
    const ratios = this.months[row.month]?.ratios ?? [];
    const start = row.first - (this.starts[row.month] ?? 0);
    const own = Array.from({ length: row.size }, (_, i) => (ratios[start + i] ?? 100) / 100);
    return spread(own, { first: 0, size: row.size, height: row.height }, this.measures.gap);
  }

  /** The picture one row up (-1) or down (+1) that lies nearest to this one's middle. */
  beside(index: number, step: -1 | 1): number {
    const at = this.rowOf(index);
    const top = this.rows[at]?.top;
    let to = at;
    while (this.rows[to]?.top === top) to += step;
    const middle = this.middles(at)[index - (this.rows[at]?.first ?? 0)]?.x ?? 0;
    const beside = this.rows[to]?.top;
    let best = { index, far: Infinity };
    for (; this.rows[to] && this.rows[to]?.top === beside; to += step) {
      for (const one of this.middles(to)) {
        const far = Math.abs(one.x - middle);
        if (far < best.far) best = { index: one.index, far };
      }
    }
    return best.index;
  }

  private middles(at: number): { index: number; x: number }[] {
    const row = this.rows[at];
    return row ? this.boxes(row).map((box, i) => ({ index: row.first + i, x: row.left + box.left + box.width / 2 })) : [];
  }

  /** Lay one month beside the last one if both fit, else below; `place` is where the next may begin. */
  private layMonth(month: number, ratios: number[], place: { top: number; left: number; below: number }, start: number): void {
    const { width, target, gap, header, aside, least } = this.measures;
    const own = ratios.reduce((sum, ratio) => sum + shownRatio(ratio) * target + gap, -gap);
    const needed = Math.max(least, own);
    if (place.left + needed > width) Object.assign(place, { top: place.below, left: 0 });
    const room = needed <= width ? Math.max(own, 1) : width;
    this.headings.push({ top: place.top, left: place.left, width: Math.max(room, least) });
    let top = place.top + header;
    for (const row of justify(ratios, room, target, gap)) {
      this.rows.push({ month, first: start + row.first, size: row.size, top, left: place.left, height: row.height });
      top += row.height + gap;
    }
    place.left += needed + aside;
    place.below = Math.max(place.below, top);
  }
}

function scaled(ratios: ArrayLike<number>): number[] {
  return Array.from(ratios, (ratio) => ratio / 100);
}

/** How many of the first n indices hold, where all that hold come first. */
function upper(n: number, holds: (i: number) => boolean): number {
  let low = 0;
  let high = n;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
