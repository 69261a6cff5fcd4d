/** Lays pictures out in rows of equal width: pure arithmetic, no DOM. */

export interface JustifiedRow {
  /** Index of the first picture. */
  first: number;
  size: number;
  height: number;
}

const NARROWEST = 0.45;
const WIDEST = 4;

/** Width over height as it is shown: what is extreme is cropped. */
export function shownRatio(ratio: number): number {
  return Math.min(WIDEST, Math.max(NARROWEST, ratio || 1));
}

/**
 * Fill rows of `width` pixels greedily; each is as near to `target` high as its pictures allow.
 * The last row keeps the target's height and may end early.
 */
export function justify(ratios: ArrayLike<number>, width: number, target: number, gap: number): JustifiedRow[] {
  const rows: JustifiedRow[] = [];
  const heightOf = (sum: number, size: number): number => (width - gap * (size - 1)) / sum;
  let first = 0;
  let sum = 0;
  for (let i = 0; i < ratios.length; i++) {
    const ratio = shownRatio(ratios[i] ?? 1);
    const size = i - first;
    const after = heightOf(sum + ratio, size + 1);
    if (after <= target) {
      const before = size ? heightOf(sum, size) : Infinity;
      const without = size > 0 && before / target < target / after;
      rows.push(without ? { first, size, height: before } : { first, size: size + 1, height: after });
      first = without ? i : i + 1;
      sum = without ? ratio : 0;
    } else {
      sum += ratio;
    }
  }
  if (first < ratios.length) {
    const size = ratios.length - first;
    rows.push({ first, size, height: Math.min(target, heightOf(sum, size)) });
  }
  return rows;
}

/** Left edges and widths of one row's pictures, in pixels. */
export function spread(ratios: ArrayLike<number>, row: JustifiedRow, gap: number): { left: number; width: number }[] {
  const boxes: { left: number; width: number }[] = [];
  let left = 0;
  for (let i = row.first; i < row.first + row.size; i++) {
    const width = shownRatio(ratios[i] ?? 1) * row.height;
    boxes.push({ left, width });
    left += width + gap;
  }
  return boxes;
}
