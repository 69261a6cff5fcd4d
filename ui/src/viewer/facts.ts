/** Reads the facts of an asset: who said what, in a form that can be shown. */
import type { Asset, Box, Fact } from '../api/types';

export const OWNER = 'owner';

/** One thing that is said, how sure it is, and where in the picture. */
export interface Said {
  text: string;
  score: number | null;
  boxes: Box[];
}

function isBox(value: unknown): value is Box {
  return Array.isArray(value) && value.length === 4 && value.every((side) => typeof side === 'number');
}

/** The box around a polygon of points. */
function around(value: unknown): Box | null {
  if (!Array.isArray(value) || value.length < 3) return null;
  const points = value.filter((point): point is [number, number] => Array.isArray(point) && point.length === 2);
  const [xs, ys] = [points.map((point) => Number(point[0])), points.map((point) => Number(point[1]))];
  return points.length ? [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)] : null;
}

/** Entries of a fact whose value is a list of [text, score, place]. */
export function entries(fact: Fact): Said[] {
  if (typeof fact.value === 'string') return [{ text: fact.value, score: null, boxes: [] }];
  if (!Array.isArray(fact.value)) return [];
  return fact.value.map((entry: unknown): Said => {
    if (!Array.isArray(entry)) return { text: String(entry), score: null, boxes: [] };
    const place = isBox(entry[2]) ? entry[2] : around(entry[2]);
    return { text: String(entry[0]), score: typeof entry[1] === 'number' ? entry[1] : null, boxes: place ? [place] : [] };
  });
}

/** Entries of the same text as one, with all their places. */
export function merged(said: readonly Said[]): Said[] {
  const all = new Map<string, Said>();
  for (const one of said) {
    const known = all.get(one.text);
    const score = Math.max(known?.score ?? 0, one.score ?? 0);
    all.set(one.text, { text: one.text, score: one.score === null ? null : score, boxes: [...(known?.boxes ?? []), ...one.boxes] });
  }
  return [...all.values()];
}

export function factsOf(asset: Asset, task: string): Fact[] {
  return asset.facts.filter((fact) => fact.task === task);
}

/** What the owner said of a task, which outranks every model; undefined where they said nothing. */
export function ownerSaid(asset: Asset, task: string): Fact | undefined {
  return asset.facts.find((fact) => fact.task === task && fact.card === OWNER);
}

/** The words that stand for a task now: the owner's, else the first card's. */
export function words(asset: Asset, task: string): string[] {
  const fact = ownerSaid(asset, task) ?? factsOf(asset, task)[0];
  return fact ? entries(fact).map((one) => one.text) : [];
}

/** The caption: the owner's, else the one in the file. */
export function caption(asset: Asset): string {
  const own = words(asset, 'caption')[0];
  const inFile = asset.details['caption'] ?? asset.details['title'];
  return own ?? (typeof inFile === 'string' ? inFile : '');
}

/** A few words for people who cannot see the picture. */
export function describes(asset: Asset): string {
  const things = [...new Set([...words(asset, 'labels').slice(0, 3), ...merged(factsOf(asset, 'objects').flatMap(entries)).slice(0, 3).map((one) => one.text)])];
  return caption(asset) || things.join(', ');
}
