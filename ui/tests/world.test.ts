import { expect, it } from 'vitest';
import atlas from 'world-atlas/countries-50m.json';
import { decode, latitude, longitude, mercatorX, mercatorY, type Topology } from '../src/map/world';

const world = decode(atlas as unknown as Topology);

it('goes from degrees to the map and back', () => {
  expect(longitude(mercatorX(12.49))).toBeCloseTo(12.49, 9);
  expect(latitude(mercatorY(41.89))).toBeCloseTo(41.89, 9);
});

it('finds Rome in the box of Italy', () => {
  const italy = world.countries.find((country) => country.name === 'Italy');
  expect(Math.abs((italy?.x ?? 0) - mercatorX(12.49))).toBeLessThan(italy?.width ?? 0);
});

it('draws no line across the whole map where a country crosses the date line', () => {
  const leaps = world.land.flatMap(({ points }) =>
    [...points].filter((x, i) => i > 1 && i % 2 === 0 && (points[i + 1] ?? 0) < 0.97 && Math.abs(x - (points[i - 2] ?? 0)) > 0.5),
  );
  expect(leaps).toEqual([]);
});
