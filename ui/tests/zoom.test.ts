import { expect, it } from 'vitest';
import { clamp, fit, FITTED, MOST, zoomAt } from '../src/viewer/zoom';

it('keeps the point under the pointer where it is', () => {
  const view = zoomAt({ scale: 2, x: 10, y: -20 }, 1.5, 100, 50);
  const before = [(100 - 10) / 2, (50 + 20) / 2];
  expect([(100 - view.x) / view.scale, (50 - view.y) / view.scale]).toEqual(before);
});

it('never zooms out past the whole picture or in past the most', () => {
  expect(zoomAt(FITTED, 0.1, 0, 0).scale).toBe(1);
  expect(zoomAt(FITTED, 1000, 0, 0).scale).toBe(MOST);
});

it('fits a picture into the window', () => {
  expect(fit({ width: 4000, height: 3000 }, { width: 1000, height: 900 })).toEqual({ width: 1000, height: 750 });
});

it('lets a picture be dragged to its edges and no further', () => {
  const view = clamp({ scale: 2, x: 9999, y: 9999 }, { width: 1000, height: 500 }, { width: 1000, height: 1000 });
  expect(view).toEqual({ scale: 2, x: 500, y: 0 });
});
