import { describe, expect, it } from 'vitest';
import { corners, placed } from '../src/documents/place';

describe('placed', () => {
  it('gives a level line its own size and no turn', () => {
    const { left, top, long, high, turn } = placed(corners([0.1, 0.2, 0.6, 0.25]), 1000, 800);
    expect([left, top, long, high, turn].map(Math.round)).toEqual([100, 160, 500, 40, 0]);
  });

  it('turns with a line that climbs', () => {
    const line = placed([[0, 0.5], [0.5, 0], [0.6, 0.1], [0.1, 0.6]], 100, 100);
    expect(line.turn).toBeCloseTo(-Math.PI / 4);
    expect(line.long).toBeCloseTo(Math.hypot(50, 50));
  });
});
