/** Words in the reader's language: `t('photos')`, numbers, dates and sizes as they are written there. */
import { en, type Texts } from './en';

export const LANGUAGES = ['en', 'de', 'es', 'fr', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];
export type Key = keyof Texts;

export const LANGUAGE_NAMES: Record<Language, string> = { en: 'English', de: 'Deutsch', es: 'Español', fr: 'Français', zh: '中文' };

class Spoken {
  language = $state<Language>('en');
  texts = $state.raw<Texts>(en);
}

const spoken = new Spoken();

/** The reader's own region of the language, such as en-GB, for dates and numbers. */
function locale(): string {
  return navigator.languages.find((tag) => tag.toLowerCase().startsWith(spoken.language)) ?? spoken.language;
}

async function load(language: Language): Promise<Texts> {
  if (language === 'de') return (await import('./de')).de;
  if (language === 'es') return (await import('./es')).es;
  if (language === 'fr') return (await import('./fr')).fr;
  if (language === 'zh') return (await import('./zh')).zh;
  return en;
}

function preferred(): Language {
  for (const tag of navigator.languages) {
    const found = LANGUAGES.find((language) => tag.toLowerCase().startsWith(language));
    if (found) return found;
  }
  return 'en';
}

export function setLanguage(wanted: Language | 'system'): void {
  const language = wanted === 'system' ? preferred() : wanted;
  document.documentElement.lang = language;
  spoken.language = language;
  void load(language).then((texts) => {
    if (spoken.language === language) spoken.texts = texts;
  });
}

/** Whether the reader reads the server's own language. */
export function english(): boolean {
  return spoken.language === 'en';
}

/** One text; `{n}` and other names in braces are filled in, `a | b` is one and many of `n`. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  return fill(spoken.texts[key], values);
}

/** The text of a key that the server made up; null where we have none. */
export function filled(key: string, values: Record<string, string | number> = {}): string | null {
  return key in spoken.texts ? fill(spoken.texts[key as Key], values) : null;
}

function fill(text: string, values: Record<string, string | number>): string {
  const [one, many] = text.split(' | ');
  const n = values['n'];
  const chosen = many !== undefined && n !== 1 ? many : (one ?? text);
  return chosen.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : typeof value === 'number' ? count(value) : value;
  });
}

/** The text of a key made of a fixed beginning and a word of the server; the word itself where we have none. */
export function named(beginning: string, word: string): string {
  const key = `${beginning}${word}`;
  return key in spoken.texts ? spoken.texts[key as Key] : word;
}

export function count(n: number): string {
  return new Intl.NumberFormat(locale()).format(n);
}

export function bytes(n: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
  const power = n > 0 ? Math.min(4, Math.floor(Math.log10(n) / 3)) : 0;
  const digits = power < 2 ? 0 : 1;
  const unit = units[power] ?? 'byte';
  return new Intl.NumberFormat(locale(), { style: 'unit', unit, maximumFractionDigits: digits }).format(n / 1000 ** power);
}

/** Clock time of a video: 1:05, 1:02:03. */
export function clock(ms: number): string {
  const s = Math.round(ms / 1000);
  const [hours, minutes, seconds] = [Math.floor(s / 3600), Math.floor(s / 60) % 60, s % 60];
  const two = (n: number): string => String(n).padStart(2, '0');
  return hours ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}

// The server's times are the local clock where the picture was taken: they are shown as they are, in no zone.
function local(taken: string): Date {
  return new Date(`${taken.slice(0, 19)}Z`);
}

// Making a format takes longer than using it a hundred times.
const formats = new Map<string, Intl.DateTimeFormat>();

function dated(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale() + JSON.stringify(options);
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(locale(), options);
  formats.set(key, made);
  return made;
}

export function day(taken: string, style: 'full' | 'medium' = 'full'): string {
  return dated({ dateStyle: style, timeZone: 'UTC' }).format(local(taken));
}

export function moment(taken: string): string {
  return dated({ dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).format(local(taken));
}

/** "August 2024" of "2024-08". */
export function monthName(month: string, style: 'long' | 'short' = 'long'): string {
  if (month === 'undated') return t('undated');
  return dated({ month: style, year: 'numeric', timeZone: 'UTC' }).format(new Date(`${month}-01T00:00:00Z`));
}

export function since(seconds: number): string {
  return dated({ dateStyle: 'medium', timeStyle: 'short' }).format(new Date(seconds * 1000));
}

export function country(code: string): string {
  try {
    return new Intl.DisplayNames([spoken.language], { type: 'region' }).of(code) ?? code;
  } catch (error) {
    if (error instanceof RangeError) return code;
    throw error;
  }
}

/** A sum of money, in its currency where it is known. */
export function amount(sum: number, currency: string | null): string {
  const style: Intl.NumberFormatOptions = currency ? { style: 'currency', currency } : { minimumFractionDigits: 2 };
  try {
    return new Intl.NumberFormat(locale(), style).format(sum);
  } catch (error) {
    if (error instanceof RangeError) return `${currency} ${sum}`;
    throw error;
  }
}

export function percent(share: number): string {
  return new Intl.NumberFormat(locale(), { style: 'percent' }).format(share);
}
