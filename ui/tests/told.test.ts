import { beforeAll, describe, expect, it, vi } from 'vitest';
import { isQuestion, told } from '../src/i18n/told';
import { setLanguage, t } from '../src/i18n/text.svelte';

beforeAll(async () => {
  vi.stubGlobal('navigator', { languages: ['de-DE'] });
  vi.stubGlobal('document', { documentElement: {} });
  setLanguage('de');
  await vi.waitUntil(() => t('photos') === 'Fotos');
});

describe('told', () => {
  it('says a reason of a kind in the reader’s language', () => {
    expect(told({ kind: 'shows', values: { what: 'bus', score: 0.93 }, text: 'shows bus (93%)' })).toBe('zeigt bus (93\u00a0%)');
  });

  it('understands the English sentences of a search', () => {
    expect(told('looks like palace (79%)')).toBe('sieht aus wie palace (79\u00a0%)');
    expect(told('in Rome, Italy (within 16 km)')).toBe('in Rome, Italy (im Umkreis von 16 km)');
    expect(told('preferably not only videos')).toBe('am liebsten nicht nur Videos');
  });

  it('leaves alone what it has no words for, whatever is in it', () => {
    expect(told('<img src=x onerror=alert(1)>')).toBe('<img src=x onerror=alert(1)>');
    expect(told({ kind: 'new_kind', values: {}, text: 'something new' })).toBe('something new');
  });
});

describe('isQuestion', () => {
  it('knows a question from a description', () => {
    expect(['What is the total', 'wie hoch war die Miete', 'total?', '总额是多少'].every(isQuestion)).toBe(true);
    expect(['a cat', 'whatever floats', 'photos from Rome in summer 2019'].some(isQuestion)).toBe(false);
  });
});
