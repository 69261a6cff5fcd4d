/** The requests of one library. */
import { address, ask } from './client';
import type {
  Answer, Asset, Cluster, Job, Page, Paper, Person, Reply, Row, Sheet, Slide, TimelineColumns, TimelineMonths, TimelineRatios, Upload,
} from './types';

export type Media = 'thumb' | 'preview' | 'original' | 'video';

export class LibraryApi {
  private readonly root: string;

  constructor(
    readonly id: number,
    readonly writable: boolean,
  ) {
    this.root = `/libraries/${id}`;
  }

  media(asset: string, what: Media): string {
    return `/api${this.root}/assets/${asset}/${what}`;
  }

  download(asset: string): string {
    return address(`${this.root}/assets/${asset}/original`, { download: true });
  }

  months(trashed: boolean): Promise<TimelineMonths> {
    return ask(`${this.root}/timeline`, { query: { trashed } });
  }

  ratios(trashed: boolean): Promise<TimelineRatios> {
    return ask(`${this.root}/timeline/ratios`, { query: { trashed } });
  }

  month(month: string, trashed: boolean): Promise<TimelineColumns> {
    return ask(`${this.root}/timeline/${month}`, { query: { trashed } });
  }

  asset(id: string): Promise<Asset> {
    return ask(`${this.root}/assets/${id}`);
  }

  correct(asset: Asset, task: string, value: unknown): Promise<Asset> {
    return ask(`${this.root}/assets/${asset.id}/facts/${task}`, {
      method: 'PUT',
      json: { value },
      headers: { 'If-Match': `"${asset.version}"` },
    });
  }

  takeBack(asset: Asset, task: string): Promise<Asset> {
    return ask(`${this.root}/assets/${asset.id}/facts/${task}`, {
      method: 'DELETE',
      headers: { 'If-Match': `"${asset.version}"` },
    });
  }

  trash(ids: readonly string[]): Promise<{ count: number }> {
    return ask(`${this.root}/trash`, { method: 'POST', json: { ids } });
  }

  restore(ids: readonly string[]): Promise<{ count: number }> {
    return ask(`${this.root}/restore`, { method: 'POST', json: { ids } });
  }

  search(q: string, relax: readonly number[], cursor: string | null, signal: AbortSignal): Promise<Answer> {
    return ask(`${this.root}/search`, { query: { q, relax, cursor, limit: 60 }, signal });
  }

  map(box: { west: number; south: number; east: number; north: number }, zoom: number, signal: AbortSignal): Promise<{ clusters: Cluster[]; total: number }> {
    return ask(`${this.root}/map`, { query: { ...box, zoom }, signal });
  }

  slides(seed: number): Promise<{ items: Slide[] }> {
    return ask(`${this.root}/slideshow`, { query: { limit: 100, seed } });
  }

  people(hidden: boolean): Promise<Page<Person>> {
    return ask(`${this.root}/people`, { query: { hidden } });
  }

  person(id: string): Promise<Person> {
    return ask(`${this.root}/people/${id}`);
  }

  pictures(person: number, cursor: string | null): Promise<Page<Row>> {
    return ask(`${this.root}/people/${person}/assets`, { query: { cursor, limit: 200 } });
  }

  changePerson(person: number, json: { name?: string; hidden?: boolean }): Promise<Person> {
    return ask(`${this.root}/people/${person}`, { method: 'PATCH', json });
  }

  mergePeople(person: number, ids: readonly number[]): Promise<Person> {
    return ask(`${this.root}/people/${person}/merge`, { method: 'POST', json: { ids } });
  }

  /** Say whose a face is: a person's, a name's, or not this person's (null). */
  moveFace(face: number, json: { person: number | null } | { name: string }): Promise<Asset> {
    return ask(`${this.root}/faces/${face}`, { method: 'PUT', json });
  }

  face(face: number): string {
    return `/api${this.root}/faces/${face}/thumb`;
  }

  papers(kind: string | null, cursor: string | null): Promise<Page<Paper> & { kinds: Record<string, number> }> {
    return ask(`${this.root}/documents`, { query: { kind, cursor, limit: 60 } });
  }

  sheet(asset: string, page: number): Promise<Sheet> {
    return ask(`${this.root}/assets/${asset}/document`, { query: { page } });
  }

  sheetPicture(asset: string, page: number): string {
    return `/api${this.root}/assets/${asset}/pages/${page}`;
  }

  /** Answers to a question, of one document or of all. */
  answers(q: string, asset: string | null, signal?: AbortSignal): Promise<{ items: Reply[] }> {
    const path = asset ? `${this.root}/assets/${asset}/answers` : `${this.root}/documents/answers`;
    return ask(path, { query: { q }, ...(signal ? { signal } : {}) });
  }

  stats(): Promise<Record<string, number>> {
    return ask(`${this.root}/stats`);
  }

  folders(): Promise<Page<{ path: string; online: boolean }>> {
    return ask(`${this.root}/folders`);
  }

  startImport(paths: readonly string[] | null): Promise<Job> {
    return ask(`${this.root}/imports`, { method: 'POST', json: paths ? { paths } : {} });
  }

  jobs(): Promise<Page<Job>> {
    return ask(`${this.root}/jobs`);
  }

  stop(job: string): Promise<unknown> {
    return ask(`${this.root}/jobs/${job}`, { method: 'DELETE' });
  }

  events(): EventSource {
    return new EventSource(address(`${this.root}/events`));
  }

  openUpload(file: File, sha256: string | undefined, signal: AbortSignal): Promise<Upload> {
    const json = { name: file.name, bytes: file.size, modified: file.lastModified / 1000, sha256 };
    return ask(`${this.root}/uploads`, { method: 'POST', json, signal });
  }

  uploadState(id: string, signal: AbortSignal): Promise<Upload> {
    return ask(`${this.root}/uploads/${id}`, { signal });
  }

  sendPart(id: string, offset: number, body: Blob, signal: AbortSignal): Promise<Upload> {
    return ask(`${this.root}/uploads/${id}`, { method: 'PATCH', body, headers: { 'Upload-Offset': String(offset) }, signal });
  }

  giveUp(id: string): Promise<unknown> {
    return ask(`${this.root}/uploads/${id}`, { method: 'DELETE' });
  }
}
