import { describe, expect, it } from 'vitest';
import { justify, spread } from '../src/grid/justify';
import { Layout } from '../src/timeline/layout';

const measures = { width: 1000, target: 200, gap: 4, header: 50, aside: 28, least: 150 };
const many = (n: number): number[] => Array.from({ length: n }, (_, i) => [133, 75, 178, 100][i % 4] ?? 100);

describe('justify', () => {
  it('fills every row but the last to the pixel', () => {
    const ratios = many(40).map((ratio) => ratio / 100);
    const rows = justify(ratios, 1000, 200, 4);
    for (const row of rows.slice(0, -1)) {
      const last = spread(ratios, row, 4).at(-1);
      expect((last?.left ?? 0) + (last?.width ?? 0)).toBeCloseTo(1000, 6);
    }
  });

  it('places every picture exactly once, in order', () => {
    const rows = justify(many(101).map((ratio) => ratio / 100), 700, 180, 4);
    expect(rows.flatMap((row) => Array.from({ length: row.size }, (_, i) => row.first + i))).toEqual([...Array(101).keys()]);
  });

  it('shows a panorama and a strip without breaking the row', () => {
    expect(justify([30, 0.01, Number.NaN], 600, 200, 4).every((row) => row.height > 0 && row.height <= 300)).toBe(true);
  });
});

describe('Layout', () => {
  it('finds the row and the month at any height', () => {
    const layout = new Layout([{ month: '2024-02', ratios: many(50) }, { month: '2024-01', ratios: many(30) }], measures);
    const second = layout.headings[1];
    expect(layout.monthAt((second?.top ?? 0) + 1)).toBe(1);
    for (const [i, row] of layout.rows.entries()) expect(layout.rowAt(row.top + 1)).toBe(i);
    expect(layout.size).toBe(80);
  });

  it('puts small months side by side and large ones below', () => {
    const layout = new Layout([{ month: '2024-03', ratios: [150] }, { month: '2024-02', ratios: [150] }, { month: '2024-01', ratios: many(20) }], measures);
    const [a, b, c] = layout.headings;
    expect(a?.top).toBe(b?.top);
    expect(b?.left).toBeGreaterThan(300);
    expect(c?.left).toBe(0);
    expect(c?.top).toBeGreaterThan(b?.top ?? 0);
  });

  it('goes down and up again to the same picture', () => {
    const layout = new Layout([{ month: '2024-02', ratios: Array(60).fill(100) }], measures);
    expect(layout.beside(layout.beside(7, 1), -1)).toBe(7);
    expect(layout.beside(0, -1)).toBe(0);
  });

  it('lays 100,000 pictures out in under 200 ms', () => {
    const months = Array.from({ length: 200 }, (_, i) => ({ month: String(i), ratios: many(500) }));
    const before = performance.now();
    expect(new Layout(months, measures).size).toBe(100_000);
    expect(performance.now() - before).toBeLessThan(200);
  });
});
