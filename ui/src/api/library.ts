/** The requests of one library. */
import { address, ask } from './client';
import type { Answer, Asset, Cluster, Job, Page, Slide, TimelineColumns, TimelineMonths, TimelineRatios, Upload } from './types';

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
