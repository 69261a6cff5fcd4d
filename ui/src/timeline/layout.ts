/** Where every row of a whole timeline lies: one pass over all ratios, then binary searches. */
import { justify, spread } from '../grid/justify';

export interface LaidRow {
  month: number;
  /** Index in the whole timeline of the first picture. */
  first: number;
  size: number;
  top: number;
  height: number;
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
}

export class Layout {
  readonly rows: LaidRow[] = [];
  /** Top edge of each month's header; one more at the end for the whole height. */
  readonly tops: number[] = [];
  /** Index of each month's first picture; one more at the end for the number of pictures. */
  readonly starts: number[] = [];
  readonly height: number;

  constructor(
    readonly months: readonly MonthRatios[],
    readonly measures: Measures,
  ) {
    let top = 0;
    let start = 0;
    months.forEach(({ ratios }, month) => {
      this.tops.push(top);
      this.starts.push(start);
      top = this.layMonth(month, scaled(ratios), top + measures.header, start);
      start += ratios.length;
    });
    this.tops.push(top);
    this.starts.push(start);
    this.height = top;
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
    return Math.max(0, upper(this.months.length, (i) => (this.tops[i] ?? 0) <= y) - 1);
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
    const from = this.rows[this.rowOf(index)];
    const to = this.rows[this.rowOf(index) + step];
    if (!from || !to) return index;
    const box = this.boxes(from)[index - from.first];
    const middle = box ? box.left + box.width / 2 : 0;
    const distances = this.boxes(to).map((other) => Math.abs(other.left + other.width / 2 - middle));
    return to.first + distances.indexOf(Math.min(...distances));
  }

  private layMonth(month: number, ratios: number[], top: number, start: number): number {
    const { width, target, gap } = this.measures;
    for (const row of justify(ratios, width, target, gap)) {
      this.rows.push({ month, first: start + row.first, size: row.size, top, height: row.height });
      top += row.height + gap;
    }
    return top;
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
