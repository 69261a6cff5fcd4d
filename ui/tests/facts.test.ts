import { expect, it } from 'vitest';
import type { Asset } from '../src/api/types';
import { describes, entries, merged, words } from '../src/viewer/facts';
import { de } from '../src/i18n/de';
import { en } from '../src/i18n/en';
import { es } from '../src/i18n/es';
import { zh } from '../src/i18n/zh';

const asset = (facts: Asset['facts']): Asset => ({ facts, details: {}, faces: [], files: [] }) as unknown as Asset;

it("lets the owner's words outrank every model's", () => {
  const facts = [
    { task: 'labels', card: 'owner', value: [['cabin', 1]] },
    { task: 'labels', card: 'some-model', value: [['barn', 0.9]] },
  ];
  expect(words(asset(facts), 'labels')).toEqual(['cabin']);
  expect(describes(asset(facts))).toBe('cabin');
});

it('reads boxes and polygons alike, and joins what is found twice', () => {
  const value = [['STOP', 0.9, [[0.1, 0.1], [0.3, 0.1], [0.3, 0.2], [0.1, 0.2]], 0], ['STOP', 0.8, [0.5, 0.5, 0.6, 0.6]]];
  expect(merged(entries({ task: 'text', card: 'reader', value }))).toEqual([
    { text: 'STOP', score: 0.9, boxes: [[0.1, 0.1, 0.3, 0.2], [0.5, 0.5, 0.6, 0.6]] },
  ]);
});

it('fills the same values into every language', () => {
  const values = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();
  for (const texts of [de, es, zh]) {
    for (const [key, text] of Object.entries(en)) expect([key, values(texts[key as keyof typeof en])]).toEqual([key, values(text)]);
  }
});
