/** What the REST API says, in its own names (docs/rest.md). */

export interface Row {
  id: string;
  w: number;
  h: number;
  taken: string | null;
  kind: 'photo' | 'video' | string;
  ms: number;
  colour: string;
  live: number;
  /** What it shows, in a few words. */
  alt?: string | null;
}

export interface MonthCount {
  month: string;
  count: number;
}

export interface TimelineMonths {
  version: number;
  total: number;
  months: MonthCount[];
}

export interface TimelineRatios {
  version: number;
  months: { month: string; ratios: number[] }[];
}

export interface TimelineColumns {
  version: number;
  month: string;
  count: number;
  id: string[];
  w: number[];
  h: number[];
  taken: (string | null)[];
  kind: string[];
  ms: number[];
  colour: string[];
  live: number[];
  alt?: (string | null)[];
}

export interface Page<T> {
  items: T[];
  next: string | null;
}

export interface Account {
  id: number;
  name: string;
  role: 'owner' | 'member';
  disabled: boolean;
}

export interface Library {
  id: number;
  title: string;
  access: 'owner' | 'viewer';
}

export interface Session {
  account: Account;
  scopes: string[];
  libraries: Library[];
  preferences: Record<string, unknown>;
}

export interface SignedIn {
  id: string | number;
  created?: number;
  seen?: number;
  label?: string;
  current?: boolean;
}

export interface Server {
  name: string;
  version: string;
  setup: boolean;
}

/** A box in fractions of the picture: left, top, right, bottom. */
export type Box = [number, number, number, number];
export type Point = [number, number];

export interface Fact {
  task: string;
  card: string;
  value: unknown;
}

export interface Face {
  id?: number;
  name?: string | null;
  score: number;
  box: Box;
  age: number | null;
  person: string | number | null;
  card: string;
}

export interface FileOf {
  path: string;
  role: string;
  state: string;
  bytes: number;
}

export interface Asset {
  id: string;
  digest: string;
  version: number;
  row: Row;
  kind: string;
  mime: string;
  bytes: number;
  width: number;
  height: number;
  duration_ms?: number;
  taken?: string;
  offset_minutes?: number;
  taken_from?: string;
  lat?: number;
  lon?: number;
  altitude?: number;
  town?: string;
  region?: string;
  country?: string;
  make?: string;
  model?: string;
  lens?: string;
  rating?: number;
  trashed_s?: number;
  details: Record<string, unknown>;
  files: FileOf[];
  facts: Fact[];
  faces: Face[];
  /** What kind of paper it is, where it is one. */
  document?: { kind: string; confidence: number; pages: number; read: number };
}

/** Somebody, with the face that shows them. */
export interface Person {
  id: number;
  name: string | null;
  hidden?: boolean;
  count: number;
  cover: string;
  box: Box;
  face?: number;
}

/** Four corners or more, as fractions of the page's picture. */
export type Polygon = Point[];

export interface Line {
  text: string;
  polygon: Polygon;
  confidence: number;
}

export interface Field {
  kind: string;
  label: string;
  text: string;
  confidence: number;
  polygon: Polygon;
}

export interface Cell {
  row: number;
  column: number;
  row_span: number;
  column_span: number;
  text: string;
  header: boolean;
}

export interface Table {
  rows: number;
  columns: number;
  title: string;
  polygon: Polygon;
  cells: Cell[];
}

export interface Pair {
  key: string;
  value: string;
  confidence: number;
  polygon: Polygon;
}

/** One page of a document with all that was read on it. */
export interface Sheet {
  kind: string;
  pages: number;
  read: number;
  page: number;
  note: string | null;
  lines: Line[];
  fields: Field[];
  tables: Table[];
  pairs: Pair[];
}

/** An answer to a question, and where it is written. */
export interface Reply {
  text: string;
  confidence: number;
  page: number;
  polygon: Polygon;
  line: string;
  kind: string;
  row?: Row;
}

export interface Paper {
  row: Row;
  kind: string;
  pages: number;
  read: number;
  title: string | null;
  vendor: string | null;
  total: number | null;
  currency: string | null;
  day: string | null;
}

/** A sentence of the server: in English, or by its kind and what fills it, which the reader's language can say. */
export type Told = string | { kind: string; values: Record<string, string | number | Told>; text: string };

export interface Part {
  index: number;
  kind: string;
  text: string;
  role: string;
  means: Told;
  relaxed: boolean;
}

export interface Found {
  row: Row;
  score: number;
  verdict: 'sure' | 'maybe' | 'weak';
  reasons: Told[];
  at_ms: number;
}

export interface Answer {
  query: string;
  content: string;
  parts: Part[];
  sure: number;
  maybe: number;
  items: Found[];
  next: string | null;
}

export interface Cluster {
  lat: number;
  lon: number;
  count: number;
  id: string;
  west: number;
  south: number;
  east: number;
  north: number;
}

export interface Slide extends Row {
  caption?: string | null;
  place?: string | null;
}

export interface Job {
  id: string;
  kind: string;
  state: 'waiting' | 'running' | 'done' | 'failed' | 'stopped';
  title: string;
  done: number;
  total: number;
  rate: number | null;
  seconds_left: number | null;
  message: string | null;
  result: { new?: number; known?: number; unreadable?: { path: string; reason: string }[]; seconds?: number } | null;
  created: number;
}

export interface Model {
  name: string;
  title?: string;
  provenance?: string;
  task: string;
  family: string;
  tier: string;
  licence: string;
  commercial: boolean;
  bytes: number;
  default: boolean;
  installed: boolean;
  used: boolean;
  sources: string[];
  why_missing: string | null;
}

export interface Upload {
  id: string;
  offset: number;
  bytes: number;
  chunk: number;
  state: 'open' | 'done' | 'known';
  asset?: string;
  job?: Job | string | null;
}

/** An access key for AWS clients; its secret is there only when it was just made. */
export interface AccessKey {
  id: string;
  name: string;
  secret?: string;
}

export interface ApiKey {
  id: string | number;
  name: string;
  scopes: string[];
  created?: number;
  key?: string;
}
