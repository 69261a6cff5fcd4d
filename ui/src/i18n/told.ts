/** Sentences of the server in the reader's language: why a picture was found, what a part of a search means. */
import type { Told } from '../api/types';
import { count, filled, percent } from './text.svelte';

type Values = Record<string, string | number | Told>;

// How the server says in English what it has no kind for yet; the names in the patterns fill our own sentence.
const ENGLISH: readonly [kind: string, pattern: RegExp][] = [
  ['preferably', /^preferably (?<of>.+)$/],
  ['not', /^not (?<of>.+)$/],
  ['shows', /^shows (?<what>.+) \((?<score>\d+)%\)$/],
  ['looks_like', /^looks like (?<what>.+) \((?<score>\d+)%\)$/],
  ['written', /^written in the picture$/],
  ['caption', /^in its caption$/],
  ['names', /^the name of a person$/],
  ['tags', /^one of its tags$/],
  ['filename', /^in its file name$/],
  ['taken_place', /^where it was taken$/],
  ['place_within', /^in (?<name>.+) \(within (?<km>\d+) km\)$/],
  ['place_called', /^at a place called (?<name>.+)$/],
  ['camera', /^taken with (?!a )(?<name>.+)$/],
  ['time', /^taken:? (?<label>.+)$/],
  ['only_videos', /^only videos$/],
  ['only_photos', /^only photos$/],
  ['only', /^only (?<what>.+)$/],
  ['exact', /^with the exact words “(?<words>.+)”$/],
  ['text', /^with the text “(?<words>.+)”$/],
  ['at_least', /^with at least (?<n>\d+) × (?<of>.+)$/],
  ['at_most', /^with at most (?<n>\d+) × (?<of>.+)$/],
  ['as_many', /^with (?<n>\d+) × (?<of>.+)$/],
  ['rated', /^rated (?<n>.+) stars$/],
  ['tagged', /^tagged (?<name>.+)$/],
  ['album', /^in the album (?<name>.+)$/],
  ['file_named', /^in a file named (?<name>.+)$/],
  ['showing', /^showing (?<what>.+)$/],
  ['shape', /^in (?<name>.+) format$/],
  ['person', /^with (?!a )(?<name>.+)$/],
  ['place', /^in (?<name>.+)$/],
];

/** What the server told, in the reader's language; its own English where we have no words for it. */
export function told(said: Told): string {
  if (typeof said !== 'string') return sentence(said.kind, said.values) ?? told(said.text);
  for (const [kind, pattern] of ENGLISH) {
    const found = pattern.exec(said);
    if (found) return sentence(kind, { ...found.groups }) ?? said;
  }
  return said;
}

function sentence(kind: string, values: Values): string | null {
  const shown: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) shown[name] = spoken(name, value);
  return filled(`why_${kind}`, shown);
}

function spoken(name: string, value: string | number | Told): string {
  if (typeof value === 'object') return told(value);
  if (name === 'of') return told(String(value));
  const number = Number(value);
  if (name === 'score') return percent(number > 1 ? number / 100 : number);
  return name === 'km' ? count(Math.round(number)) : String(value);
}

const ASKS = /[?？]|^\s*(what|when|where|who|how (much|many|long|old)|which|was|wann|wo|wer|wie ?viel|wie (hoch|lange|alt)|welche|qué|cuándo|cuánto|dónde|quién|cuál|combien|quand|quel|quelle|où|qui est)\b|什么|多少|哪|几/i;

/** Whether a search is a question that a document may answer. */
export function isQuestion(q: string): boolean {
  return ASKS.test(q);
}
